"""``aggregator export``: the public side as static files (a composition root)."""

from __future__ import annotations

import signal
import threading
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import click

from aggregator import logs
from aggregator.cli.app import config_option, load_settings, opened, utc_now
from aggregator.desk.naming import path
from aggregator.errors import AggregatorError
from aggregator.settings import Settings
from aggregator.store import Store
from feeds import create_app
from feeds.export import Export, Exported
from feeds.press import Press

_LOOK_SECONDS = 0.5
_BEGINNING = datetime(1990, 1, 1, tzinfo=UTC)


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(file_okay=False, path_type=Path))
@click.option("--follow", is_flag=True, help="Stay, and export again after each change.")
@click.option(
    "--search", is_flag=True, help="Keep the search: the web server passes /search on to `serve`."
)
@config_option
def export(folder: Path, *, follow: bool, search: bool) -> None:
    """Write the whole public side into DIR: pages, feeds, archives, pictures, compressed too.

    Only what has changed is written. DIR/.server has configurations for nginx and Caddy. Files
    cannot search, so the pages have no search form, unless told otherwise.
    """
    settings = load_settings()
    settings = replace(settings, search=settings.search and search)
    with opened(settings, declare=False) as store:
        site = _Site(settings, store, folder)
        click.echo(_said(site.export()), err=True)
        if follow:
            logs.start(settings.log_format)
            _follow(site)


class _Site:
    """What is exported, and which state of it was exported last."""

    def __init__(self, settings: Settings, store: Store, folder: Path) -> None:
        self._store = store
        self._press = Press(settings, store)
        app = create_app(settings, store, utc_now, self._press)
        self._export = Export(app.test_client(), folder)
        self._briefs: object = None
        self._edition: object = None

    @property
    def is_new(self) -> bool:
        """Whether something has changed since."""
        return self._store.edition() != self._edition

    def export(self) -> Exported:
        """Bring the folder up to date. Raises AggregatorError."""
        edition, briefs = self._store.edition(), self._store.published.stamp()
        withdrawn = filter(None, map(path, self._store.briefs.withdrawn(_BEGINNING)))
        whole = briefs != self._briefs
        done = self._export.run(self._press.paths(), withdrawn, whole=whole)
        self._edition, self._briefs = edition, briefs
        return done


def _follow(site: _Site) -> None:
    stopped = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stopped.set())
    signal.signal(signal.SIGINT, lambda *_: stopped.set())
    while not stopped.wait(_LOOK_SECONDS):
        try:
            if site.is_new:
                click.echo(_said(site.export()), err=True)
        except AggregatorError as error:
            click.echo(f"not exported, it is tried again: {error}", err=True)
            stopped.wait(10)


def _said(done: Exported) -> str:
    return f"{done.written} files written, {done.unchanged} as they were, {done.removed} removed."
