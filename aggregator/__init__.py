"""Aggregator: a news wire, an editor's desk and a feed service.

The house, from the ground up; a room may import those above its line, never those below:

``domain``    the values that every room speaks; ``errors`` one tree of them; ``garbage`` how
              Python's collector is set; ``logs`` what the log looks like
``store``     every SQL statement
``wire``      from a source's document to stored items
``stories``   from items to stories: what a report says, which are alike, what to pick first
``desk``      what editors do: briefs and their checks, accounts, series
``oversight`` what operators must know before their editors do
``settings``  config/ and the environment → one frozen value
``jobs``      what runs by itself: the heartbeat, polls and their leases, workers' queue, hubs,
              grouping, scheduled briefs, pictures, oversight
``cli``       the ``aggregator`` command: builds things, reads the clock
``demo``      a bundled newsroom on loopback

The package ``feeds`` beside this one publishes: it knows the aggregator, never the other way
round. ``lint-imports`` enforces all of it.
"""

__version__ = "1.0.0"
