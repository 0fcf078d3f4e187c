"""The heartbeat: APScheduler's one job, which starts what is due.

Due-ness is a column of the store, so nothing is lost when a beat is late or missed. APScheduler
goes by the wall clock and sleeps as long as that clock was set back; the watchdog goes by a clock
that only ever runs on.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Protocol

from apscheduler.schedulers.background import BackgroundScheduler

from aggregator.domain import Outcome, PollReport
from aggregator.errors import AggregatorError
from aggregator.logs import as_text, pairs
from aggregator.settings import Settings

log = logging.getLogger(__name__)

_JUMP = 1 / 60
"""Of what the pacing rules call an hour: a clock that moved by less was only corrected."""


def beat_every(hour: timedelta) -> timedelta:
    """How often to look for due sources: every 5 s, oftener where an "hour" is shorter."""
    return min(timedelta(seconds=5), max(timedelta(seconds=0.2), hour / 720))


class Dispatch(Protocol):
    """Where due polls go: the only seam between one machine and many.

    :class:`aggregator.jobs.polling.Polling` starts them in this process,
    :class:`aggregator.jobs.queueing.Queueing` sends messages to workers.
    """

    def renew(self) -> None:
        """Say that we are alive."""

    def leads(self) -> bool:
        """Whether this process is the one that dispatches, or becomes it now."""

    def clock_jumped(self, by: timedelta) -> None:
        """Keep every interval what it is although the wall clock was moved."""

    def adopt(self, settings: Settings) -> None:
        """Go on with these settings, as far as they are not built in at the start."""

    def dispatch(self, ended: Callable[[PollReport], None]) -> None:
        """Start or send what is due, as far as there is room; ``ended`` gets the reports of what
        was started here.
        """


class Heartbeat:
    """Starts due polls at regular intervals until it is stopped, as long as this process leads.

    ``clock`` is the wall clock in UTC; ``monotonic`` counts seconds and is never set; ``also`` is
    called at each beat, ``reported`` with each poll's report; both must be quick.
    """

    def __init__(
        self,
        polling: Dispatch,
        every: timedelta,
        *,
        hour: timedelta,
        clock: Callable[[], datetime],
        monotonic: Callable[[], float],
        also: Callable[[], None] = lambda: None,
        reported: Callable[[PollReport], None] = lambda _report: None,
    ) -> None:
        self._polling = polling
        self._also = also
        self._reported = reported
        self._every = every
        self._jump = hour * _JUMP
        self._clock = clock
        self._monotonic = monotonic
        self._started = (clock(), monotonic())
        self._last_beat = monotonic()
        self._leading = True
        self._beating = threading.Lock()
        self._stopped = threading.Event()
        self._scheduler = BackgroundScheduler(timezone=UTC)
        self._job = self._scheduler.add_job(
            self.beat,
            "interval",
            seconds=every.total_seconds(),
            coalesce=True,
            max_instances=1,
            misfire_grace_time=None,
        )
        self._watchdog = threading.Thread(target=self._watch, name="watchdog", daemon=True)

    @property
    def is_leading(self) -> bool:
        """Whether this process polls, as of the last beat."""
        return self._leading

    def start(self) -> None:
        """Beat now, and from now on."""
        self.beat()
        self._scheduler.start()
        self._watchdog.start()

    def stop(self) -> None:
        """Start nothing more."""
        self._stopped.set()
        self._watchdog.join()
        self._scheduler.shutdown(wait=True)

    def beat(self) -> None:
        """Start what is due, as far as there is room; a database in trouble is tried again."""
        with self._beating:
            try:
                self._beat()
            except AggregatorError as error:
                log.error("no poll could be started: %s", error)  # noqa: TRY400 - its text says it
            finally:
                self._last_beat = self._monotonic()

    def _beat(self) -> None:
        self._polling.renew()
        if self._leading != self._polling.leads():
            self._leading = not self._leading
            log.info("polling" if self._leading else "standing by: another process polls")
        if not self._leading:
            return
        jumped = self._jumped()
        if jumped:
            self._polling.clock_jumped(jumped)
        self._polling.dispatch(self._end)
        self._also()

    def _end(self, report: PollReport) -> None:
        log_report(report)
        self._reported(report)

    def _jumped(self) -> timedelta | None:
        """How far the wall clock was moved since it was last looked at."""
        wall, steady = self._clock(), self._monotonic()
        before, steady_before = self._started
        drift = (wall - before) - timedelta(seconds=steady - steady_before)
        if abs(drift) < self._jump:
            return None
        self._started = (wall, steady)
        # The two clocks are read one after the other: to the microsecond it would say 21:59:59.99.
        whole = timedelta(seconds=round(drift.total_seconds()))
        log.warning("the clock was moved by %s; every poll moves with it", whole)
        return drift

    def _watch(self) -> None:
        """Wake APScheduler when it sleeps although the wall clock was only set."""
        patience = 3 * self._every.total_seconds()
        while not self._stopped.wait(self._every.total_seconds()):
            if self._monotonic() - self._last_beat > patience and not self._beating.locked():
                log.warning("the scheduler overslept; waking it")
                self._scheduler.reschedule_job(
                    self._job.id, trigger="interval", seconds=self._every.total_seconds()
                )


def log_report(report: PollReport) -> None:
    """One line a poll, for operators."""
    failed = report.outcome is Outcome.FAILED
    fields = {
        "source": report.source_id,
        "outcome": report.outcome.value,
        "status": report.status,
        "new": None if failed else report.new,
        "revised": None if failed else report.revised,
        "error": report.error,
    }
    level = logging.WARNING if failed else logging.INFO
    log.log(level, "%s", as_text(fields), extra=pairs(**fields))
