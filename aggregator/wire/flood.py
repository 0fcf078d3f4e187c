"""When a source brings much at once: what is held back, and what its operator is told (pure)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from aggregator.domain import Decision, Notice, NoticeKind, PollState

MANY = 5
"""So many at once may be old ones under new ids."""

CAP = 100
"""So many new items may one poll of a known source push out."""

_LATE = timedelta(days=1)
"""So much later than it is dated may an item come without being an old one."""


def hold(
    decision: Decision, before: PollState, entries: int, now: datetime
) -> tuple[Decision, Notice | None]:
    """The decision with what must wait for the operator marked as held, and the notice that says
    so; ``entries`` is how many the document had.

    Nothing is held at the first poll of a source. When most of a document is new, its entries from
    before the last good poll and older than what the source had brought by then are old ones; of
    more than ``CAP`` new ones at once the oldest wait.
    """
    new = decision.new
    known_since = _known_since(before)
    if known_since is None:
        return decision, None
    reasons: dict[str, str] = {}
    old = [s for s in new if s.item.published_at and s.item.published_at < known_since - _LATE]
    if len(old) >= MANY and 2 * len(new) >= entries:
        reasons = dict.fromkeys((s.identity for s in old), f"dated before {known_since:%Y-%m-%d}")
    fresh = [s for s in new if s.identity not in reasons]
    # Stable: of those without a date the last of the document are the oldest.
    fresh.sort(key=lambda s: s.item.published_at or datetime.max.replace(tzinfo=UTC), reverse=True)
    reasons |= dict.fromkeys((s.identity for s in fresh[CAP:]), f"beyond {CAP} new ones at once")
    held = tuple(replace(s, held=reasons.get(s.identity)) for s in new) if reasons else new
    return replace(decision, new=held), _notice(before, decision, len(reasons), now)


def _known_since(before: PollState) -> datetime | None:
    """Up to when we know what the source brought; None before the first good poll."""
    if not before.entries or before.succeeded_at is None:
        return None
    return min(before.succeeded_at, before.newest_at or before.succeeded_at)


def _notice(before: PollState, decision: Decision, held: int, now: datetime) -> Notice | None:
    """One notice a poll; what is held back comes first."""
    mapped = f"{decision.renamed} items came back under new ids and are the old ones still"
    if held:
        text = f"held back {held} of {len(decision.new)} new items that came at once"
        if decision.renamed >= MANY:
            text += f"; {mapped}"
        return Notice(before.source_id, now, NoticeKind.FLOOD, text)
    if decision.renamed >= MANY:
        return Notice(before.source_id, now, NoticeKind.RENAMED, mapped)
    return None
