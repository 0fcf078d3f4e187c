"""When to poll a source next, and what to ask (pure)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from werkzeug.datastructures import ResponseCacheControl
from werkzeug.http import parse_cache_control_header, parse_date

from aggregator.domain import Hints, PollState, Request, Source

_RETRY_AFTER_STATUSES = (429, 503)
_REFUSALS = (403, 429)
_GOOD = (200, 304)
_JITTER = 0.1
_SHORTER, _LONGER = 0.5, 1.5
_UNCONDITIONAL_SHARE = 4


@dataclass(frozen=True, slots=True)
class Pace:
    """The rules' constants; ``hour`` is what they call an hour."""

    default_interval: timedelta
    hour: timedelta = timedelta(hours=1)

    @property
    def _day(self) -> timedelta:
        return 24 * self.hour

    @property
    def _longest(self) -> timedelta:
        """What asks for a longer pause is taken for a slip: 31 days."""
        return 31 * self._day

    def request(self, state: PollState, now: datetime) -> Request:
        """What to ask: where a permanent redirect took the source, with the validators it gave.

        After eight days of nothing but 304 the validators stay at home once: some servers answer
        304 for ever.
        """
        url = state.address or state.url
        suspect = bool(state.failures and state.status is None)
        if state.full_at and now - state.full_at >= 8 * self._day:
            return Request(url, suspect=suspect)
        return Request(url, state.etag, state.last_modified, suspect)

    def learn(self, state: PollState, *, news: bool, missed: bool = False) -> timedelta:
        """The pace of a source after a good poll that brought news, or none, or ``missed`` some.

        Half as long after news, half as long again after none: it settles where about every third
        poll brings something, from 10 minutes to 24 hours. Where items may have been missed, as
        short as that goes.
        """
        shortest = min(self.default_interval, self.hour / 6)
        pace = state.pace or self.default_interval
        if state.succeeded_at is None:
            return pace  # a first document is all news, which says nothing
        if missed:
            return shortest
        return max(shortest, min(pace * (_SHORTER if news else _LONGER), self._day))

    def next_poll_at(
        self,
        source: Source,
        state: PollState,
        headers: Mapping[str, str],
        now: datetime,
        chance: float,
    ) -> datetime:
        """When to ask again, given the state that the poll just made led to.

        The operator's interval or the source's pace, made longer by failures; never before what
        the server (Retry-After; Cache-Control, Expires) or the feed (ttl, sy:updatePeriod,
        skipHours, skipDays) asks for, up to 31 days. ``chance`` (0 to 1) adds up to a tenth, so
        that polls do not bunch.
        """
        wait = self._wait(source, state, now)
        wait = max(wait, min(wait * (1 + _JITTER * chance), self._day))
        told = max(self._told(state, headers, now), state.hints.interval or timedelta(0))
        return _outside(state.hints, now + max(wait, min(told, self._longest)))

    def reason(self, source: Source, state: PollState) -> str:
        """Why the next poll is when it is, for operators: what asks for the longest wait."""
        if state.gone_at:
            return "It is not asked again until its URL changes or you have it polled."
        if state.polled_at is None or state.next_poll_at is None:
            return "It is asked as soon as there is room."
        wait = self._wait(source, state, state.polled_at)
        fresh, hinted = state.fresh_for or timedelta(0), state.hints.interval or timedelta(0)
        refuses = state.status in _REFUSALS
        if refuses or (state.status in _RETRY_AFTER_STATUSES and not state.failures):
            return "It asked us to wait, or refuses us: then we wait as told, or four hours."
        if not state.failures and max(fresh, hinted) > wait:
            if fresh >= hinted:
                return "Its server says for how long its answer stays good."
            return "The feed itself asks to be left alone for so long."
        if _outside(state.hints, state.polled_at + wait) != state.polled_at + wait:
            return "The feed asks to skip some hours or days."
        return self._own_reason(source, state, wait)

    def _own_reason(self, source: Source, state: PollState, wait: timedelta) -> str:
        interval = source.interval or state.pace or self.default_interval
        if state.failures > 1:
            return f"It failed {state.failures} times in a row: each doubles the wait, up to a day."
        if state.failures:
            return "It failed once: it is asked again after its usual interval."
        if state.pushed and wait > interval:
            return "Its hub tells us of news; it is asked once a day to be sure."
        if wait > interval:
            return "It must be sent whole each time, so its newest item's age sets the wait."
        if source.interval:
            return "You set its interval."
        if state.pace:
            return "This suits how often it changes: sooner after news, later without."
        return "It has the default interval."

    def _wait(self, source: Source, state: PollState, now: datetime) -> timedelta:
        """What we ourselves find right."""
        interval = source.interval or state.pace or self.default_interval
        if state.failures:
            # A million intervals are more than a day whatever the interval is.
            backed_off = interval * (1 << min(state.failures - 1, 20))
            return max(interval, min(backed_off, self._day))
        if state.status not in _GOOD:
            return interval
        if state.pushed:
            return max(interval, self._day)
        if state.etag or state.last_modified or state.fresh_for or state.hints.interval:
            return interval
        # Every poll takes the whole document, and nobody said how long it is good for: the age of
        # what is in it must do.
        age = now - state.newest_at if state.newest_at else 4 * self._day
        return max(interval, min(age / _UNCONDITIONAL_SHARE, self._day))

    def _told(self, state: PollState, headers: Mapping[str, str], now: datetime) -> timedelta:
        """How long the server asked us to wait; a bare refusal asks for four hours."""
        asked = None
        if state.status in _RETRY_AFTER_STATUSES:
            asked = retry_after(headers.get("retry-after"), now)
        if state.status in _REFUSALS and asked is None:
            return 4 * self.hour
        if asked is not None:
            return asked
        if state.failures or state.fresh_for is None:
            return timedelta(0)
        return state.fresh_for - _seconds(headers.get("age"))


def fresh_for(headers: Mapping[str, str], now: datetime) -> timedelta | None:
    """How long an answer says it stays good (RFC 9111 section 4.2.1); None when it does not.

    ``max-age``, or ``Expires`` where there is none; zero when it is good for no time at all.
    """
    value = headers.get("cache-control")
    if value:
        control = parse_cache_control_header(value, cls=ResponseCacheControl)
        if control.no_store:
            return timedelta(0)
        if control.max_age is not None:
            return _bounded(control.max_age)
    expires = headers.get("expires")
    if expires is None:
        return None
    until = parse_date(expires)
    since = parse_date(headers.get("date")) or now
    return max(timedelta(0), until - since) if until else timedelta(0)


def retry_after(value: str | None, now: datetime) -> timedelta | None:
    """Seconds or a date → how long from now; None when there is nothing readable."""
    if not value:
        return None
    if value.isdecimal():
        return _seconds(value)
    date = parse_date(value)
    return max(timedelta(0), date.astimezone(UTC) - now) if date else None


def _seconds(value: str | None) -> timedelta:
    return _bounded(int(value[:15])) if value and value.isdecimal() else timedelta(0)


def _bounded(seconds: int) -> timedelta:
    """A number of seconds from a stranger: a year is as good as any longer time."""
    return timedelta(seconds=max(0, min(seconds, 366 * 86400)))


def _outside(hints: Hints, at: datetime) -> datetime:
    """The same time, or the first after it that the feed does not ask to skip."""
    later = (at + timedelta(hours=hours) for hours in range(8 * 24))
    fits = (
        one
        for one in later
        if one.hour not in hints.skip_hours and one.weekday() not in hints.skip_days
    )
    return next(fits, at)
