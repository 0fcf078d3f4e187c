"""``aggregator db``: the database's upkeep."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import click

from aggregator.cli.app import config_option, emit, json_option, load_settings, opened, utc_now
from aggregator.oversight.forecast import forecast
from aggregator.store import backup as backups
from aggregator.store import check as check_store
from aggregator.store import copying
from aggregator.store import downgrade as downgrade_store
from aggregator.store import upgrade as upgrade_store
from aggregator.wire.clean import shorten

_BEGINNING = 300
"""Characters of an item's text that feeds carry: they are never pruned."""

_NOTED = 400


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


@db.command()
@click.argument("schema")
@click.confirmation_option(
    "--yes", prompt="What only the newer schema knows will be lost. Is there a backup?"
)
@config_option
def downgrade(schema: str) -> None:
    """Take the tables back to an older SCHEMA, for an older program."""
    downgrade_store(load_settings().database_url, schema)
    click.echo(f"The database has schema {schema} again.", err=True)


@db.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@config_option
def backup(file: Path) -> None:
    """Write a copy of the whole database to FILE, while it is in use."""
    size = backups.backup(load_settings().database_url, file)
    click.echo(f"{file}: {size} bytes, checked.", err=True)


@db.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@config_option
def restore(file: Path) -> None:
    """Put a backup in the place of the database; nothing may be running on it."""
    schema = backups.restore(load_settings().database_url, file)
    click.echo(f"Restored, with schema {schema}; next: aggregator db upgrade", err=True)


@db.command()
@config_option
@click.pass_context
def check(ctx: click.Context) -> None:
    """Look whether the database is whole, and what it should be."""
    found = check_store(load_settings().database_url)
    for problem in found:
        click.echo(problem)
    if found:
        ctx.exit(1)
    click.echo("The database is all good.", err=True)


@db.command()
@click.option("--dry-run", is_flag=True, help="Only say how much that would be.")
@json_option
@config_option
def prune(*, dry_run: bool, as_json: bool) -> None:
    """Drop what is older than `retention` in aggregator.yaml says.

    No item is ever dropped, only most of its text; what a brief cites stays whole.
    """
    settings = load_settings()
    with opened(settings, declare=False) as store:
        if dry_run:
            counts = store.retention.overdue(settings.retention, utc_now())
        else:
            cut = partial(shorten, limit=_BEGINNING)
            counts = store.retention.prune(settings.retention, utc_now(), cut)
    if as_json:
        emit({"dry_run": dry_run, **counts})
        return
    verb = "would be dropped" if dry_run else "dropped"
    for kind, count in counts.items():
        click.echo(f"{kind}: {count} {verb}")


@db.command()
@json_option
@config_option
def size(*, as_json: bool) -> None:
    """Say how large the database is, by table, and how large it becomes."""
    with opened(load_settings(), declare=False) as store:
        space, sizes = store.figures.space(), store.figures.sizes(_NOTED)
    future = forecast(sizes, space.bytes, space.free)
    if as_json:
        growth = {"per_day": future.per_day, "in_year": future.in_year} if future else {}
        emit({"bytes": space.bytes, "free": space.free, "tables": dict(space.tables), **growth})
        return
    for name, taken in sorted(space.tables.items(), key=lambda item: -item[1]):
        click.echo(f"{taken:>14,} {name}")
    click.echo(f"{space.bytes:>14,} in all")
    if future:
        click.echo(f"{future.per_day:>14,} more a day\n{future.in_year:>14,} in a year")
    else:
        click.echo("A running service notes its size each day; from two days on, it is forecast.")


@db.command()
@click.argument("url")
@config_option
def copy(url: str) -> None:
    """Copy everything into an empty PostgreSQL database at URL, under the same numbers.

    A password in it is seen by other users of this machine: put it into PGPASSWORD or ~/.pgpass.
    """

    def tell(name: str, count: int) -> None:
        click.echo(f"{name}: {count}", err=True)

    total = copying.copy(load_settings().database_url, url, tell)
    click.echo(f"{total} rows copied and counted; point AGGREGATOR_DATABASE_URL there.", err=True)
