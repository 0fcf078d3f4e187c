"""Grouping new items into stories, as they are stored: what the flow calls T3."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from datetime import datetime

from aggregator.domain import Grouped, Link, Report
from aggregator.errors import GroupingStale
from aggregator.jobs.background import Background
from aggregator.settings import Settings
from aggregator.store import Store
from aggregator.stories.copies import Copies
from aggregator.stories.encoder import Encoder, load_encoder
from aggregator.stories.grouping import Grouping
from aggregator.stories.score import teller

log = logging.getLogger(__name__)

BATCH = 500
"""Items that are grouped in one transaction: no other writer waits longer than for that."""


class Grouper:
    """Brings the stories of one store up to date; one at a time may be at work on a database.

    The encoder takes a second and much memory to load: that waits until there is something to
    group.
    """

    def __init__(
        self,
        store: Store,
        settings: Settings,
        clock: Callable[[], datetime],
        load: Callable[[], Encoder | None] = load_encoder,
    ) -> None:
        self._store = store
        self._window = settings.story_window
        self._tell = teller(settings.languages)
        self._clock = clock
        self._load = load
        self._encoder: Encoder | None = None
        self._loaded = False
        self._grouping: Grouping | None = None
        self._copies = Copies()
        self._version = 0

    def catch_up(self, stop: Callable[[], bool] = lambda: False) -> int:
        """Group what is stored and not grouped, until there is nothing left or it is to ``stop``.

        Returns how many items that were. Raises StoreError.
        """
        count = 0
        while not stop():
            reports = self._store.stories.pending(BATCH)
            if not reports:
                break
            try:
                self._group(reports)
            except GroupingStale:
                self._grouping = None
            else:
                count += len(reports)
        return count

    def _group(self, reports: Sequence[Report]) -> None:
        grouping = self._grouping or self._resumed()
        # Until it is stored, nothing of it counts.
        self._grouping = None
        links = self._new_links(reports)
        copies = {link.item: link.original for link in links}
        copies |= {report.id: report.copy_of for report in reports if report.copy_of}
        placements = grouping.add(reports, copies)
        still_open = set(grouping.open_items())
        grouped = Grouped(
            reports=tuple(reports),
            state=grouping.state,
            placements=tuple(placements),
            kept=tuple(grouping.kept(r.id) for r in reports if r.id in still_open),
            links=links,
            ties=self._copies.ties(),
        )
        self._version = self._store.stories.record(
            grouped, self._version, self._clock(), self._tell
        )
        self._grouping = grouping

    def _new_links(self, reports: Sequence[Report]) -> tuple[Link, ...]:
        """The copies among them that are not known for such already, as the same page is."""
        known = {report.id for report in reports if report.copy_of}
        return tuple(link for link in self._copies.add(reports) if link.item not in known)

    def _resumed(self) -> Grouping:
        if not self._loaded:
            self._encoder, self._loaded = self._load(), True
        self._store.stories.restand(self._tell)
        resumed = self._store.stories.resume()
        grouping = Grouping(self._encoder, window=self._window, state=resumed.progress.state)
        grouping.restore(resumed.kept, resumed.parted)
        open_reports = [one.report for one in resumed.kept]
        originals = {r.id: r.copy_of for r in open_reports if r.copy_of}
        self._copies = Copies()
        self._copies.restore(open_reports, originals, resumed.unlinked, resumed.ties)
        self._version = resumed.progress.version
        return grouping


class BackgroundGrouping(Background):
    """Groups whenever it is woken, since there may be new items; ends after a batch."""

    def __init__(self, grouper: Grouper) -> None:
        self._grouper = grouper
        super().__init__("grouping", "stories could not be brought up to date")

    def _turn(self) -> None:
        count = self._grouper.catch_up(self._stopped.is_set)
        if count:
            log.info("grouped %d new items", count)
