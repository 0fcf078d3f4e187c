"""``aggregator run`` and ``schedule``: what polls and stays up (a composition root).

With a broker, scheduling is sending messages to workers (``aggregator worker``) instead of polling.
"""

from __future__ import annotations

import logging
import os
import signal
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace

import click

from aggregator.cli.app import config_option, load_settings, log_to_stderr, opened, uptime, utc_now
from aggregator.cli.editors import desk_of
from aggregator.cli.web import host_option, port_option, processes_option, serve_until_stopped
from aggregator.cli.worker import queue_of
from aggregator.jobs.announcing import Announcer
from aggregator.jobs.grouping import BackgroundGrouping, Grouper
from aggregator.jobs.heartbeat import Dispatch, Heartbeat, beat_every
from aggregator.jobs.pictures import BackgroundPictures, PictureFetching
from aggregator.jobs.polling import Polling
from aggregator.jobs.publishing import BackgroundPublishing
from aggregator.jobs.reloading import Reloading
from aggregator.settings import Settings
from aggregator.settings.live import LiveSettings
from aggregator.store import Store
from aggregator.store.folder import PictureFolder
from aggregator.wire.filters import excluded_by

log = logging.getLogger(__name__)


@click.command()
@host_option
@port_option
@processes_option
@config_option
def run(host: str, port: int, processes: int) -> None:
    """Poll, and serve the site and its feeds, until stopped."""
    log_to_stderr()
    settings = load_settings()
    live = LiveSettings(settings, os.environ, utc_now)
    # The web's own processes follow the files, too; SIGHUP is for them.
    with opened(settings) as store, _scheduling(live, store), _following(live):
        serve_until_stopped(settings, host, port, processes)


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
    shared = settings.broker_url is not None
    with (
        closing(Polling(settings, store, utc_now, shared=shared)) as polling,
        _dispatching(settings, store, polling) as dispatch,
    ):
        grouping = BackgroundGrouping(Grouper(store, settings, utc_now))
        announcer = Announcer(settings, store, utc_now) if settings.hub else None

        def also() -> None:
            grouping.wake()
            if announcer:
                announcer.wake()

        heartbeat = Heartbeat(
            dispatch,
            beat_every(settings.hour),
            hour=settings.hour,
            clock=utc_now,
            monotonic=uptime,
            also=also,
        )
        publishing = BackgroundPublishing(lambda: desk_of(live.settings, store))

        def adopt(changed: Settings) -> None:
            store.sources.declare(changed.sources, utc_now(), excluded_by)
            if replace(changed, sources=()) != replace(live.settings, sources=()):
                # Another title, say: whoever asks whether the feed is newer must be told yes.
                store.renew_edition(utc_now())
            polling.adopt(changed)
            heartbeat.beat()

        live.on_change(adopt)
        folder = PictureFolder(settings.pictures_dir)
        minute = settings.hour / 60
        fetching = PictureFetching(store, folder, polling.fetcher, minute, utc_now)
        pictures = BackgroundPictures(fetching)
        heartbeat.start()
        try:
            yield
        finally:
            log.info("stopping")
            heartbeat.stop()
            publishing.stop()
            if announcer:
                announcer.close()
            pictures.stop()
            grouping.stop()


@contextmanager
def _dispatching(settings: Settings, store: Store, polling: Polling) -> Iterator[Dispatch]:
    """Where due polls go: here, or to workers; then ``polling`` fetches pictures and no more."""
    if settings.broker_url is None:
        yield polling
        return
    from aggregator.jobs.queueing import Queueing  # noqa: PLC0415 - needs the extra ``queue``

    with closing(queue_of(settings, store)) as queue:
        yield Queueing(settings, store, queue, clock=utc_now, monotonic=uptime)
