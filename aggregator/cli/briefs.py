"""``aggregator briefs``: what the desk writes, from draft to withdrawal."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any, TypeVar

import click

from aggregator.cli.app import (
    COUNT,
    NUMBER,
    config_option,
    editor_option,
    emit,
    json_option,
    load_settings,
    opened,
)
from aggregator.cli.briefs_shown import line, page, record
from aggregator.cli.editors import desk_of, editor_named
from aggregator.cli.times import read_time
from aggregator.desk.desk import Desk
from aggregator.domain import Brief, BriefQuery, BriefState, Editor, Picture, Wording
from aggregator.store import Store

Command = TypeVar("Command", bound=Callable[..., Any])

brief_argument = click.argument("brief_id", type=NUMBER, metavar="ID")
body_option = click.option(
    "--body", type=click.File(encoding="utf-8"), metavar="FILE", help="The text, in Markdown."
)
headline_option = click.option("--headline", metavar="H")
_STATES = [state.value for state in BriefState]
_LINES = ("headline", "byline", "kicker", "language", "series")
_WORDING = (
    headline_option,
    body_option,
    click.option("--byline", metavar="B", help="Who wrote it (new: the editor's initials)."),
    click.option("--kicker", metavar="K", help="What stands above the headline."),
    click.option("--language", metavar="L", help="Such as fr, en or nl-BE."),
    click.option("--series", metavar="S", help="The slug of its series."),
    click.option("--picture", metavar="URL"),
    click.option("--alt", metavar="A", help="What the picture shows."),
    click.option("--credit", metavar="C", help="Whom the picture is from."),
    click.option(
        "--item", "items", type=NUMBER, multiple=True, metavar="ID", help="Cite this item."
    ),
)


@click.group()
@config_option
def briefs() -> None:
    """Write briefs, publish, correct and withdraw them."""


@briefs.command("list")
@click.option("--state", "states", type=click.Choice(_STATES), multiple=True)
@click.option("--series", metavar="S", help="Only this series.")
@click.option("--author", metavar="USER", help="Only this editor's.")
@click.option("--limit", type=COUNT, metavar="N", help="At most so many.")
@json_option
@config_option
def list_briefs(
    states: tuple[str, ...],
    series: str | None,
    author: str | None,
    limit: int | None,
    *,
    as_json: bool,
) -> None:
    """List briefs, those edited last first."""
    settings = load_settings()
    query = BriefQuery(tuple(map(BriefState, states)), series, author, limit)
    with opened(settings, declare=False) as store:
        for brief in store.briefs.find(query):
            if as_json:
                emit(record(brief))
            else:
                click.echo(line(brief, settings.time_zone))


@briefs.command()
@brief_argument
@json_option
@config_option
def show(brief_id: int, *, as_json: bool) -> None:
    """Show a brief, what it rests on, and what was done with it."""
    settings = load_settings()
    with opened(settings, declare=False) as store:
        brief = _found(store, brief_id)
        if as_json:
            emit(record(brief))
        else:
            click.echo(page(brief, store.audit.of_brief(brief_id), settings.time_zone))


def _wording_options(command: Command) -> Command:
    for option in reversed(_WORDING):
        command = option(command)
    return command


@briefs.command()
@_wording_options
@click.option(
    "--story", type=NUMBER, metavar="ID", help="Write about this story, citing its items."
)
@editor_option
@config_option
def new(story: int | None, items: tuple[int, ...], editor: str, **typed: Any) -> None:
    """Begin a brief; prints its number."""
    if (story is None) == (not items):
        raise click.UsageError("give a --story, or one --item or more")
    with _at_work(editor) as at:
        wording = _typed(Wording(language=at.languages[0]), typed)
        if story is None:
            brief = at.desk.begin_from_items(items, at.editor, wording)
        else:
            brief = at.desk.begin_from_story(story, at.editor, wording)
        click.echo(brief.id)


@briefs.command()
@brief_argument
@_wording_options
@editor_option
@config_option
def edit(brief_id: int, items: tuple[int, ...], editor: str, **typed: Any) -> None:
    """Change the wording of a brief that is not out yet; --item cites these items instead."""
    with _at_work(editor) as at:
        brief = at.brief(brief_id)
        wording = _typed(brief.wording, typed)
        if items:
            wording = replace(wording, citations=at.desk.cite(items))
        at.desk.save(brief_id, brief.version, wording, at.editor)


@briefs.command()
@brief_argument
@editor_option
@config_option
def submit(brief_id: int, editor: str) -> None:
    """Say that a draft is ready for somebody else's eyes."""
    with _at_work(editor) as at:
        at.desk.submit(brief_id, at.brief(brief_id).version, at.editor)


