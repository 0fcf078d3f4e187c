"""``aggregator stories``: what happened, and what editors decide of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

import click

from aggregator.cli.app import (
    COUNT,
    NUMBER,
    bring_up_to_date,
    config_option,
    editor_option,
    emit,
    json_option,
    load_settings,
    opened,
    utc_now,
)
from aggregator.cli.times import read_since, since_option
from aggregator.domain import Story, StoryQuery
from aggregator.store.rulings import Rulings
from aggregator.stories.score import explanation, score, teller

items_argument = click.argument("item_ids", nargs=-1, required=True, type=NUMBER, metavar="ITEM...")


@click.group(invoke_without_command=True)
@since_option
@click.option("--limit", type=COUNT, metavar="N", help="At most so many.")
@json_option
@config_option
@click.pass_context
def stories(ctx: click.Context, since: str | None, limit: int | None, *, as_json: bool) -> None:
    """List stories, those to pick first at the top; or change them with a command."""
    if ctx.invoked_subcommand:
        return
    settings = load_settings()
    start = read_since(since, settings.time_zone) if since else None
    with opened(settings, declare=False) as store:
        bring_up_to_date(settings, store)
        found = store.stories.find(StoryQuery(start, limit))
    now = utc_now()
    for story in found:
        if as_json:
            emit(_record(story, now))
        else:
            click.echo(_line(story, now))


@stories.command()
@click.argument("into", type=NUMBER)
@click.argument("others", nargs=-1, required=True, type=NUMBER)
@editor_option
@config_option
def merge(into: int, others: tuple[int, ...], editor: str) -> None:
    """Make one story of several: OTHERS go INTO the first."""
    with _rulings(editor) as rulings:
        rulings.merge(into, others)


@stories.command()
@items_argument
@editor_option
@config_option
def split(item_ids: tuple[int, ...], editor: str) -> None:
    """Make a story of its own of some items of a story; prints its number."""
    with _rulings(editor) as rulings:
        click.echo(rulings.split(item_ids))


@stories.command()
@items_argument
@click.option("--to", type=NUMBER, required=True, metavar="STORY", help="The story they belong to.")
@editor_option
@config_option
def move(item_ids: tuple[int, ...], to: int, editor: str) -> None:
    """Put items into another story."""
    with _rulings(editor) as rulings:
        rulings.move(item_ids, to)


@stories.command()
@click.argument("item_id", type=NUMBER, metavar="ITEM")
@editor_option
@config_option
def unlink(item_id: int, editor: str) -> None:
    """Say that an item is no copy of the one that it is linked to."""
    with _rulings(editor) as rulings:
        rulings.unlink(item_id)


@stories.command()
@click.argument("story_id", type=NUMBER, metavar="STORY")
@click.option("--undo", is_flag=True, help="Say that it is not covered after all.")
@editor_option
@config_option
def cover(story_id: int, editor: str, *, undo: bool) -> None:
    """Say that a story needs no more writing about: it sinks to the bottom."""
    with _rulings(editor) as rulings:
        rulings.cover(story_id, covered=not undo)


@contextmanager
def _rulings(editor: str) -> Iterator[Rulings]:
    settings = load_settings()
    with opened(settings, declare=False) as store:
        yield store.rulings(teller(settings.languages), editor, utc_now())


def _record(story: Story, now: datetime) -> dict[str, object]:
    standing = story.standing
    return {
        "id": story.id,
        "title": story.title,
        "score": round(score(standing.rank, now), 3),
        "why": explanation(standing, covered=story.is_covered),
        "state": story.state,
        "first_at": standing.first_at,
        "last_at": standing.last_at,
        "items": story.items,
        "sources": standing.sources,
        "languages": standing.languages,
    }


def _line(story: Story, now: datetime) -> str:
    points = score(story.standing.rank, now)
    said = explanation(story.standing, covered=story.is_covered)
    return f"{points:7.2f}  {story.id:>6}  {story.title}\n{'':17}{said}"
