"""``aggregator items --history``: every version of an item, with the differences."""

from __future__ import annotations

from collections.abc import Mapping
from zoneinfo import ZoneInfo

import click

from aggregator.cli.app import emit
from aggregator.domain import Revision
from aggregator.store import Store
from aggregator.wire.clean import plain_text
from aggregator.wire.difference import Piece, difference, marked


def show_history(store: Store, item_id: int, zone: ZoneInfo, *, as_json: bool) -> None:
    """Print each version of the item: a few lines, or one JSON object."""
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
