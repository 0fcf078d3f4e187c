"""``aggregator sources try``: a draft of sources.yaml, tried on what came in the last days."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import timedelta
from pathlib import Path

import click

from aggregator.cli.app import config_dir, config_option, emit, json_option, load_settings, opened
from aggregator.cli.app import utc_now as now
from aggregator.domain import ItemQuery, Source
from aggregator.settings import SOURCES, Settings, validate
from aggregator.settings.writing import read, write
from aggregator.store import Store
from aggregator.wire.trial import Load, Move, loads, moves

_SHOWN = 20


@click.command("try")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--days", type=click.IntRange(1, 90), default=7, show_default=True)
@click.option("--apply", "apply_", is_flag=True, help="Put it in the place of sources.yaml.")
@json_option
@config_option
def try_(file: Path, *, days: int, apply_: bool, as_json: bool) -> None:
    """Say what FILE, a draft of sources.yaml, would change; nothing is changed without --apply.

    The items that are stored are tried, since documents are not kept: what a new source would
    bring, nobody knows before it is polled.
    """
    settings = load_settings()
    current, text = read(config_dir() / SOURCES), read(file)
    draft = validate(config_dir(), os.environ, {SOURCES: text})
    with opened(settings, declare=False) as store:
        found, load = _tried(store, settings, draft, days)
        came = _came(store, settings, draft, days)
    if as_json:
        _emit(found, load)
    else:
        _show(found, load, settings, draft, came)
    if apply_:
        write(config_dir() / SOURCES, text, was=current)
        click.echo("Applied; a running service takes it up within seconds.", err=True)
    elif not as_json:
        click.echo("Nothing was changed; --apply puts it in the place of sources.yaml.")


def _tried(
    store: Store, settings: Settings, draft: Settings, days: int
) -> tuple[list[Move], list[Load]]:
    before, after = _by_id(settings), _by_id(draft)
    items = store.items.find(ItemQuery(since=now() - timedelta(days=days)))
    states = {one.source.id: one.state for one in store.sources.health()}
    load = loads(settings.sources, draft.sources, states, settings.default_interval)
    return moves(items, before, after), load


def _came(store: Store, settings: Settings, draft: Settings, days: int) -> Counter[str]:
    """How many items came from the sources that would be asked no more."""
    after = {source.id for source in draft.sources if source.enabled}
    stopped = [one.id for one in settings.sources if one.enabled and one.id not in after]
    since = now() - timedelta(days=days)
    counts: Counter[str] = Counter()
    for source_id in stopped:
        counts[source_id] = sum(1 for _ in store.items.find(ItemQuery(source_id, since)))
    return counts


def _by_id(settings: Settings) -> dict[str, Source]:
    return {source.id: source for source in settings.sources}


def _emit(found: Iterable[Move], load: Iterable[Load]) -> None:
    for move in found:
        emit(
            {
                "item": move.item.id,
                "source": move.item.source_id,
                "title": move.item.title,
                "action": "enters" if move.enters else "leaves",
                "why": move.why,
            }
        )
    for one in load:
        emit({"host": one.host, "before": round(one.before, 1), "after": round(one.after, 1)})


def _show(
    found: Sequence[Move],
    load: Sequence[Load],
    settings: Settings,
    draft: Settings,
    came: Counter[str],
) -> None:
    before, after = _by_id(settings), _by_id(draft)
    for source_id in after.keys() - before.keys():
        click.echo(f"new: {source_id}, polled at once; nothing of it is stored yet")
    for source_id, count in came.items():
        click.echo(f"stops: {source_id}; it brought {count} items, which stay")
    for enters in (True, False):
        some = [move for move in found if move.enters is enters]
        verb = "enter" if enters else "leave"
        click.echo(f"{len(some)} items would {verb} the feeds")
        for move in some[:_SHOWN]:
            click.echo(f"  {move.item.source_id}: {move.item.title} ({move.why})")
        if len(some) > _SHOWN:
            click.echo(f"  ... and {len(some) - _SHOWN} more")
    for one in load:
        click.echo(f"{one.host}: {one.before:.0f} requests a day now, {one.after:.0f} then")
