"""``aggregator items``: the stored items, newest first."""

from __future__ import annotations

import re
from dataclasses import asdict
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import click

from aggregator.cli.app import config_option, emit, json_option, load_settings, opened, utc_now
from aggregator.domain import Item, ItemQuery

_AGO = re.compile(r"(\d{1,5})([mhd])$")
_UNITS = {"m": "minutes", "h": "hours", "d": "days"}
_FIELDS = (
    *("id", "source", "guid", "url", "canonical_url", "title", "summary", "content", "authors"),
    *("categories", "language", "published_at", "updated_at", "first_seen_at", "revision"),
    *("duplicate_of", "story", "picture"),
)


@click.command()
@click.option("--source", "source_id", metavar="ID", help="Only this source's.")
@click.option("--since", metavar="T", help="Not older than this: 2025-06-23T13:30, 6h, 3d.")
@click.option("--search", metavar="Q", help="Only those with all these words, accents or not.")
@click.option("--limit", type=click.IntRange(min=1), metavar="N", help="At most so many.")
@json_option
@config_option
def items(
    source_id: str | None,
    since: str | None,
    search: str | None,
    limit: int | None,
    *,
    as_json: bool,
) -> None:
    """List stored items, newest first."""
    settings = load_settings()
    start = _since(since, settings.time_zone) if since else None
    with opened(settings, declare=False) as store:
        for item in store.items.find(ItemQuery(source_id, start, search, limit)):
            if as_json:
                emit(_record(item))
            else:
                click.echo(_line(item, settings.time_zone))


def _since(text: str, zone: ZoneInfo) -> datetime:
    """A date or time (in the newsroom's zone unless it says otherwise), or how long ago."""
    if match := _AGO.match(text):
        return utc_now() - timedelta(**{_UNITS[match[2]]: int(match[1])})
    try:
        read = datetime.fromisoformat(text)
    except ValueError:
        message = f"'{text}' is no time; write 2025-06-23, 2025-06-23T13:30 or 6h"
        raise click.BadParameter(message, param_hint="--since") from None
    return read if read.tzinfo else read.replace(tzinfo=zone)


def _record(item: Item) -> dict[str, object]:
    values = asdict(item) | {"source": item.source_id, "story": None}
    return {name: values[name] for name in _FIELDS}


def _line(item: Item, zone: ZoneInfo) -> str:
    at = (item.published_at or item.first_seen_at).astimezone(zone)
    return f"{at:%Y-%m-%d %H:%M}  {item.source_id:<20}  {item.title}\n{'':40}{item.url or ''}"
