"""``aggregator sources list`` and ``release``: what is declared and how it is doing."""

from __future__ import annotations

from datetime import timedelta

import click
from rich.console import Console
from rich.table import Table

from aggregator.cli.app import (
    config_option,
    emit,
    json_option,
    load_settings,
    note,
    opened,
    utc_now,
)
from aggregator.domain import Notice, SourceHealth

_SHOWN = timedelta(days=7)
"""So long a notice is shown."""


@click.command(name="list")
@json_option
@config_option
def list_sources(*, as_json: bool) -> None:
    """List the sources, each with its state."""
    with opened(load_settings()) as store:
        health = store.sources.health()
        newest_last = reversed(store.notices.since(utc_now() - _SHOWN))
        notices = {notice.source_id: notice for notice in newest_last}
    if as_json:
        for one in health:
            emit(_record(one, notices.get(one.source.id)))
        return
    table = Table("id", "state", "items", "next poll", "error or notice", box=None)
    for one in health:
        next_poll = one.state.next_poll_at
        due = f"{next_poll:%d %b %H:%M} UTC" if next_poll else "now"
        notice = notices.get(one.source.id)
        remark = one.state.error or (f"{notice.at:%d %b}: {notice.text}" if notice else "")
        table.add_row(one.source.id, one.status, str(one.items), due, remark)
    Console().print(table)


@click.command()
@click.argument("source_id", metavar="ID")
@config_option
def release(source_id: str) -> None:
    """Show what was held back of a source when it brought much at once."""
    with opened(load_settings()) as store:
        if source_id not in {one.source.id for one in store.sources.health()}:
            raise click.UsageError(f"there is no source '{source_id}'")
        count = store.items.release(source_id, utc_now())
        note(store, "items released", f"{source_id}: {count}")
    click.echo(f"{source_id}: {count} items released.")


def _record(health: SourceHealth, notice: Notice | None) -> dict[str, object]:
    state = health.state
    return {
        "id": health.source.id,
        "name": health.source.name,
        "url": health.source.url,
        "enabled": health.source.enabled,
        "state": health.status,
        "http_status": state.status,
        "error": state.error,
        "failures": state.failures,
        "polled_at": state.polled_at,
        "succeeded_at": state.succeeded_at,
        "next_poll_at": state.next_poll_at,
        "moved_to": state.moved_to,
        "items": health.items,
        "gaps": health.gaps,
        "coverage": health.coverage,
        "held": health.held,
        "notice": notice.text if notice else None,
    }
