"""Alerts: what published briefs rest on has changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    and_,
    case,
    func,
    insert,
    literal,
    select,
    update,
)

from aggregator.domain import Alert, AlertKind, AuditEntry, BriefState
from aggregator.errors import DeskRefused
from aggregator.store import audit
from aggregator.store.database import Database, chunks
from aggregator.store.desk_schema import alerts, brief_citations, briefs, watches
from aggregator.store.schema import items
from aggregator.store.types import UtcDateTime

_PUBLIC = (BriefState.PUBLISHED.value, BriefState.CORRECTED.value)
_NAMES = ("brief_id", "item_id", "at", "kind", "before", "after")
CITED = and_(
    brief_citations.c.brief_id == briefs.c.id,
    brief_citations.c.number == briefs.c.version,
    briefs.c.state.in_(_PUBLIC),
)
"""What joins a brief that readers see to what it cites."""


class Alerts:
    """The alerts of one database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def open(self, brief_id: int | None = None) -> list[Alert]:
        """Those that nobody has dealt with, of one brief or of all, the oldest first."""
        query = select(alerts).where(alerts.c.resolved_at.is_(None)).order_by(alerts.c.id)
        if brief_id is not None:
            query = query.where(alerts.c.brief_id == brief_id)
        with self._database.read() as connection:
            return [_alert(row) for row in connection.execute(query)]

    def count(self) -> int:
        """How many there are that nobody has dealt with."""
        query = select(func.count()).where(alerts.c.resolved_at.is_(None))
        with self._database.read() as connection:
            return connection.execute(query).scalar_one()

    def dismiss(self, alert_id: int, who: str, now: datetime) -> None:
        """Say that the brief needs no change for it.

        Raises DeskRefused when there is no such open alert.
        """
        open_one = and_(alerts.c.id == alert_id, alerts.c.resolved_at.is_(None))
        with self._database.write() as connection:
            row = connection.execute(select(alerts).where(open_one)).one_or_none()
            if row is None:
                raise DeskRefused({"alert": "somebody has dealt with it already"})
            connection.execute(update(alerts).where(open_one).values(resolved_at=now))
            found = "gone" if row.kind == AlertKind.GONE.value else f"revision {row.after}"
            detail = f"item {row.item_id}, {found}"
            entry = AuditEntry(now, who, "dismissed", brief=row.brief_id, detail=detail)
            audit.note(connection, entry)


def items_revised(connection: Connection, revised: Mapping[int, datetime]) -> None:
    """Alert the public briefs that cite these items, which were overwritten at these times."""
    says_so = items.c.corrected_at == items.c.revised_at
    for part in chunks(list(revised)):
        at = max(revised[item] for item in part)
        _alert_of(connection, items.c.id.in_(part), says_so, at)


def pages_gone(connection: Connection, urls: Sequence[str], now: datetime) -> None:
    """Alert the public briefs that cite what was at these addresses."""
    _alert_of_gone(connection, brief_citations.c.url.in_(urls), now)


def brief_published(connection: Connection, brief_id: int, now: datetime) -> None:
    """Alert a brief that has just gone out of what changed since it was cited, or went away."""
    since_then = items.c.revised_at > brief_citations.c.seen_at
    says_so = items.c.corrected_at > brief_citations.c.seen_at
    _alert_of(connection, and_(briefs.c.id == brief_id, since_then), says_so, now)
    known = select(watches.c.url).where(watches.c.gone_at.is_not(None))
    lost = brief_citations.c.url.in_(known)
    _alert_of_gone(connection, and_(briefs.c.id == brief_id, lost), now)


def resolve(connection: Connection, brief_id: int, now: datetime) -> None:
    """The brief was corrected or withdrawn: nothing is left to be done."""
    of_brief = and_(alerts.c.brief_id == brief_id, alerts.c.resolved_at.is_(None))
    connection.execute(update(alerts).where(of_brief).values(resolved_at=now))


def _alert_of(
    connection: Connection, wanted: ColumnElement[bool], says_so: ColumnElement[bool], now: datetime
) -> None:
    """Alert of revisions; ``says_so`` is for those in which the source corrects itself."""
    kind = case((says_so, AlertKind.CORRECTED.value), else_=AlertKind.REVISED.value)
    found = (
        select(
            briefs.c.id,
            items.c.id,
            literal(now, UtcDateTime),
            kind,
            items.c.revision - 1,
            items.c.revision,
        )
        .distinct()
        .join(brief_citations, CITED)
        .join(items, items.c.id == brief_citations.c.item_id)
        .where(wanted)
    )
    connection.execute(insert(alerts).from_select(_NAMES, found))


def _alert_of_gone(connection: Connection, wanted: ColumnElement[bool], now: datetime) -> None:
    last = func.coalesce(items.c.revision, 0)
    told = and_(
        alerts.c.brief_id == briefs.c.id,
        alerts.c.item_id == brief_citations.c.item_id,
        alerts.c.kind == AlertKind.GONE.value,
    )
    found = (
        select(
            briefs.c.id,
            brief_citations.c.item_id,
            literal(now, UtcDateTime),
            literal(AlertKind.GONE.value),
            last,
            last,
        )
        .distinct()
        .join(brief_citations, CITED)
        .outerjoin(items, items.c.id == brief_citations.c.item_id)
        .where(wanted, ~select(alerts.c.id).where(told).exists())
    )
    connection.execute(insert(alerts).from_select(_NAMES, found))


def _alert(row: Any) -> Alert:
    return Alert(
        id=row.id,
        brief=row.brief_id,
        item=row.item_id,
        at=row.at,
        kind=AlertKind(row.kind),
        before=row.before,
        after=row.after,
    )
