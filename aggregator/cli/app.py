"""What commands are built from: settings, store, clock (a composition root)."""

from __future__ import annotations

import getpass
import json
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import click

from aggregator.domain import AuditEntry
from aggregator.settings import SOURCES, Settings, load
from aggregator.settings.writing import revise
from aggregator.store import Store
from aggregator.wire.filters import excluded_by

Command = TypeVar("Command", bound=Callable[..., Any])
_KEY = "aggregator.config"


def config_option(command: Command) -> Command:
    """Give a command ``--config DIR``; it may stand before or after the command's name."""

    def remember(ctx: click.Context, _param: click.Parameter, value: Path | None) -> None:
        if value is not None:
            ctx.meta[_KEY] = value

    return click.option(
        "--config",
        type=click.Path(file_okay=False, path_type=Path),
        metavar="DIR",
        expose_value=False,
        callback=remember,
        help="Folder of the operator's files (default: $AGGREGATOR_CONFIG or config/).",
    )(command)


_LARGEST = 2**63 - 1
"""No database numbers anything higher."""
NUMBER = click.IntRange(max=_LARGEST)
COUNT = click.IntRange(1, _LARGEST)

json_option = click.option("--json", "as_json", is_flag=True, help="One JSON object per line.")
editor_option = click.option(
    "--editor", metavar="NAME", default=getpass.getuser, help="Who decides (default: you)."
)


def utc_now() -> datetime:
    """The clock of every command."""
    return datetime.now(UTC)


def uptime() -> float:
    """Seconds since the machine started, asleep or awake: nobody can set that clock."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)


def config_dir() -> Path:
    """The folder of the operator's files."""
    chosen: Path | None = click.get_current_context().meta.get(_KEY)
    return chosen or Path(os.environ.get("AGGREGATOR_CONFIG") or "config")


def load_settings() -> Settings:
    """The operator's settings; raises ConfigError."""
    return load(config_dir(), os.environ)


def revise_sources(change: Callable[[str], str]) -> Settings:
    """Change sources.yaml by a function of its text; raises ConfigError, having written nothing,
    when that would make it wrong.
    """
    return revise(config_dir(), os.environ, SOURCES, change)


@contextmanager
def opened(settings: Settings, *, declare: bool = True) -> Iterator[Store]:
    """The store, with the operator's sources declared in it; raises StoreError."""
    store = Store(settings.database_url)
    try:
        if declare:
            store.sources.declare(settings.sources, utc_now(), excluded_by)
        yield store
    finally:
        store.close()


def bring_up_to_date(settings: Settings, store: Store) -> None:
    """Group what was stored since the stories were last looked at, unless a running service does.

    Polling alone does not: it is not to wait for that, nor to load what it takes.
    """
    if not store.stories.has_pending() or not store.leadership.held():
        return
    from aggregator.jobs.grouping import Grouper  # noqa: PLC0415 - slow to import, seldom needed

    try:
        click.echo("Grouping new items into stories ...", err=True)
        Grouper(store, settings, utc_now).catch_up()
    finally:
        store.leadership.release()


def note(store: Store, action: str, detail: str) -> None:
    """Write down in the audit log what was done by command, and by which user of the machine."""
    try:
        who = getpass.getuser()
    except (KeyError, OSError):  # a container's user may have no name
        who = f"uid {os.getuid()}"
    store.audit.add(AuditEntry(utc_now(), who, action, detail=detail))


def emit(record: dict[str, Any]) -> None:
    """One JSON line on stdout; times as RFC 3339 in UTC."""
    click.echo(json.dumps(record, ensure_ascii=False, default=_plain))


def _plain(value: Any) -> str:
    if isinstance(value, datetime):
        return rfc3339(value)
    raise TypeError(f"{type(value).__name__} has no place in JSON output")


def rfc3339(value: datetime) -> str:
    """An aware time as RFC 3339 in UTC, to the second: ``2025-06-23T13:30:00Z``."""
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
