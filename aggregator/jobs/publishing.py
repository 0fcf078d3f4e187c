"""Publishing what is scheduled, within a second or two of its time.

Not a part of the heartbeat: a beat may have much to do before it comes to this. Every scheduler
does it, leading or not, since the store publishes each brief once whoever asks.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from aggregator.desk.desk import Desk
from aggregator.errors import AggregatorError

log = logging.getLogger(__name__)

EVERY = 1.0
"""Seconds between two looks: one row of an index, seldom more."""


class BackgroundPublishing:
    """A thread that publishes scheduled briefs at the desk that it is given each time; to be
    stopped.
    """

    def __init__(self, desk: Callable[[], Desk]) -> None:
        self._desk = desk
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="publishing", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End after the brief that is at work."""
        self._stopped.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stopped.wait(EVERY):
            try:
                published = self._desk().publish_due()
            except AggregatorError as error:
                log.error("scheduled briefs could not be published: %s", error)  # noqa: TRY400 - its text says it
            except Exception:
                # A fault of ours: it must not keep the next brief from going out.
                log.exception("publishing failed; it is tried again")
            else:
                for brief in published:
                    log.info('published brief %d: "%s"', brief.id, brief.wording.headline)