@briefs.command()
@brief_argument
@editor_option
@config_option
def recall(brief_id: int, editor: str) -> None:
    """Make a draft again of what is in review, scheduled or discarded."""
    with _at_work(editor) as at:
        at.desk.recall(brief_id, at.brief(brief_id).version, at.editor)


@briefs.command()
@brief_argument
@click.option("--yes", is_flag=True, help="Do not ask first.")
@editor_option
@config_option
def discard(brief_id: int, editor: str, *, yes: bool) -> None:
    """Put away a draft; its text is kept, and recall brings it back."""
    with _at_work(editor) as at:
        brief = at.brief(brief_id)
        if not yes:
            click.confirm(f"Discard '{brief.wording.headline}'?", abort=True, err=True)
        at.desk.discard(brief_id, brief.version, at.editor)


@briefs.command()
@brief_argument
@editor_option
@config_option
def publish(brief_id: int, editor: str) -> None:
    """Let a brief go out now."""
    with _at_work(editor) as at:
        at.desk.publish(brief_id, at.brief(brief_id).version, at.editor)


@briefs.command()
@brief_argument
@click.option("--at", "time", required=True, metavar="T", help="2025-06-23T10:00, our time.")
@editor_option
@config_option
def schedule(brief_id: int, time: str, editor: str) -> None:
    """Let a brief go out at a time, by a running scheduler."""
    when = read_time(time, "--at")
    with _at_work(editor) as at:
        at.desk.schedule(brief_id, at.brief(brief_id).version, when, at.editor)


@briefs.command()
@brief_argument
@click.option("--note", required=True, metavar="N", help="What was wrong; readers see it.")
@headline_option
@body_option
@editor_option
@config_option
def correct(brief_id: int, note: str, editor: str, **typed: Any) -> None:
    """Change a published brief."""
    with _at_work(editor) as at:
        brief = at.brief(brief_id)
        wording = _typed(brief.wording, typed)
        at.desk.correct(brief_id, brief.version, wording, note, at.editor)


@briefs.command()
@brief_argument
@click.option("--reason", required=True, metavar="R", help="Why; it is kept with the brief.")
@editor_option
@config_option
def withdraw(brief_id: int, reason: str, editor: str) -> None:
    """Take a published brief away from readers, for good."""
    with _at_work(editor) as at:
        at.desk.withdraw(brief_id, at.brief(brief_id).version, reason, at.editor)


@dataclass(frozen=True, slots=True)
class _AtWork:
    """An editor at the desk."""

    desk: Desk
    store: Store
    editor: Editor
    languages: tuple[str, ...]

    def brief(self, brief_id: int) -> Brief:
        return _found(self.store, brief_id)


@contextmanager
def _at_work(username: str) -> Iterator[_AtWork]:
    settings = load_settings()
    with opened(settings, declare=False) as store:
        editor = editor_named(store, username)
        yield _AtWork(desk_of(settings, store), store, editor, settings.languages)


def _found(store: Store, brief_id: int) -> Brief:
    brief = store.briefs.get(brief_id)
    if brief is None:
        raise click.UsageError(f"there is no brief {brief_id}")
    return brief


def _typed(wording: Wording, options: dict[str, Any]) -> Wording:
    """The wording with what the options say instead, as far as they were given."""
    given = {name: value for name, value in options.items() if value is not None}
    lines: dict[str, Any] = {name: given[name] for name in _LINES if name in given}
    if "body" in given:
        lines["body"] = given["body"].read()
    before = wording.picture
    url = given.get("picture", before.url if before else "")
    credited = {name: given[name] for name in ("alt", "credit") if name in given}
    if url != (before.url if before else "") or credited:
        kept = before if before and before.url == url else Picture(url)
        lines["picture"] = replace(kept, **credited)
    return replace(wording, **lines)
