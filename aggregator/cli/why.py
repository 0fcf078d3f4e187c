"""``aggregator items --why``: what was decided about an item, in words."""

from __future__ import annotations

from dataclasses import asdict
from zoneinfo import ZoneInfo

import click

from aggregator.cli.app import emit
from aggregator.store import Store
from aggregator.stories.reasons import mentions, reason


def tell_why(store: Store, item_id: int, zone: ZoneInfo, *, as_json: bool) -> None:
    """Print each decision about the item: one line, or one JSON object."""
    item = store.items.get(item_id)
    if item is None:
        raise click.UsageError(f"there is no item {item_id}")
    entries = store.stories.ledger(item_id)
    if as_json:
        for entry in entries:
            emit(asdict(entry) | {"evidence": dict(entry.evidence)})
        return
    click.echo(f"{item.id}  {item.title}")
    titles = store.items.titles(mentions(entries))
    for entry in entries:
        click.echo(f"{entry.at.astimezone(zone):%Y-%m-%d %H:%M}  it {reason(entry, titles)}")
