"""When to poll a source next (pure)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from werkzeug.http import parse_date

from aggregator.domain import PollState, Source

_RETRY_AFTER_STATUSES = (429, 503)
_LONGEST_RETRY_AFTER = timedelta(days=31)
_REFUSALS = (403, 429)
_JITTER = 0.1


@dataclass(frozen=True, slots=True)
class Pace:
    """The rules' constants; ``hour`` is what they call an hour."""

    default_interval: timedelta
    hour: timedelta = timedelta(hours=1)

    def next_poll_at(
        self,
        source: Source,
        state: PollState,
        headers: Mapping[str, str],
        now: datetime,
        chance: float,
    ) -> datetime:
        """When to ask again, given the state that the poll just made led to.

        The source's interval; after failures twice as long each time, up to a day; a bare 429 or
        403 at least four hours; never before Retry-After (RFC 9110 section 10.2.3), up to 31 days.
        ``chance`` (0 to 1) adds up to a tenth, so that polls do not bunch.
        """
        wait = self._interval(source, state)
        if state.status in _RETRY_AFTER_STATUSES:
            asked = _retry_after(headers.get("retry-after"), now)
            if asked is not None:
                return now + max(wait * (1 + _JITTER * chance), min(asked, _LONGEST_RETRY_AFTER))
        if state.status in _REFUSALS:
            wait = max(wait, 4 * self.hour)
        return now + wait * (1 + _JITTER * chance)

    def _interval(self, source: Source, state: PollState) -> timedelta:
        interval = source.interval or self.default_interval
        if not state.failures:
            return interval
        # A million intervals are more than a day whatever the interval is.
        backed_off = interval * (1 << min(state.failures - 1, 20))
        return max(interval, min(backed_off, 24 * self.hour))


def _retry_after(value: str | None, now: datetime) -> timedelta | None:
    """Seconds or a date → how long from now; None when there is nothing readable."""
    if not value:
        return None
    if value.isdecimal():
        return timedelta(seconds=min(int(value), _LONGEST_RETRY_AFTER.total_seconds()))
    date = parse_date(value)
    return max(timedelta(0), date.astimezone(UTC) - now) if date else None
