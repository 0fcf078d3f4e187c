"""What readers see of the desk's work: how it is filed, and what they find by words."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import Any, NamedTuple

from sqlalchemy import Connection, and_, delete, func, insert, select

from aggregator.domain import Brief, BriefState, Filed
from aggregator.store.database import Database
from aggregator.store.desk_schema import brief_citations, brief_revisions, brief_texts, briefs
from aggregator.store.folding import fold
from aggregator.store.search import brief_hits

_PUBLIC = briefs.c.state.in_((BriefState.PUBLISHED.value, BriefState.CORRECTED.value))
_LINK = re.compile(r"\]\([^)\s]*\)")
_NOW = and_(brief_revisions.c.brief_id == briefs.c.id, brief_revisions.c.number == briefs.c.version)
_CITED = and_(
    brief_citations.c.brief_id == briefs.c.id, brief_citations.c.number == briefs.c.version
)
_NEWEST_FIRST = (briefs.c.published_at.desc(), briefs.c.id.desc())
_FIELDS = (
    *(briefs.c[name] for name in ("id", "day", "slug", "published_at", "updated_at")),
    *(
        brief_revisions.c[name]
        for name in ("headline", "language", "kicker", "series", "categories")
    ),
)


class Stamp(NamedTuple):
    """Which briefs are out, and as they last were: as long as it is the same, so are they."""

    briefs: int
    updated_at: Any
    withdrawn_at: Any


class Published:
    """The published briefs of one database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def stamp(self) -> Stamp:
        """Which state of them this is; cheap to ask for."""
        public = func.count().filter(_PUBLIC)
        query = select(public, func.max(briefs.c.updated_at), func.max(briefs.c.withdrawn_at))
        with self._database.read() as connection:
            return Stamp(*connection.execute(query).one())

    def filed(self) -> list[Filed]:
        """All of them, as archives file them, the newest first."""
        query = select(*_FIELDS).join(brief_revisions, _NOW).where(_PUBLIC).order_by(*_NEWEST_FIRST)
        credited = (
            select(brief_citations.c.brief_id, brief_citations.c.source)
            .join(briefs, _CITED)
            .where(_PUBLIC)
            .order_by(brief_citations.c.brief_id, brief_citations.c.position)
        )
        sources: dict[int, dict[str, None]] = defaultdict(dict)
        with self._database.read() as connection:
            for brief_id, source in connection.execute(credited):
                sources[brief_id].setdefault(source)
            rows = list(connection.execute(query))
        return [_filed(row._mapping, tuple(sources[row.id])) for row in rows]

    def search(self, typed: str, limit: int) -> list[int]:
        """The ids of the newest that have all the words; none where no word is typed."""
        found = brief_hits(typed, is_sqlite=self._database.is_sqlite)
        query = select(briefs.c.id).where(briefs.c.id.in_(found)).order_by(*_NEWEST_FIRST)
        with self._database.read() as connection:
            return list(connection.execute(query.limit(limit)).scalars())


def index(connection: Connection, brief: Brief) -> None:
    """Make a brief findable as it is now; one that is not out, not at all."""
    connection.execute(delete(brief_texts).where(brief_texts.c.brief_id == brief.id))
    if brief.is_public:
        row = {"brief_id": brief.id, "search": _searchable(brief)}
        connection.execute(insert(brief_texts).values(row))


def _searchable(brief: Brief) -> str:
    """What a brief says, folded: without the addresses that it links to, with the headlines of
    the originals.
    """
    said = brief.wording
    cited = (text for one in said.citations for text in (one.source, one.title))
    parts = (said.headline, said.kicker, said.body, said.byline, *said.categories, *cited)
    return fold(_LINK.sub("] ", "\n".join(parts)))


def _filed(values: Any, sources: tuple[str, ...]) -> Filed:
    return Filed(**dict(values) | {"categories": tuple(values["categories"]), "sources": sources})
