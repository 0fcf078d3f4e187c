"""``aggregator db``: the database's upkeep."""

from __future__ import annotations

import click

from aggregator.cli.app import config_option, load_settings
from aggregator.store import upgrade as upgrade_store


@click.group()
@config_option
def db() -> None:
    """Look after the database."""


@db.command()
@config_option
def upgrade() -> None:
    """Create the database, or bring its tables up to date."""
    before, after = upgrade_store(load_settings().database_url)
    if before == after:
        click.echo(f"The database is up to date (schema {after}).", err=True)
    else:
        click.echo(f"The database went from {before or 'nothing'} to schema {after}.", err=True)
