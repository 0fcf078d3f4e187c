"""``aggregator sources enable``, ``disable`` and ``schema``."""

from __future__ import annotations

import json

import click

from aggregator.cli.app import config_option, revise_sources
from aggregator.settings import FEEDS, SITE, SOURCES
from aggregator.settings.editing import with_changes
from aggregator.settings.schema import schema

_ids = click.argument("ids", nargs=-1, required=True, metavar="ID...")


@click.command()
@_ids
@config_option
def enable(ids: tuple[str, ...]) -> None:
    """Ask these sources again; a running service does within seconds."""
    _switch(ids, on=True)


@click.command()
@_ids
@config_option
def disable(ids: tuple[str, ...]) -> None:
    """Ask these sources no more; their items and their entries in the file stay."""
    _switch(ids, on=False)


@click.command("schema")
@click.option("--file", "name", type=click.Choice([SOURCES, SITE, FEEDS]), default=SOURCES)
def show_schema(name: str) -> None:
    """Print the JSON Schema of one of the files, for editors that complete YAML."""
    click.echo(json.dumps(schema(name), indent=1))


def _switch(ids: tuple[str, ...], *, on: bool) -> None:
    changes = {key: {"enabled": on} for key in ids}
    revise_sources(lambda text: with_changes(text, changes))
    for source_id in changes:
        click.echo(f"{source_id}: {'enabled' if on else 'disabled'}")
