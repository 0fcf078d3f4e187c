"""What runs by itself: ``heartbeat``, the one APScheduler job and its watchdog · ``polling``, which
builds a poller from settings and keeps the leases of what it polls · ``subscriber``, which asks
hubs to tell us of changes · ``grouping``, which brings stories up to date · ``publishing`` what is
scheduled · ``pictures``, which fetches those of briefs.
"""
