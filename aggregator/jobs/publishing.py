"""Publishing what is scheduled, within a second or two of its time.

Not a part of the heartbeat: a beat may have much to do before it comes to this. Every scheduler
does it, leading or not, since the store publishes each brief once whoever asks.
"""

from __future__ import annotations

import logging
from collections.abc import Callable

from aggregator.desk.desk import Desk
from aggregator.jobs.background import Background

log = logging.getLogger(__name__)

EVERY = 1.0
"""Seconds between two looks: one row of an index, seldom more."""


class BackgroundPublishing(Background):
    """Publishes scheduled briefs at the desk that it is given each time."""

    def __init__(self, desk: Callable[[], Desk]) -> None:
        self._desk = desk
        super().__init__("publishing", "scheduled briefs could not be published", EVERY)

    def _turn(self) -> None:
        for brief in self._desk().publish_due():
            log.info('published brief %d: "%s"', brief.id, brief.wording.headline)
