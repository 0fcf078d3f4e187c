"""What runs by itself: ``heartbeat``, the one APScheduler job, and ``polling``, which builds a
poller from settings and keeps the leases of what it polls.
"""
