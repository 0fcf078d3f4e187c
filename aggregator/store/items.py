"""Finding stored items."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, Text, func, select, tuple_, values
from sqlalchemy import column as sql_column

from aggregator.domain import Item, ItemQuery, KnownItem, ListedItem, Republish
from aggregator.store.database import Database, chunks
from aggregator.store.folding import fold
from aggregator.store.rows import to_item, to_source
from aggregator.store.schema import items, poll_states, sources

_PAGE = 500
_KNOWN = select(items.c.source_id, *(items.c[name] for name in KnownItem.__dataclass_fields__))


def _known(column: ColumnElement[Any], keys: Sequence[tuple[str, str]]) -> Select[Any]:
    """The items whose source and ``column`` are among the keys.

    A join, since SQLite reads every item for a row value that must be IN a list.
    """
    wanted = values(sql_column("source_id", Text), sql_column("name", Text), name="wanted")
    key = wanted.data(list(keys)).cte("wanted").c
    return _KNOWN.where(items.c.source_id == key.source_id, column == key.name)


class Items:
    """The items of one database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def known(
        self, wanted: Mapping[str, tuple[Collection[str], Collection[str]]]
    ) -> dict[str, list[KnownItem]]:
        """For each source, its items that have one of these guids or identities."""
        guids = [(source, guid) for source, (some, _) in wanted.items() for guid in some]
        names = [(source, name) for source, (_, some) in wanted.items() for name in some]
        found: dict[str, list[KnownItem]] = {}
        with self._database.read() as connection:
            for column, keys in ((items.c.guid, guids), (items.c.identity, names)):
                for part in chunks(keys):
                    for source, *values in connection.execute(_known(column, part)):
                        found.setdefault(source, []).append(KnownItem(*values))
        return found

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
