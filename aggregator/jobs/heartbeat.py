"""The heartbeat: APScheduler's one job, which starts what is due.

Due-ness is a column of the store, so nothing is lost when a beat is late or missed.
"""

from __future__ import annotations

import logging
from datetime import UTC, timedelta

from apscheduler.schedulers.background import BackgroundScheduler

from aggregator.domain import Outcome, PollReport
from aggregator.errors import AggregatorError
from aggregator.jobs.polling import Polling

log = logging.getLogger(__name__)

CAPACITY = 500
"""Polls under way at once; more would only wait here instead of in the database."""


def beat_every(hour: timedelta) -> timedelta:
    """How often to look for due sources: every 5 s, oftener where an "hour" is shorter."""
    return min(timedelta(seconds=5), max(timedelta(seconds=0.2), hour / 720))


class Heartbeat:
    """Starts due polls at regular intervals until it is stopped."""

    def __init__(self, polling: Polling, every: timedelta) -> None:
        self._polling = polling
        self._scheduler = BackgroundScheduler(timezone=UTC)
        self._scheduler.add_job(
            self.beat,
            "interval",
            seconds=every.total_seconds(),
            coalesce=True,
            max_instances=1,
            misfire_grace_time=None,
        )

    def start(self) -> None:
        """Beat now, and from now on."""
        self.beat()
        self._scheduler.start()

    def stop(self) -> None:
        """Start nothing more."""
        self._scheduler.shutdown(wait=True)

    def beat(self) -> None:
        """Start what is due, as far as there is room; a database in trouble is tried again."""
        try:
            self._polling.renew()
            room = CAPACITY - self._polling.under_way
            if room > 0:
                self._polling.start(self._polling.claim_due(limit=room), log_report)
        except AggregatorError as error:
            log.error("no poll could be started: %s", error)  # noqa: TRY400 - its text says it all


def log_report(report: PollReport) -> None:
    """One line a poll, for operators."""
    level = logging.WARNING if report.outcome is Outcome.FAILED else logging.INFO
    line = f"source={report.source_id} outcome={report.outcome} status={report.status or '-'}"
    if report.error:
        log.log(level, '%s error="%s"', line, report.error)
    else:
        log.log(level, "%s new=%d revised=%d", line, report.new, report.revised)
