"""``aggregator run``, ``serve`` and ``schedule``: what stays up (a composition root).

With a broker, scheduling is sending messages to workers (``aggregator worker``) instead of polling.
"""

from __future__ import annotations

import logging
import os
import signal
import threading
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from types import FrameType
from typing import TYPE_CHECKING, Any

import click
from waitress.server import create_server

from aggregator.cli.app import config_option, load_settings, log_to_stderr, opened, uptime, utc_now
from aggregator.cli.editors import desk_of
from aggregator.cli.worker import queue_of
from aggregator.jobs.grouping import BackgroundGrouping, Grouper
from aggregator.jobs.heartbeat import Dispatch, Heartbeat, beat_every
from aggregator.jobs.polling import Polling
from aggregator.jobs.publishing import BackgroundPublishing
from aggregator.jobs.reloading import Reloading
from aggregator.settings import Settings
from aggregator.settings.live import LiveSettings
from aggregator.store import Store
from aggregator.wire.filters import excluded_by
from feeds import create_app

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

log = logging.getLogger(__name__)

host_option = click.option("--host", default="127.0.0.1", show_default=True, help="Bind here.")
port_option = click.option(
    "--port", type=click.IntRange(1, 65535), default=8000, show_default=True, help="Listen here."
)


@click.command()
@host_option
@port_option
@config_option
def run(host: str, port: int) -> None:
    """Poll, and serve the site and its feeds, until stopped."""
    log_to_stderr()
    settings = load_settings()
    live = LiveSettings(settings, os.environ, utc_now)
    with opened(settings) as store, _scheduling(live, store):
        _serve(live, store, host, port)


@click.command()
@host_option
@port_option
@config_option
def serve(host: str, port: int) -> None:
    """Serve the site and its feeds, until stopped."""
    log_to_stderr()
    settings = load_settings()
    with opened(settings, declare=False) as store:
        _serve(LiveSettings(settings, os.environ, utc_now), store, host, port)


@click.command()
@config_option
def schedule() -> None:
    """Poll what is due, until stopped."""
    log_to_stderr()
    settings = load_settings()
    stopped = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stopped.set())
    signal.signal(signal.SIGINT, lambda *_: stopped.set())
    live = LiveSettings(settings, os.environ, utc_now)
    with opened(settings) as store, _scheduling(live, store), _following(live):
        stopped.wait()


@contextmanager
def _following(live: LiveSettings) -> Iterator[None]:
    """Follow the files; SIGHUP says to look at once."""
    reloading = Reloading(live)
    signal.signal(signal.SIGHUP, lambda *_: reloading.wake())
    try:
        yield
    finally:
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
        reloading.stop()


@contextmanager
def _scheduling(live: LiveSettings, store: Store) -> Iterator[None]:
    settings = live.settings
    log.info("polling %d sources", sum(source.enabled for source in settings.sources))
    with _dispatching(settings, store) as dispatch:
        grouping = BackgroundGrouping(Grouper(store, settings, utc_now))
        heartbeat = Heartbeat(
            dispatch,
            beat_every(settings.hour),
            hour=settings.hour,
            clock=utc_now,
            monotonic=uptime,
            also=grouping.wake,
        )
        publishing = BackgroundPublishing(lambda: desk_of(live.settings, store))

        def adopt(changed: Settings) -> None:
            store.sources.declare(changed.sources, utc_now(), excluded_by)
            if replace(changed, sources=()) != replace(live.settings, sources=()):
                # Another title, say: whoever asks whether the feed is newer must be told yes.
                store.renew_edition(utc_now())
            dispatch.adopt(changed)
            heartbeat.beat()

        live.on_change(adopt)
        heartbeat.start()
        try:
            yield
        finally:
            log.info("stopping")
            heartbeat.stop()
            publishing.stop()
            grouping.stop()


@contextmanager
def _dispatching(settings: Settings, store: Store) -> Iterator[Dispatch]:
    if settings.broker_url is None:
        with closing(Polling(settings, store, utc_now)) as polling:
            yield polling
        return
    from aggregator.jobs.queueing import Queueing  # noqa: PLC0415 - needs the extra ``queue``

    with closing(queue_of(settings, store)) as queue:
        yield Queueing(settings, store, queue, clock=utc_now, monotonic=uptime)


class _Site:
    """The WSGI application of the settings in force: a change makes a new one, and requests that
    are being answered end with the old one.
    """

    def __init__(self, live: LiveSettings, store: Store) -> None:
        self._live = live
        self._store = store
        self.adopt(live.settings)
        live.on_change(self.adopt)

    def adopt(self, settings: Settings) -> None:
        """Answer with these settings from now on."""
        self._app = create_app(settings, self._store, utc_now, config=lambda: self._live.state)

    def __call__(self, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        return self._app(environ, start)


def _serve(live: LiveSettings, store: Store, host: str, port: int) -> None:
    try:
        server = create_server(
            _Site(live, store),
            host=host,
            port=port,
            threads=8,
            ident=None,
            **proxied(live.settings.trusted_proxy),
        )
    except OSError as error:
        raise click.ClickException(
            f"cannot listen on {host}:{port}: {error.strerror}; choose another with --port"
        ) from error
    signal.signal(signal.SIGTERM, _leave)
    log.info("serving on http://%s:%d (the feed: /feed.atom)", host, port)
    with _following(live):
        server.run()
    server.close()


def proxied(trusted: str | None) -> dict[str, Any]:
    """What waitress must know to see visitors' addresses behind this proxy, if there is one.

    Without it every visitor is the proxy, and one who guesses passwords locks out the others.
    """
    if trusted is None:
        return {}
    return {"trusted_proxy": trusted, "trusted_proxy_headers": {"x-forwarded-for"}}


def _leave(_signal: int, _frame: FrameType | None) -> None:
    """End the server's loop, as an interrupt from the keyboard does."""
    raise SystemExit(0)
