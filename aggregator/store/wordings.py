"""The wordings of briefs: each revision that was stored, with what it cites."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, delete, func, insert, select, update

from aggregator.domain import BriefRevision, Citation, Edit, Picture, Wording
from aggregator.store.desk_schema import brief_citations, brief_revisions, briefs

STEP = timedelta(minutes=5)
"""So long the saves of one editor are one revision, as long as they only add to it."""

_REVISION = brief_revisions.c
_COLUMNS = ("headline", "body", "byline", "kicker", "language", "series")
_KEY = (brief_citations.c.brief_id, brief_citations.c.number)


def put(connection: Connection, brief_id: int, edit: Edit, over: int | None) -> int:
    """Store a wording as the newest revision of a brief; return its number, given only once.

    It takes the place of the revision ``over`` if that is the same editor's of a moment ago, was
    used for nothing yet, and says nothing that the new one does not: autosaves do not pile up, and
    yet nothing that was ever stored is lost.
    """
    number = (_newest(connection, brief_id) or 0) + 1
    began_at = None if over is None else _replaceable(connection, brief_id, over, edit)
    if began_at is not None:
        for table in (brief_citations, brief_revisions):
            replaced = and_(table.c.brief_id == brief_id, table.c.number == over)
            connection.execute(delete(table).where(replaced))
    key = {"brief_id": brief_id, "number": number}
    values = {"began_at": began_at or edit.at, "at": edit.at, "who": edit.who, "is_sealed": False}
    connection.execute(insert(brief_revisions).values(key | values | _values(edit.wording)))
    cited = [key | _citation_values(n, one) for n, one in enumerate(edit.wording.citations)]
    if cited:
        connection.execute(insert(brief_citations), cited)
    return number


def put_beside(connection: Connection, brief_id: int, head: int, edit: Edit) -> int:
    """Keep a wording that came too late beside the brief's own, ``head``; return its number."""
    newest = _newest(connection, brief_id)
    return put(connection, brief_id, edit, None if newest == head else newest)


def seal(connection: Connection, brief_id: int, version: int) -> None:
    """Keep a revision as it is: something was done with it."""
    this = and_(_REVISION.brief_id == brief_id, _REVISION.number == version)
    connection.execute(update(brief_revisions).where(this).values(is_sealed=True))


def revisions(connection: Connection, brief_id: int) -> list[BriefRevision]:
    """Every revision of a brief, the first one first."""
    of_brief = _REVISION.brief_id == brief_id
    rows = connection.execute(select(brief_revisions).where(of_brief).order_by(_REVISION.number))
    cited = citations(connection, brief_citations.c.brief_id == brief_id)
    return [
        BriefRevision(row.number, row.at, row.who, to_wording(row, cited[row.brief_id, row.number]))
        for row in rows
    ]


def citations(
    connection: Connection, wanted: ColumnElement[bool]
) -> dict[tuple[int, int], list[Citation]]:
    """Citations in their order, by brief and number of the revision."""
    found: dict[tuple[int, int], list[Citation]] = defaultdict(list)
    query = select(brief_citations).where(wanted).order_by(*_KEY, brief_citations.c.position)
    for row in connection.execute(query):
        one = Citation(row.item_id, row.source, row.url, row.title, row.language, row.seen_at)
        found[row.brief_id, row.number].append(one)
    return found


def current_citations(brief_ids: Sequence[int]) -> ColumnElement[bool]:
    """Those of what these briefs say now."""
    version = select(briefs.c.version).where(briefs.c.id == brief_citations.c.brief_id)
    return and_(
        brief_citations.c.brief_id.in_(brief_ids),
        brief_citations.c.number == version.scalar_subquery(),
    )


def to_wording(row: Row[Any], cited: Sequence[Citation]) -> Wording:
    """A row that has the columns of ``brief_revisions``, joined or not → Wording."""
    values = {name: row._mapping[_REVISION[name]] for name in _COLUMNS}
    picture = row._mapping[_REVISION.picture]
    return Wording(
        **values,
        picture=Picture(**picture) if picture else None,
        categories=tuple(row._mapping[_REVISION.categories]),
        citations=tuple(cited),
    )


def _newest(connection: Connection, brief_id: int) -> int | None:
    query = select(func.max(_REVISION.number)).where(_REVISION.brief_id == brief_id)
    return connection.execute(query).scalar()


def _replaceable(connection: Connection, brief_id: int, number: int, edit: Edit) -> datetime | None:
    """When the revision began that the edit may take the place of; None if it may not."""
    this = and_(_REVISION.brief_id == brief_id, _REVISION.number == number)
    own = and_(_REVISION.who == edit.who, ~_REVISION.is_sealed)
    row = connection.execute(select(brief_revisions).where(this, own)).one_or_none()
    if row is None or not row.began_at <= edit.at < row.began_at + STEP:
        return None
    of_revision = and_(brief_citations.c.brief_id == brief_id, brief_citations.c.number == number)
    cited = citations(connection, of_revision)[brief_id, number]
    return row.began_at if edit.wording.holds(to_wording(row, cited)) else None


def _values(wording: Wording) -> dict[str, Any]:
    texts = {name: getattr(wording, name) for name in _COLUMNS}
    # PostgreSQL has no NUL; a save must not fail for what nobody can see.
    stored = {name: text and text.replace("\0", "") for name, text in texts.items()}
    return stored | {
        "picture": asdict(wording.picture) if wording.picture else None,
        "categories": list(wording.categories),
    }


def _citation_values(position: int, citation: Citation) -> dict[str, Any]:
    return {
        "position": position,
        "item_id": citation.item,
        "source": citation.source,
        "url": citation.url,
        "title": citation.title,
        "language": citation.language,
        "seen_at": citation.seen_at,
    }
