"""Looking after everything once a minute: incidents, alarms, how large the database is.

Of several schedulers on one database the leader does it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from aggregator.jobs.background import Background
from aggregator.jobs.telling import NotTold, Teller
from aggregator.oversight.alarms import Message, conditions, to_tell
from aggregator.oversight.alarms import review as review_alarms
from aggregator.oversight.incidents import review as review_incidents
from aggregator.oversight.limits import Limits
from aggregator.store import Store

log = logging.getLogger(__name__)

EVERY = timedelta(minutes=1)
_SIZE_EVERY = timedelta(hours=1)


class Oversight:
    """Keeps the incidents and alarms of one store up to date, and tells of them; ``limits`` gives
    where they begin, as of then.
    """

    def __init__(
        self,
        store: Store,
        limits: Callable[[], Limits],
        teller: Teller,
        clock: Callable[[], datetime],
    ) -> None:
        self._store = store
        self._limits = limits
        self._teller = teller
        self._clock = clock
        self._sized_at: datetime | None = None

    def look(self) -> None:
        """See how things are. Raises StoreError."""
        now, limits = self._clock(), self._limits()
        troubles = self._store.failures.troubles()
        changed = review_incidents(troubles, self._store.incidents.open(), now, limits)
        if changed:
            self._store.incidents.record(changed)
        queue = self._store.figures.queue(now)
        present = conditions(troubles, queue, self._store.figures.free(), now, limits)
        known = self._store.alarms.all()
        alarms, forgotten = review_alarms(present, known, now)
        for key in forgotten:
            self._store.alarms.drop(key)
        for alarm in alarms:
            if alarm not in known:
                self._store.alarms.put(alarm)
        for message in to_tell(alarms):
            self._tell(message, now)
        self._note_size(now)

    def _tell(self, message: Message, now: datetime) -> None:
        """Once, and again only when it did not arrive."""
        alarm = message.alarm
        try:
            if self._teller.has_anybody:
                self._teller.tell(message)
        except NotTold as error:
            log.error("an alarm could not be told and is tried again: %s", error)  # noqa: TRY400 - its text says it
            return
        log.warning("%s", message.subject)
        if message.is_over:
            self._store.alarms.drop(alarm.key)
        else:
            self._store.alarms.put(replace(alarm, told_at=now))

    def _note_size(self, now: datetime) -> None:
        if self._sized_at is None or now - self._sized_at >= _SIZE_EVERY:
            self._store.figures.note_size(now.date())
            self._sized_at = now


class BackgroundOversight(Background):
    """Looks once a minute while ``leads`` says so."""

    def __init__(
        self, oversight: Oversight, leads: Callable[[], bool], every: timedelta = EVERY
    ) -> None:
        self._oversight = oversight
        self._leads = leads
        super().__init__("oversight", "sources could not be looked after", every.total_seconds())

    def _turn(self) -> None:
        if self._leads():
            self._oversight.look()
