"""``aggregator init``: a newsroom from nothing, by questions."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click
from pydantic import ValidationError

from aggregator.cli.app import config_dir, config_option, note, opened, utc_now
from aggregator.cli.sources.finding import describe, entries_for, find_feeds
from aggregator.cli.sources.lists import entries_of
from aggregator.cli.users import read_password
from aggregator.desk.accounts import new_editor
from aggregator.desk.passwords import hash_password
from aggregator.domain import Editor, Role
from aggregator.settings import SITE, SOURCES, Settings, validate
from aggregator.settings.messages import explain
from aggregator.settings.opml import AT_COMMAND, read_opml
from aggregator.settings.site import Site
from aggregator.settings.templates import first_site, first_sources
from aggregator.settings.writing import write
from aggregator.store import upgrade

_QUESTIONS = {
    "title": "Title of the site",
    "base_url": "Where readers will reach it",
    "time_zone": "Time zone",
    "languages": "Its language",
    "contact": "A page or an address where sources' people can reach you",
}


@click.command()
@click.option("--title", metavar="T")
@click.option("--base-url", metavar="URL")
@click.option("--zone", "time_zone", metavar="ZONE")
@click.option("--language", "languages", metavar="TAG")
@click.option("--contact", metavar="C")
@click.option("--source", "sites", multiple=True, metavar="URL", help="A site or feed to poll.")
@click.option("--opml", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--operator", metavar="NAME", help="The first account; its password is asked for.")
@click.option("--yes", is_flag=True, help="Ask nothing but the password: defaults for the rest.")
@config_option
def init(
    sites: tuple[str, ...],
    opml: Path | None,
    operator: str | None,
    *,
    yes: bool,
    **given: str | None,
) -> None:
    """Make a newsroom: its files, its database, its first sources and its first account."""
    folder = config_dir()
    for name in (SITE, SOURCES):
        if (folder / name).exists():
            raise click.UsageError(
                f"{folder / name} is there already: edit it, or name another --config"
            )
    values = {key: _answer(key, given[key], ask=not yes) for key in _QUESTIONS}
    site = first_site({key: value for key, value in values.items() if value})
    bare = validate(folder, os.environ, {SITE: site, SOURCES: first_sources(())})
    entries = _first_entries(bare, sites, opml, ask=not yes)
    account = _account(operator or (None if yes else _ask_for_account()))
    settings = validate(folder, os.environ, {SITE: site, SOURCES: first_sources(entries)})
    folder.mkdir(parents=True, exist_ok=True)
    write(folder / SITE, site)
    write(folder / SOURCES, first_sources(entries))
    upgrade(settings.database_url)
    click.echo(f"{folder}: written, with {len(entries)} sources; the database is ready.", err=True)
    if account:
        editor, password = account
        with opened(settings) as store:
            store.editors.add(editor, password, utc_now())
            note(store, "account made", f"{editor.username}, {editor.role}")
        click.echo(f"{editor.username}: may do everything at /desk", err=True)
    if not entries:
        click.echo("Add a source with: aggregator sources add URL" + _where(folder), err=True)
    click.echo("Start it with: aggregator run" + _where(folder), err=True)


def _where(folder: Path) -> str:
    return "" if folder == Path("config") else f" --config {folder}"


def _answer(key: str, given: str | None, *, ask: bool) -> Any:
    """What is given, or answered until it is right; the default otherwise."""
    default = Site.model_fields[key].get_default(call_default_factory=True)
    shown = default[0] if isinstance(default, list) else default
    if given is not None:
        return _checked(key, given)
    if not ask:
        return default
    return click.prompt(
        _QUESTIONS[key],
        default=shown or "",
        show_default=bool(shown),
        value_proc=lambda text: _checked(key, text) if text else None,
        err=True,
    )


def _checked(key: str, text: str) -> Any:
    """The value, if it is one that may stand in aggregator.yaml. Raises UsageError."""
    value = [text] if isinstance(Site.model_fields[key].default, list) else text
    try:
        Site.model_validate({key: value})
    except ValidationError as error:
        raise click.UsageError("; ".join(said for _, said in explain(error, Site))) from None
    return value


def _first_entries(
    settings: Settings, sites: Sequence[str], opml: Path | None, *, ask: bool
) -> list[Mapping[str, Any]]:
    entries: list[Mapping[str, Any]] = []
    if opml:
        listed = read_opml(opml.read_bytes()[: AT_COMMAND.size + 1], AT_COMMAND)
        found, skipped = entries_of(listed, (), enabled=True)
        entries += found
        click.echo(f"{opml}: {len(found)} sources, {len(skipped)} skipped", err=True)
    for url in sites:
        entries += _found(settings, url, entries)
    while ask:
        url = click.prompt(
            "Address of a site or feed to poll (empty: go on)",
            default="", show_default=False, err=True,
        )  # fmt: skip
        if not url:
            break
        entries += _found(settings, url, entries)
    return entries


def _found(
    settings: Settings, url: str, before: Sequence[Mapping[str, Any]]
) -> list[dict[str, object]]:
    """The first feed of a site as an entry; none, with the reason said, where there is none."""
    try:
        feeds = find_feeds(settings, url)
    except click.ClickException as error:
        click.echo(error.message, err=True)
        return []
    if not feeds:
        click.echo(f"{url}: no feed was found there", err=True)
        return []
    click.echo(describe(1, feeds[0]), err=True)
    taken = [str(entry["id"]) for entry in before]
    known = {str(entry["url"]) for entry in before}
    fresh = [feed for feed in feeds[:1] if feed.url not in known]
    return entries_for(taken, fresh, {}, ask=False)


def _ask_for_account() -> str | None:
    name: str = click.prompt(
        "Name of the first account, an operator's (empty: none yet)",
        default="", show_default=False, err=True,
    )  # fmt: skip
    return name or None


def _account(username: str | None) -> tuple[Editor, str] | None:
    """The first account and its password's hash, all of it right before anything is written.

    Raises AccountRefused.
    """
    if username is None:
        return None
    editor = new_editor(username, username, None, Role.OPERATOR)
    return editor, hash_password(read_password(username))
