"""``aggregator run`` and ``schedule``: what polls and stays up (a composition root)."""

from __future__ import annotations

import os
import signal
import threading

import click

from aggregator import logs
from aggregator.cli.app import config_option, load_settings, opened, utc_now
from aggregator.cli.following import following
from aggregator.cli.measuring import measured
from aggregator.cli.scheduling import scheduling
from aggregator.cli.web import host_option, port_option, processes_option, serve_until_stopped
from aggregator.settings.live import LiveSettings
from feeds.metrics import Answers, Metrics


@click.command()
@host_option
@port_option
@processes_option
@config_option
def run(host: str, port: int, processes: int) -> None:
    """Poll, and serve the site and its feeds, until stopped."""
    settings = load_settings()
    logs.start(settings.log_format)
    live, answers = LiveSettings(settings, os.environ, utc_now), Answers()
    with opened(settings) as store:
        metrics = Metrics(store, utc_now, answers)
        # The web's own processes follow the files, too; SIGHUP is for them.
        with measured(settings, metrics), scheduling(live, store, metrics), following(live):
            serve_until_stopped(settings, host, port, processes, answers)


@click.command()
@config_option
def schedule() -> None:
    """Poll what is due, until stopped."""
    settings = load_settings()
    logs.start(settings.log_format)
    stopped = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stopped.set())
    signal.signal(signal.SIGINT, lambda *_: stopped.set())
    live = LiveSettings(settings, os.environ, utc_now)
    with opened(settings) as store:
        metrics = Metrics(store, utc_now)
        with measured(settings, metrics), scheduling(live, store, metrics), following(live):
            stopped.wait()
