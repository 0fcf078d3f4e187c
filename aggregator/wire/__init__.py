"""From a source's document to stored items.

``fetch`` the one door to the network, with ``guard`` (which addresses may be reached) and
``hosts`` (whose turn it is) · ``parse`` the one door to feedparser, with ``jsonfeed``, ``clean``
(safe HTML), ``dates``, ``picture`` and ``notfeed`` (what a non-feed is) · ``identity`` which item
an entry is · ``filters`` the operator's include and exclude · ``decide`` what to record (pure) ·
``pace`` when to poll next (pure) · ``poll`` the shell: the whole story of one poll.
"""
