"""Following the operator's files while the service runs."""

from __future__ import annotations

import logging
import threading

from aggregator.settings.live import LiveSettings

log = logging.getLogger(__name__)

EVERY = 0.5
"""Seconds between two looks: a few calls of stat()."""


class Reloading:
    """A thread that looks at the files again and again; to be stopped."""

    def __init__(self, live: LiveSettings, every: float = EVERY) -> None:
        self._live = live
        self._every = every
        self._woken = threading.Event()
        self._stopped = False
        self._thread = threading.Thread(target=self._run, name="reloading", daemon=True)
        self._thread.start()

    def wake(self) -> None:
        """Look now, and take what is there; may be called by a signal's handler."""
        self._woken.set()

    def stop(self) -> None:
        """Look no more."""
        self._stopped = True
        self._woken.set()
        self._thread.join()

    def _run(self) -> None:
        while True:
            woken = self._woken.wait(self._every)
            self._woken.clear()
            if self._stopped:
                return
            try:
                self._live.look(at_once=woken)
            except Exception:
                # A fault of ours: the settings in force still are.
                log.exception("looking at the config failed; it is tried again")
