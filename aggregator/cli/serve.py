"""``aggregator run``, ``serve`` and ``schedule``: what stays up (a composition root)."""

from __future__ import annotations

import logging
import signal
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from types import FrameType
from typing import Any

import click
from waitress.server import create_server

from aggregator import logs
from aggregator.cli.app import config_option, load_settings, opened, uptime, utc_now
from aggregator.cli.editors import desk_of
from aggregator.jobs.grouping import BackgroundGrouping, Grouper
from aggregator.jobs.heartbeat import Heartbeat, beat_every
from aggregator.jobs.polling import Polling
from aggregator.jobs.publishing import BackgroundPublishing
from aggregator.jobs.telling import Teller
from aggregator.jobs.watching import BackgroundWatch, Watch
from aggregator.settings import Settings
from aggregator.store import Store
from feeds import create_app
from feeds.metrics import Metrics

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
    settings = load_settings()
    logs.start(settings.log_format)
    with opened(settings) as store:
        metrics = Metrics(store, utc_now)
        with _measured(settings, metrics), _scheduling(settings, store, metrics):
            _serve(settings, store, host, port, metrics)


@click.command()
@host_option
@port_option
@config_option
def serve(host: str, port: int) -> None:
    """Serve the site and its feeds, until stopped."""
    settings = load_settings()
    logs.start(settings.log_format)
    with opened(settings, declare=False) as store:
        metrics = Metrics(store, utc_now)
        with _measured(settings, metrics):
            _serve(settings, store, host, port, metrics)


@click.command()
@config_option
def schedule() -> None:
    """Poll what is due, until stopped."""
    settings = load_settings()
    logs.start(settings.log_format)
    stopped = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stopped.set())
    signal.signal(signal.SIGINT, lambda *_: stopped.set())
    with opened(settings) as store:
        metrics = Metrics(store, utc_now)
        with _measured(settings, metrics), _scheduling(settings, store, metrics):
            stopped.wait()


@contextmanager
def _measured(settings: Settings, metrics: Metrics) -> Iterator[None]:
    """Serve the metrics at an address of their own, if they have one."""
    if settings.metrics_listen is None:
        yield
        return
    host, _, port = settings.metrics_listen.rpartition(":")
    server = _listen(metrics, host.strip("[]"), int(port), "metrics_listen in aggregator.yaml")
    thread = threading.Thread(target=server.run, name="metrics", daemon=True)
    thread.start()
    log.info("metrics on http://%s/metrics", settings.metrics_listen)
    try:
        yield
    finally:
        server.trigger.pull_trigger(server.close)
        thread.join(5)
        server.task_dispatcher.shutdown()


@contextmanager
def _scheduling(settings: Settings, store: Store, metrics: Metrics) -> Iterator[None]:
    log.info("polling %d sources", sum(source.enabled for source in settings.sources))
    with closing(Polling(settings, store, utc_now)) as polling:
        grouping = BackgroundGrouping(Grouper(store, settings, utc_now))
        heartbeat = Heartbeat(
            polling,
            beat_every(settings.hour),
            hour=settings.hour,
            clock=utc_now,
            monotonic=uptime,
            also=grouping.wake,
            reported=metrics.polled,
        )
        publishing = BackgroundPublishing(desk_of(settings, store))
        teller = Teller(lambda: settings, polling.fetcher, utc_now)
        watch = Watch(store, lambda: settings.limits, teller, utc_now)
        watching = BackgroundWatch(watch, lambda: heartbeat.is_leading)
        heartbeat.start()
        try:
            yield
        finally:
            log.info("stopping")
            watching.stop()
            heartbeat.stop()
            publishing.stop()
            grouping.stop()


def _serve(settings: Settings, store: Store, host: str, port: int, metrics: Metrics) -> None:
    app = create_app(settings, store, utc_now, metrics)
    server = _listen(app, host, port, "--port", **proxied(settings.trusted_proxy))
    signal.signal(signal.SIGTERM, _leave)
    log.info("serving on http://%s:%d (the feed: /feed.atom)", host, port)
    server.run()
    server.close()


def _listen(app: Any, host: str, port: int, option: str, **more: Any) -> Any:
    try:
        return create_server(app, host=host, port=port, threads=8, ident=None, **more)
    except OSError as error:
        raise click.ClickException(
            f"cannot listen on {host}:{port}: {error.strerror}; choose another with {option}"
        ) from error


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
