"""Aggregator: a news wire, an editor's desk and a feed service."""

__version__ = "0.1.0"
