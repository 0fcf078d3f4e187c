"""``aggregator items --why``: what was decided about an item, in words."""

from __future__ import annotations

from dataclasses import asdict
from zoneinfo import ZoneInfo

import click

from aggregator.cli.app import emit
from aggregator.domain import Item, LedgerEntry
from aggregator.store import Store

_RULES = {
    "new": "began story {story}",
    "joined": "joined story {story}",
    "copy": "joined story {story} with the text that it repeats",
    "series": "is a part of a series, which begins a story of its own: {story}",
    "late": "came after its time was closed: story {story} of its own",
    "regrouped": "went to story {story} when the open stories were looked at again",
    "same page": "is the same page as item {other}",
    "same text": "says the same as item {other}",
    "merged": "went to story {story}, which an editor merged its own into",
    "split": "was split off as story {story} by an editor",
    "moved": "was moved to story {story} by an editor",
    "unlinked": "is no copy of item {other}, an editor said",
    "covered": "story {story} is covered, an editor said",
    "uncovered": "story {story} is not covered after all, an editor said",
}


def tell_why(store: Store, item_id: int, zone: ZoneInfo, *, as_json: bool) -> None:
    """Print each decision about the item: one line, or one JSON object."""
    item = store.items.get(item_id)
    if item is None:
        raise click.UsageError(f"there is no item {item_id}")
    if not as_json:
        click.echo(f"{item.id}  {item.title}")
    for entry in store.stories.ledger(item_id):
        if as_json:
            emit(asdict(entry) | {"evidence": dict(entry.evidence)})
        else:
            click.echo(_line(store, entry, zone))


def _line(store: Store, entry: LedgerEntry, zone: ZoneInfo) -> str:
    said = _RULES.get(entry.rule, entry.rule).format(story=entry.story, other=entry.other)
    who = f" ({entry.who})" if entry.who else ""
    return f"{entry.at.astimezone(zone):%Y-%m-%d %H:%M}  it {said}{who}{_evidence(store, entry)}"


def _evidence(store: Store, entry: LedgerEntry) -> str:
    """What a decision rests on; a headline says more than an item's number."""
    told = []
    for name, value in entry.evidence.items():
        like = store.items.get(value) if name == "like" else None
        shown = ", ".join(map(str, value)) if isinstance(value, list) else value
        told.append(f"like {_named(like)}" if like else f"{name} {shown}")
    return f": {'; '.join(told)}" if told else ""


def _named(item: Item) -> str:
    return f'item {item.id} "{item.title}"'
