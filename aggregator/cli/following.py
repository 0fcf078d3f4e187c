"""Following the operator's files in whatever process goes on for long."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager

from aggregator.jobs.reloading import Reloading
from aggregator.settings.live import LiveSettings


@contextmanager
def following(live: LiveSettings) -> Iterator[None]:
    """Follow the operator's files; SIGHUP says to look at once."""
    reloading = Reloading(live)
    signal.signal(signal.SIGHUP, lambda *_: reloading.wake())
    try:
        yield
    finally:
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
        reloading.stop()
