"""``aggregator worker``: polls what a scheduler sends (a composition root)."""

from __future__ import annotations

import logging
import os
import signal
import threading
from contextlib import closing
from typing import TYPE_CHECKING

import click

from aggregator import logs
from aggregator.cli.app import config_option, load_settings, opened, utc_now
from aggregator.cli.following import following
from aggregator.errors import AggregatorError, ConfigError
from aggregator.jobs.polling import Polling, lease_of
from aggregator.settings import Settings
from aggregator.settings.live import LiveSettings
from aggregator.store import Store

if TYPE_CHECKING:
    from aggregator.jobs.queue import Queue

log = logging.getLogger(__name__)


@click.command()
@click.option(
    "--threads",
    type=click.IntRange(1, 64),
    default=8,
    show_default=True,
    help="Messages at once, each of up to 100 sources.",
)
@config_option
def worker(threads: int) -> None:
    """Poll what a scheduler sends through the queue, until stopped."""
    settings = load_settings()
    logs.start(settings.log_format)
    stopped = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stopped.set())
    signal.signal(signal.SIGINT, lambda *_: stopped.set())
    live = LiveSettings(settings, os.environ, utc_now)
    with opened(settings, declare=False) as store, closing(queue_of(settings, store)) as queue:
        _work(live, store, queue, threads, stopped)


def queue_of(settings: Settings, store: Store) -> Queue:
    """The newsroom's queue. Raises ConfigError where none is set, QueueError where it needs what is
    not installed.
    """
    if settings.broker_url is None:
        raise ConfigError(
            [
                "AGGREGATOR_BROKER_URL is not set; a worker needs a queue, such as "
                "amqp://user:password@host:5672 or redis://host:6379/0. On one machine, "
                "'aggregator run' needs neither"
            ]
        )
    from aggregator.jobs.queue import Queue  # noqa: PLC0415 - needs the extra ``queue``

    return Queue(settings.broker_url, f"aggregator.{store.installation_id()[:8]}")


def _work(
    live: LiveSettings, store: Store, queue: Queue, threads: int, stopped: threading.Event
) -> None:
    from aggregator.jobs.working import Working  # noqa: PLC0415 - needs the extra ``queue``

    settings = live.settings
    every = lease_of(settings.hour).total_seconds() / 6
    with closing(Polling(settings, store, utc_now, shared=True)) as polling, following(live):
        live.on_change(polling.adopt)
        working = Working(store, polling)
        queue.work(working.handle, threads)
        log.info("working; up to %d messages at once", threads)
        while not stopped.wait(every):
            try:
                polling.renew()
            except AggregatorError as error:
                log.error("leases could not be prolonged: %s", error)  # noqa: TRY400 - its text says it
        log.info("stopping")
        working.stop()
        queue.rest()
