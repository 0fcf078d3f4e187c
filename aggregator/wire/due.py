"""Why a source is polled when it is (pure)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from aggregator.domain import PollState, Source, SourceHealth, SourceStatus
from aggregator.wire.pace import Pace

_REFUSALS = (403, 429)


def why(health: SourceHealth, pace: Pace, now: datetime) -> list[str]:
    """What decides about a source's next poll, in words; what counts most comes first.

    The last answer's own headers are not kept: that a server asked for more shows by the time that
    was set.
    """
    source, state = health.source, health.state
    if not source.enabled:
        return ["it is disabled in sources.yaml"]
    if health.status is SourceStatus.GONE:
        return ["it is gone (HTTP 410, twice): not polled until its URL changes or by name"]
    if state.next_poll_at is None or state.polled_at is None:
        return ["it was never polled: it is due at once"]
    late = ["it is due"] if state.next_poll_at <= now else []
    return late + list(_reasons(source, state, pace))


def _reasons(source: Source, state: PollState, pace: Pace) -> Iterator[str]:
    base = source.interval or state.pace or pace.default_interval
    if state.failures:
        count = f"{state.failures} failure{'s' * (state.failures > 1)} in a row"
        yield f"{count}: twice as long each time, up to a day"
    elif state.status in _REFUSALS:
        yield f"it answered HTTP {state.status}: as long as it asked for, else four hours"
    elif state.pushed:
        yield "its hub tells us of news: polled once a day to be sure"
    elif _is_whole(state) and _wait(state) > base * 1.11:
        yield "it has no validators: asked after a quarter of the age of its newest item"
    if source.interval:
        yield f"interval: {shown(source.interval)} in sources.yaml"
    elif state.pace:
        yield f"its pace is {shown(state.pace)}: shorter after news, longer without"
    else:
        yield f"default_interval: {shown(pace.default_interval)}"
    if state.fresh_for and state.fresh_for > base:
        yield f"its server says that an answer stays good for {shown(state.fresh_for)}"
    if state.hints.interval and state.hints.interval > base:
        yield f"the feed asks for {shown(state.hints.interval)} between polls"
    if state.hints.skip_hours or state.hints.skip_days:
        yield "the feed names hours or days (GMT) in which it is not to be polled"


def _is_whole(state: PollState) -> bool:
    """Whether every poll takes the whole document and nobody says for how long it is good."""
    told = state.etag or state.last_modified or state.fresh_for or state.hints.interval
    return not told


def _wait(state: PollState) -> timedelta:
    if state.next_poll_at is None or state.polled_at is None:
        return timedelta(0)
    return state.next_poll_at - state.polled_at


def shown(span: timedelta) -> str:
    """A span as operators write it: ``90s``, ``15m``, ``36h``."""
    seconds = round(span.total_seconds())
    if seconds % 86400 == 0 and seconds > 86400:
        return f"{seconds // 86400}d"
    if seconds % 3600 == 0 and seconds:
        return f"{seconds // 3600}h"
    return f"{round(seconds / 60)}m" if seconds >= 120 else f"{seconds}s"
