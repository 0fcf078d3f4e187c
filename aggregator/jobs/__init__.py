"""What runs by itself: ``background`` what its threads have in common · ``heartbeat``, the one
APScheduler job and its watchdog · ``polling``, which builds a poller from settings and keeps the
leases of what it polls · ``subscriber``, which asks hubs to tell us of changes · ``announcing``,
which tells ours of them · ``watching``, which looks whether what briefs cite is still there ·
``articles``, which fetches what editors asked to read · ``grouping``, which brings stories up to
date · ``publishing`` what is scheduled · ``pictures``, which fetches those of briefs ·
``oversight``, which looks after everything once a minute, and ``telling`` operators ·
``reloading``, which follows the operator's files · ``fetching`` what all of them fetch with. On
many machines: ``queue``, the one door to Dramatiq, ``queueing`` the scheduler's side of it and
``working`` the worker's, ``turns`` which of them may ask a host.
"""
