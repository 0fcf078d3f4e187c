"""Finding stored items."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Row, Select, bindparam, func, select, tuple_

from aggregator.domain import Item, ItemQuery, KnownItem, ListedItem, Republish
from aggregator.store.database import Database, chunks
from aggregator.store.folding import fold
from aggregator.store.rows import to_item, to_source
from aggregator.store.schema import items, poll_states, sources

_PAGE = 500
_KNOWN = select(*(items.c[name] for name in KnownItem.__dataclass_fields__))
# Made once: making a statement takes longer than executing it. By page not within a source: SQLite
# would go through all its items. By guid and by identity one after the other: it reads every item
# for a row value IN a list.
_names: BindParameter[Any] = bindparam("names", expanding=True)
_BY_PAGE = _KNOWN.add_columns(items.c.source_id).where(items.c.canonical_url.in_(_names))
_OF_SOURCE = _KNOWN.where(items.c.source_id == bindparam("source"))
_BY_GUID = _OF_SOURCE.where(items.c.guid.in_(_names))
_BY_IDENTITY = _OF_SOURCE.where(items.c.identity.in_(_names))


class Items:
    """The items of one database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def known(
        self, wanted: Mapping[str, tuple[Collection[str], Collection[str], Collection[str]]]
    ) -> dict[str, list[KnownItem]]:
        """For each source, its items that have one of these guids, identities or canonical URLs;
        one that has several may be there several times.
        """
        found: dict[str, list[KnownItem]] = {}
        with self._database.read() as connection:
            urls = {url for _, _, pages in wanted.values() for url in pages}
            for part in chunks(list(urls)):
                for *row, source in connection.execute(_BY_PAGE, {"names": part}):
                    if source in wanted:
                        found.setdefault(source, []).append(KnownItem(*row))
            for source, (guids, identities, _) in wanted.items():
                for query, names in ((_BY_GUID, guids), (_BY_IDENTITY, identities)):
                    for part in chunks(list(names)):
                        rows = connection.execute(query, {"source": source, "names": part})
                        found.setdefault(source, []).extend(KnownItem(*row) for row in rows)
        return found

    def recent(self, source: str, limit: int) -> list[KnownItem]:
        """The items that the source brought last."""
        query = _KNOWN.where(items.c.source_id == source).order_by(items.c.id.desc()).limit(limit)
        with self._database.read() as connection:
            return [KnownItem(*row) for row in connection.execute(query)]

    def find(self, query: ItemQuery) -> Iterator[Item]:
        """The items that the query asks for, newest first.

        They are read page by page, each in a transaction of its own, so that a slow reader holds
        nothing open; items stored meanwhile may or may not be among them.
        """
        statement = _asked_for(query)
        left, last = query.limit, None
        while left is None or left > 0:
            page = self._page(statement, last, _PAGE if left is None else min(left, _PAGE))
            yield from map(to_item, page)
            if len(page) < _PAGE:
                return
            last = page[-1]
            left = None if left is None else left - len(page)

    def latest(self, limit: int) -> list[ListedItem]:
        """The newest items that may be republished, each article once.

        A duplicate stands in for an original that may not be shown itself.
        """
        original = items.alias()
        origin = sources.alias()
        shown_elsewhere = (
            select(original.c.id)
            .join(origin, origin.c.id == original.c.source_id)
            .where(
                original.c.id == items.c.duplicate_of,
                original.c.excluded_by.is_(None),
                origin.c.republish != Republish.NONE.value,
            )
            .exists()
        )
        statement = (
            _newest_first()
            .add_columns(*sources.c, poll_states.c.feed_id, poll_states.c.feed_site)
            .join(sources, sources.c.id == items.c.source_id)
            .join(poll_states, poll_states.c.source_id == sources.c.id)
            .where(
                sources.c.republish != Republish.NONE.value,
                items.c.excluded_by.is_(None),
                ~shown_elsewhere,
            )
            .limit(limit)
        )
        with self._database.read() as connection:
            return [_listed(row) for row in connection.execute(statement)]

    def count(self) -> int:
        """How many items are stored."""
        with self._database.read() as connection:
            return connection.execute(select(func.count()).select_from(items)).scalar_one()

    def _page(self, statement: Select[Any], last: Row[Any] | None, limit: int) -> list[Row[Any]]:
        if last is not None:
            position = tuple_(items.c.sort_at, items.c.id)
            statement = statement.where(position < tuple_(last.sort_at, last.id))
        with self._database.read() as connection:
            return list(connection.execute(statement.limit(limit)))


def _newest_first() -> Select[Any]:
    return select(items).order_by(items.c.sort_at.desc(), items.c.id.desc())


def _asked_for(query: ItemQuery) -> Select[Any]:
    conditions: list[ColumnElement[bool]] = []
    if query.source_id is not None:
        conditions.append(items.c.source_id == query.source_id)
    if query.since is not None:
        conditions.append(items.c.sort_at >= query.since)
    if query.search is not None:
        words = fold(query.search).split()
        conditions += [items.c.search.contains(word, autoescape=True) for word in words]
    return _newest_first().where(*conditions)


def _listed(row: Row[Any]) -> ListedItem:
    source = to_source(row)
    return ListedItem(
        item=to_item(row),
        source=source,
        feed_id=row.feed_id or source.url,
        site=source.site or row.feed_site,
    )
