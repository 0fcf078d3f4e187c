"""What the head of every page points to: how much there is to look at."""

from __future__ import annotations

from aggregator.errors import StoreError
from aggregator.store import Store


def open_alerts(store: Store) -> int:
    """How many alerts nobody has dealt with; that the database is away, pages say otherwise."""
    try:
        return store.alerts.count()
    except StoreError:
        return 0
