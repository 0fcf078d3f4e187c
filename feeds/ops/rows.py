"""What the pages show of a source (pure)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from markupsafe import Markup

from aggregator.domain import SourceHealth, SourceStatus
from aggregator.oversight.causes import Cause, cause
from aggregator.wire.pace import Pace

_WORST_FIRST = (
    SourceStatus.GONE,
    SourceStatus.FAILING,
    SourceStatus.NEW,
    SourceStatus.OK,
    SourceStatus.DISABLED,
)


@dataclass(frozen=True, slots=True)
class Row:
    """A source in the list: its health, what is wrong, when it is polled next and why then."""

    health: SourceHealth
    cause: Cause | None
    next_poll_at: datetime | None
    why: str
    spark: Markup

    @property
    def waits(self) -> bool:
        """Whether there is a new address that awaits the operator's yes."""
        return self.cause is not None and self.cause.replacement is not None


def to_row(health: SourceHealth, pace: Pace, spark: Markup | None = None) -> Row:
    """A source as the list shows it."""
    enabled = health.source.enabled
    why = pace.reason(health.source, health.state) if enabled else "It is disabled."
    due = health.state.next_poll_at if enabled and not health.state.gone_at else None
    return Row(health, cause(health), due, why, spark or Markup())


def sorted_rows(rows: Iterable[Row]) -> list[Row]:
    """What needs somebody first, then by name."""

    def key(row: Row) -> tuple[int, bool, str]:
        worst = _WORST_FIRST.index(row.health.status)
        return worst, not row.waits, row.health.source.name.casefold()

    return sorted(rows, key=key)


def is_meant(health: SourceHealth, state: str, typed: str) -> bool:
    """Whether a source is in this state (or any) and has what was typed in its name or address."""
    source = health.source
    found = typed.casefold() in f"{source.id} {source.name} {source.url}".casefold()
    return found and state in ("", health.status.value)
