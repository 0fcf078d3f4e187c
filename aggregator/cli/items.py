"""``aggregator items``: the stored items, newest first, and what became of one."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import click

from aggregator.cli.app import config_option, emit, json_option, load_settings, opened, utc_now
from aggregator.domain import Item, ItemQuery, Revision
from aggregator.store import Store
from aggregator.wire.clean import plain_text
from aggregator.wire.difference import Piece, difference, marked

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
@click.option("--held", is_flag=True, help="Only those that are held back from the feeds.")
@click.option("--history", type=int, metavar="ID", help="Every version of this item instead.")
@json_option
@config_option
def items(
    source_id: str | None,
    since: str | None,
    search: str | None,
    limit: int | None,
    history: int | None,
    *,
    held: bool,
    as_json: bool,
) -> None:
    """List stored items, newest first."""
    settings = load_settings()
    start = _since(since, settings.time_zone) if since else None
    with opened(settings, declare=False) as store:
        if history is not None:
            _show_history(store, history, settings.time_zone, as_json=as_json)
            return
        for item in store.items.find(ItemQuery(source_id, start, search, limit, held)):
            if as_json:
                emit(_record(item))
            else:
                click.echo(_line(item, settings.time_zone))


def _show_history(store: Store, item_id: int, zone: ZoneInfo, *, as_json: bool) -> None:
    versions = store.items.revisions(item_id)
    if not versions:
        raise click.BadParameter(f"there is no item {item_id}", param_hint="--history")
    title = text = ""
    for version in versions:
        now = plain_text(version.content or version.summary)
        pieces = {"title": difference(title, version.title), "text": difference(text, now)}
        title, text = version.title, now
        if as_json:
            told = {"number": version.number, "at": version.at, "who": version.who}
            emit(told | {"title": version.title, "pieces": pieces})
        else:
            click.echo(_version(version, pieces, zone))


def _version(version: Revision, pieces: Mapping[str, list[Piece]], zone: ZoneInfo) -> str:
    """A version for reading: the first one by its headline, the others by what they changed."""
    head = f"{version.number:>3}  {version.at.astimezone(zone):%Y-%m-%d %H:%M}  {version.who}"
    if version.number == 1:
        return f"{head}\n     {version.title}"
    changed = [marked(told) for told in pieces.values() if any(kind != "same" for kind, _ in told)]
    return "\n     ".join((head, *changed))


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
    hidden = item.held or item.excluded_by
    remark = f"  (not shown: {hidden})" if hidden else ""
    return (
        f"{at:%Y-%m-%d %H:%M}  {item.source_id:<20}  {item.title}\n"
        f"{item.id:>16}  {'':<20}  {item.url or ''}{remark}"
    )
