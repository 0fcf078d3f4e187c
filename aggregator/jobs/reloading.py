"""Following the operator's files while the service runs."""

from __future__ import annotations

from aggregator.jobs.background import Background
from aggregator.settings.live import LiveSettings

EVERY = 0.5
"""Seconds between two looks: a few calls of stat()."""


class Reloading(Background):
    """Looks at the files again and again; woken, it takes what is there at once."""

    def __init__(self, live: LiveSettings, every: float = EVERY) -> None:
        self._live = live
        super().__init__("following the config", "the config could not be looked at", every)

    def _turn(self) -> None:
        self._live.look(at_once=self._asked)
