"""What an answer comes to: the poll's result, ready to be recorded (pure)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from http import HTTPStatus
from typing import Any

from aggregator.domain import (
    Decision,
    Document,
    Gap,
    Job,
    KnownItem,
    Outcome,
    ParsedItem,
    PollReport,
    PollResult,
    PollState,
    Source,
)
from aggregator.domain.value import value
from aggregator.wire.decide import after_failure, after_success, decide
from aggregator.wire.filters import excluded_by
from aggregator.wire.flood import hold
from aggregator.wire.identity import sightings
from aggregator.wire.pace import Pace
from aggregator.wire.reading import Reading

_HUB_DELAY = timedelta(minutes=15)


@value
class Answer:
    """How a poll went: a document unless nothing came, a reading where there was something to
    read, an error when it failed. ``digest`` is that of the body, if one came; ``ping`` is the
    delivery that the document was, where a hub brought it.
    """

    job: Job
    at: datetime
    document: Document | None = None
    digest: str | None = None
    reading: Reading | None = None
    error: str | None = None
    ping: int | None = None


def conclude(
    answer: Answer, known: Sequence[KnownItem], pace: Pace, chance: float
) -> tuple[PollResult, Outcome]:
    """The state that the poll leads to, what is to be stored, and how it went.

    ``known`` are the stored items that the reading's items may be; ``chance`` is for
    :meth:`Pace.next_poll_at`.
    """
    job, document, reading = answer.job, answer.document, answer.reading
    decision = Decision()
    if answer.ping is not None:
        return _delivered(answer, known)
    if answer.error is not None or document is None:
        state = after_failure(job.state, answer.at, answer.error or "no answer", document)
        state = replace(state, unreadable=answer.digest or state.unreadable)
        return PollResult(_due(answer, state, pace, chance), before=job.state), Outcome.FAILED
    before = job.state
    learnt: dict[str, Any] = {}
    gap = notice = None
    if reading:
        found = sightings(reading.items, known, partial(_excluded, job.source))
        decision = decide(found, known)
        gap = _gap(before, reading, known, answer.at)
        entries = reading.known + len(reading.feed.items)
        decision, notice = hold(decision, before, entries, answer.at)
        learnt = {"seen": reading.seen, "entries": entries, "unreadable": None}
        learnt["compared"] = before.compared + bool(before.entries and entries)
    news = bool(decision.new or decision.changed)
    hub_failed = before.pushed and _is_late(decision, answer.at)
    learnt["pushed"] = before.pushed and not hub_failed
    learnt["pace"] = pace.learn(before, news=news, missed=bool(gap and not gap.filled))
    feed = reading.feed if reading else None
    state = after_success(before, document, answer.digest, feed, **learnt)
    due = _due(answer, state, pace, chance)
    result = PollResult(due, decision, gap, hub_failed=hub_failed, notice=notice, before=before)
    return result, Outcome.CHANGED if news else Outcome.UNCHANGED


def _delivered(answer: Answer, known: Sequence[KnownItem]) -> tuple[PollResult, Outcome]:
    """What a hub delivered: its items count, of polling it teaches nothing."""
    items = answer.reading.items if answer.reading else ()
    found = sightings(items, known, partial(_excluded, answer.job.source))
    state = answer.job.state
    decision, notice = hold(decide(found, known), state, len(items), answer.at)
    result = PollResult(
        state, decision, at=answer.at, ping=answer.ping, notice=notice, before=state
    )
    if answer.error:
        return result, Outcome.FAILED
    news = decision.new or decision.changed
    return result, Outcome.CHANGED if news else Outcome.UNCHANGED


def _is_late(decision: Decision, now: datetime) -> bool:
    """Whether something is new that a hub must have told of by now; of old things it need not."""
    dates = [sighting.item.published_at for sighting in decision.new if not sighting.held]
    return any(date is None or now - date > _HUB_DELAY for date in dates)


def _gap(
    before: PollState, reading: Reading, known: Sequence[KnownItem], now: datetime
) -> Gap | None:
    """Whether a document has nothing in common with the one before it."""
    joined = reading.known or (known and not reading.older)
    if not before.entries or before.succeeded_at is None or not reading.feed.items or joined:
        return None
    return Gap(before.succeeded_at, now, reading.filled)


def report(answer: Answer, result: PollResult, outcome: Outcome) -> PollReport:
    """The poll as operators read it."""
    state, decision = result.state, result.decision
    revised = sum(change.visible for change in decision.changed)
    return PollReport(
        state.source_id, outcome, state.status, len(decision.new), revised, answer.error
    )


def status_line(status: int) -> str:
    """An HTTP status in words."""
    try:
        return f"HTTP {status} {HTTPStatus(status).phrase}"
    except ValueError:
        return f"HTTP {status}"


def _due(answer: Answer, state: PollState, pace: Pace, chance: float) -> PollState:
    headers = answer.document.headers if answer.document else {}
    at = pace.next_poll_at(answer.job.source, state, headers, answer.at, chance)
    return replace(state, next_poll_at=at)


def _excluded(source: Source, item: ParsedItem) -> str | None:
    return excluded_by(source, item.title, item.url, item.categories)
