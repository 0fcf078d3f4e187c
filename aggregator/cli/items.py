"""``aggregator items``: the stored items, newest first, and what became of one."""

from __future__ import annotations

from dataclasses import asdict
from zoneinfo import ZoneInfo

import click

from aggregator.cli.app import (
    COUNT,
    NUMBER,
    bring_up_to_date,
    config_option,
    emit,
    json_option,
    load_settings,
    opened,
)
from aggregator.cli.history import show_history
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
@click.option("--limit", type=COUNT, metavar="N", help="At most so many.")
@click.option("--why", type=NUMBER, metavar="ID", help="What was decided about this item, and why.")
@click.option("--held", is_flag=True, help="Only those that are held back from the feeds.")
@click.option("--history", type=NUMBER, metavar="ID", help="Every version of this item instead.")
@json_option
@config_option
def items(
    source_id: str | None,
    since: str | None,
    search: str | None,
    limit: int | None,
    *,
    why: int | None,
    history: int | None,
    held: bool,
    as_json: bool,
) -> None:
    """List stored items, newest first."""
    settings = load_settings()
    zone = settings.time_zone
    start = read_since(since, zone) if since else None
    with opened(settings, declare=False) as store:
        bring_up_to_date(settings, store)
        if why is not None:
            tell_why(store, why, zone, as_json=as_json)
        elif history is not None:
            show_history(store, history, zone, as_json=as_json)
        else:
            for item in store.items.find(ItemQuery(source_id, start, search, limit, held)):
                if as_json:
                    emit(_record(item))
                else:
                    click.echo(_line(item, zone))


def _record(item: Item) -> dict[str, object]:
    values = asdict(item) | {"source": item.source_id}
    return {name: values[name] for name in _FIELDS}


def _line(item: Item, zone: ZoneInfo) -> str:
    at = (item.published_at or item.first_seen_at).astimezone(zone)
    hidden = item.held or item.excluded_by
    remark = f"  (not shown: {hidden})" if hidden else ""
    return (
        f"{at:%Y-%m-%d %H:%M}  {item.source_id:<20}  {item.title}\n"
        f"{item.id:>16}  {'':<20}  {item.url or ''}{remark}"
    )
