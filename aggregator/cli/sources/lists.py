"""``aggregator sources import`` and ``export``: OPML, the lists that feed readers exchange."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any, BinaryIO

import click

from aggregator.cli.app import (
    config_option,
    emit,
    json_option,
    load_settings,
    revise_sources,
    utc_now,
)
from aggregator.domain import Source
from aggregator.settings.editing import with_sources
from aggregator.settings.entries import new_entry, new_id, what_is_wrong
from aggregator.settings.opml import AT_COMMAND, Subscription, read_opml, write_opml
from aggregator.wire.checkup import place

_SHOWN = 20


@click.command("import")
@click.argument("file", type=click.File("rb"))
@click.option("--dry-run", is_flag=True, help="Say what would be done, and do nothing.")
@click.option("--disabled", is_flag=True, help="Write them down without asking them yet.")
@json_option
@config_option
def import_(file: BinaryIO, *, dry_run: bool, disabled: bool, as_json: bool) -> None:
    """Add the feeds of an OPML list to sources.yaml; its folders become categories."""
    settings = load_settings()
    listed = read_opml(file.read(AT_COMMAND.size + 1), AT_COMMAND)
    entries, skipped = entries_of(listed, settings.sources, enabled=not disabled)
    if entries and not dry_run:
        revise_sources(lambda text: with_sources(text, entries))
    if as_json:
        for entry in entries:
            emit({"url": entry["url"], "id": entry["id"], "action": "add", "reason": None})
        for url, reason in skipped:
            emit({"url": url, "id": None, "action": "skip", "reason": reason})
        return
    for entry in entries if dry_run else ():
        click.echo(f"{entry['id']}: {entry['url']} {', '.join(entry.get('categories', ()))}")
    for url, reason in skipped[:_SHOWN]:
        click.echo(f"skipped {url}: {reason}", err=True)
    if len(skipped) > _SHOWN:
        click.echo(f"... and {len(skipped) - _SHOWN} more", err=True)
    verb = "would be added" if dry_run else "added"
    click.echo(f"{len(entries)} sources {verb}, {len(skipped)} skipped.")


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path), required=False)
@click.option("--all", "everything", is_flag=True, help="Disabled sources, too.")
@config_option
def export(file: Path | None, *, everything: bool) -> None:
    """Write the sources as an OPML list, to FILE or to stdout."""
    settings = load_settings()
    wanted = [source for source in settings.sources if source.enabled or everything]
    body = write_opml(settings.title, wanted, utc_now())
    if file is None:
        click.echo(body, nl=False)
    else:
        file.write_bytes(body)
        click.echo(f"{file}: {len(wanted)} sources", err=True)


def entries_of(
    listed: Iterable[Subscription], declared: Iterable[Source], *, enabled: bool
) -> tuple[list[dict[str, Any]], list[tuple[str, str]]]:
    """What to add to the file, and what not, with the reason."""
    known = {place(source.url): source.id for source in declared}
    taken = set(known.values())
    entries, skipped = [], []
    for one in listed:
        try:
            there = known.get(place(one.url))
        except ValueError:
            there = None  # no address at all: said below
        if there:
            skipped.append((one.url, f"is there already as '{there}'"))
            continue
        entry = new_entry(
            id=new_id(one.name, taken),
            name=one.name,
            url=one.url,
            site=one.site,
            language=one.language,
            categories=list(one.folders),
        )
        # A feed without its page or language is still a feed.
        for key in ("site", "language"):
            if key in entry and what_is_wrong({**_LEAST, key: entry[key]}):
                del entry[key]
        wrong = what_is_wrong(entry)
        if wrong:
            skipped.append((one.url, wrong))
            continue
        known[place(one.url)] = entry["id"]
        taken.add(entry["id"])
        entries.append(entry if enabled else entry | {"enabled": False})
    return entries, skipped


_LEAST = {"id": "a", "name": "A", "url": "https://a.example/"}
