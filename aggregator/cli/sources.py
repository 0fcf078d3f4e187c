"""``aggregator sources``: what is declared and how it is doing."""

from __future__ import annotations

import click
from rich.console import Console
from rich.table import Table

from aggregator.cli.app import config_option, emit, json_option, load_settings, opened
from aggregator.domain import SourceHealth


@click.group()
@config_option
def sources() -> None:
    """Look at the sources."""


@sources.command(name="list")
@json_option
@config_option
def list_sources(*, as_json: bool) -> None:
    """List the sources, each with its state."""
    with opened(load_settings()) as store:
        health = store.sources.health()
    if as_json:
        for one in health:
            emit(_record(one))
        return
    table = Table("id", "state", "items", "next poll", "error", box=None)
    for one in health:
        next_poll = one.state.next_poll_at
        due = f"{next_poll:%d %b %H:%M} UTC" if next_poll else "now"
        table.add_row(one.source.id, one.status, str(one.items), due, one.state.error or "")
    Console().print(table)


@sources.command()
@config_option
def check() -> None:
    """Check config/ without touching the network or the database."""
    settings = load_settings()
    enabled = sum(source.enabled for source in settings.sources)
    total = len(settings.sources)
    click.echo(f"{settings.config_dir}: {total} sources, {enabled} enabled; all good.")


def _record(health: SourceHealth) -> dict[str, object]:
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
    }
