"""Finding stored items."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, func, select, tuple_

from aggregator.domain import Item, ItemQuery, KnownItem, ListedItem, Republish
from aggregator.store import search
from aggregator.store.database import Database, chunks
from aggregator.store.rows import to_item, to_source
from aggregator.store.schema import items, poll_states, sources, story_items

_PAGE = 500
_KNOWN = select(*(items.c[name] for name in KnownItem.__dataclass_fields__))


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
                # Not by source: SQLite would go through all items of each.
                query = _KNOWN.add_columns(items.c.source_id)
                for *row, source in connection.execute(
                    query.where(items.c.canonical_url.in_(part))
                ):
                    if source in wanted:
                        found.setdefault(source, []).append(KnownItem(*row))
            for source, (guids, identities, _) in wanted.items():
                # One after the other: SQLite reads every item for a row value IN a list.
                for column, names in ((items.c.guid, guids), (items.c.identity, identities)):
                    for part in chunks(list(names)):
                        query = _KNOWN.where(items.c.source_id == source, column.in_(part))
                        rows = connection.execute(query)
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
        statement = _asked_for(query, is_sqlite=self._database.is_sqlite)
        left, last = query.limit, None
        while left is None or left > 0:
            page = self._page(statement, last, _PAGE if left is None else min(left, _PAGE))
            yield from map(to_item, page)
            if len(page) < _PAGE:
                return
            last = page[-1]
            left = None if left is None else left - len(page)

    def get(self, item_id: int) -> Item | None:
        """One item; None when there is none."""
        with self._database.read() as connection:
            row = connection.execute(_newest_first().where(items.c.id == item_id)).one_or_none()
        return to_item(row) if row else None

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
            _listing()
            .where(
                sources.c.republish != Republish.NONE.value,
                items.c.excluded_by.is_(None),
                ~shown_elsewhere,
            )
            .limit(limit)
        )
        with self._database.read() as connection:
            return [_listed(row) for row in connection.execute(statement)]

    def of_story(self, story_id: int, limit: int) -> list[ListedItem]:
        """The first items of a story, the oldest first, without those that a filter hides."""
        statement = (
            _listing()
            .where(story_items.c.story_id == story_id, items.c.excluded_by.is_(None))
            .order_by(None)
            .order_by(items.c.sort_at, items.c.id)
            .limit(limit)
        )
        with self._database.read() as connection:
            return [_listed(row) for row in connection.execute(statement)]

    def titles(self, item_ids: Collection[int]) -> dict[int, str]:
        """The headlines of those of these items that are stored."""
        found: dict[int, str] = {}
        with self._database.read() as connection:
            for part in chunks(list(item_ids)):
                query = select(items.c.id, items.c.title).where(items.c.id.in_(part))
                found |= {row.id: row.title for row in connection.execute(query)}
        return found

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
    return (
        select(items, story_items.c.story_id)
        .outerjoin(story_items, story_items.c.item_id == items.c.id)
        .order_by(items.c.sort_at.desc(), items.c.id.desc())
    )


def _listing() -> Select[Any]:
    """What a ListedItem is made of."""
    return (
        _newest_first()
        .add_columns(*sources.c, poll_states.c.feed_id, poll_states.c.feed_site)
        .join(sources, sources.c.id == items.c.source_id)
        .join(poll_states, poll_states.c.source_id == sources.c.id)
    )


def _asked_for(query: ItemQuery, *, is_sqlite: bool) -> Select[Any]:
    conditions: list[ColumnElement[bool]] = []
    if query.source_id is not None:
        conditions.append(items.c.source_id == query.source_id)
    if query.since is not None:
        conditions.append(items.c.sort_at >= query.since)
    if query.search is not None:
        conditions.append(items.c.id.in_(search.hits(query.search, is_sqlite=is_sqlite)))
    return _newest_first().where(*conditions)


def _listed(row: Row[Any]) -> ListedItem:
    source = to_source(row)
    return ListedItem(
        item=to_item(row),
        source=source,
        feed_id=row.feed_id or source.url,
        site=source.site or row.feed_site,
    )
