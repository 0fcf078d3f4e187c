"""``aggregator sources try``: a draft of the operator's files, tried on what came lately."""

from __future__ import annotations

import os
from collections.abc import Iterable
from datetime import timedelta
from itertools import groupby
from operator import attrgetter
from pathlib import Path

import click

from aggregator.cli.app import config_dir, config_option, emit, json_option, load_settings, opened
from aggregator.cli.app import utc_now as now
from aggregator.settings import FEEDS, SOURCES, Settings, validate
from aggregator.settings.writing import read, write
from aggregator.wire.trial import Load, loads
from feeds.trial import Move, Trial, rehearse

_SHOWN = 10


@click.command("try")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--file",
    "name",
    type=click.Choice([SOURCES, FEEDS]),
    default=SOURCES,
    show_default=True,
    help="Which of the files FILE is a draft of.",
)
@click.option("--days", type=click.IntRange(1, 90), default=7, show_default=True)
@click.option("--apply", "apply_", is_flag=True, help="Put FILE in the place of the file.")
@json_option
@config_option
def try_(file: Path, *, name: str, days: int, apply_: bool, as_json: bool) -> None:
    """Say what FILE, a draft of sources.yaml, would change in each feed; nothing is changed without
    --apply.

    The items that are stored are tried, since documents are not kept: what a new source would
    bring, nobody knows before it is polled.
    """
    settings, path = load_settings(), config_dir() / name
    current, text = read(path) if path.exists() else None, read(file)
    draft = validate(config_dir(), os.environ, {name: text})
    with opened(settings, declare=False) as store:
        trial = rehearse(store, settings, draft, now() - timedelta(days=days), now())
        states = {one.source.id: one.state for one in store.sources.health()}
    load = loads(settings.sources, draft.sources, states, settings.default_interval)
    if as_json:
        _emit(trial, load)
    else:
        _show_sources(trial, settings, draft)
        _show_feeds(trial, days)
        for one in load:
            click.echo(f"{one.host}: {one.before:.0f} requests a day now, {one.after:.0f} then")
    if apply_:
        write(path, text, was=current)
        click.echo("Applied; a running service takes it up within seconds.", err=True)
    elif not as_json:
        click.echo(f"Nothing was changed; --apply puts it in the place of {name}.")


def _emit(trial: Trial, load: Iterable[Load]) -> None:
    for move in trial.moves:
        emit(
            {
                "item" if move.source else "brief": move.number,
                "source": move.source,
                "title": move.title,
                "feed": move.feed,
                "action": "enters" if move.enters else "leaves",
                "why": move.why,
            }
        )
    for count in trial.feeds:
        emit({"feed": count.name, "before": count.before, "after": count.after})
    for count in trial.filters:
        emit(
            {
                "filter": count.name,
                "source": count.source,
                "before": count.before,
                "after": count.after,
            }
        )
    for one in load:
        emit({"host": one.host, "before": round(one.before, 1), "after": round(one.after, 1)})


def _show_sources(trial: Trial, settings: Settings, draft: Settings) -> None:
    """What begins and ends, and what filters would do that are new or changed."""
    now_there = {source.id for source in settings.sources}
    asked = {source.id for source in draft.sources if source.enabled}
    for source in draft.sources:
        if source.id not in now_there:
            click.echo(f"new: {source.id}, polled at once; nobody knows yet what it brings")
    for source in settings.sources:
        if source.enabled and source.id not in asked:
            brought = trial.came.get(source.id, 0)
            click.echo(f"stops: {source.id}; it brought {brought} items, which stay")
    for one in trial.filters:
        of = trial.came.get(str(one.source), 0)
        click.echo(
            f"{one.source}: {one.name}: keeps off {one.before} of {of} items now, {one.after} then"
        )


def _show_feeds(trial: Trial, days: int) -> None:
    moves = {path: list(found) for path, found in groupby(trial.moves, attrgetter("feed"))}
    for feed in trial.feeds:
        moved = moves.get(feed.name, [])
        enter, leave = ([one for one in moved if one.enters is way] for way in (True, False))
        click.echo(
            f"{feed.name}: {len(enter)} would enter, {len(leave)} would leave"
            f" (of {days} days it has {feed.before} now, {feed.after} then)"
        )
        for sign, some in (("+", enter), ("-", leave)):
            for move in some[:_SHOWN]:
                click.echo(f"  {sign} {_told(move)}")
            if len(some) > _SHOWN:
                click.echo(f"  {sign} and {len(some) - _SHOWN} more")


def _told(move: Move) -> str:
    return f"{move.source or 'brief'}: {move.title} ({move.why})"
