"""``aggregator items``: the stored items, newest first."""

from __future__ import annotations

from dataclasses import asdict
from zoneinfo import ZoneInfo

import click

from aggregator.cli.app import (
    bring_up_to_date,
    config_option,
    emit,
    json_option,
    load_settings,
    opened,
)
from aggregator.cli.times import read_since, since_option
from aggregator.cli.why import tell_why
from aggregator.domain import Item, ItemQuery

_FIELDS = (
    *("id", "source", "guid", "url", "canonical_url", "title", "summary", "content", "authors"),
    *("categories", "language", "published_at", "updated_at", "first_seen_at", "revision"),
    *("duplicate_of", "story", "picture"),
)


@click.command()
@click.option("--source", "source_id", metavar="ID", help="Only this source's.")
@since_option
@click.option("--search", metavar="Q", help="Only those with all these words, accents or not.")
@click.option("--limit", type=click.IntRange(min=1), metavar="N", help="At most so many.")
@click.option("--why", type=int, metavar="ID", help="What was decided about this item, and why.")
@json_option
@config_option
def items(
    source_id: str | None,
    since: str | None,
    search: str | None,
    limit: int | None,
    why: int | None,
    *,
    as_json: bool,
) -> None:
    """List stored items, newest first."""
    settings = load_settings()
    start = read_since(since, settings.time_zone) if since else None
    with opened(settings, declare=False) as store:
        bring_up_to_date(settings, store)
        if why is not None:
            tell_why(store, why, settings.time_zone, as_json=as_json)
            return
        for item in store.items.find(ItemQuery(source_id, start, search, limit)):
            if as_json:
                emit(_record(item))
            else:
                click.echo(_line(item, settings.time_zone))


def _record(item: Item) -> dict[str, object]:
    values = asdict(item) | {"source": item.source_id}
    return {name: values[name] for name in _FIELDS}


def _line(item: Item, zone: ZoneInfo) -> str:
    at = (item.published_at or item.first_seen_at).astimezone(zone)
    return f"{at:%Y-%m-%d %H:%M}  {item.source_id:<20}  {item.title}\n{'':40}{item.url or ''}"
