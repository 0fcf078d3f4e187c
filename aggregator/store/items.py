"""Finding stored items."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Row,
    Select,
    bindparam,
    func,
    select,
    tuple_,
    update,
)

from aggregator.domain import (
    DeclaredFeed,
    Item,
    ItemQuery,
    KnownItem,
    ListedItem,
    Marks,
    Republish,
    Revision,
)
from aggregator.store import edition, search
from aggregator.store.database import Database, chunks
from aggregator.store.placing import changed
from aggregator.store.rows import SAID, to_item, to_revision, to_source
from aggregator.store.schema import items, poll_states, revisions, shown, sources, story_items
from aggregator.store.selection import selected

_PAGE = 500
_HTML = func.coalesce(func.nullif(items.c.content, ""), items.c.summary).label("html")
_KNOWN_FIELDS = KnownItem.__dataclass_fields__
_KNOWN = select(*(_HTML if name == "html" else items.c[name] for name in _KNOWN_FIELDS))
# Made once: making a statement takes longer than executing it. By page not within a source: SQLite
# would go through all its items. By guid and by identity one after the other: it reads every item
# for a row value IN a list.
_names: BindParameter[Any] = bindparam("names", expanding=True)
_OF_ANY = _KNOWN.add_columns(items.c.source_id)
_BY_PAGE = _OF_ANY.where(items.c.canonical_url.in_(_names))
_BY_ARTICLE = _OF_ANY.where(items.c.article.in_(_names))
_BY_HEADLINE = _OF_ANY.where(items.c.headline.in_(_names))
_OF_SOURCE = _KNOWN.where(items.c.source_id == bindparam("source"))
_BY_GUID = _OF_SOURCE.where(items.c.guid.in_(_names))
_BY_IDENTITY = _OF_SOURCE.where(items.c.identity.in_(_names))


class Items:
    """The items of one database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def known(self, wanted: Mapping[str, Marks]) -> dict[str, list[KnownItem]]:
        """For each source, its items that have one of these marks; one that has several may be
        there several times.
        """
        found: dict[str, list[KnownItem]] = {}
        with self._database.read() as connection:
            for query, kind in (
                (_BY_PAGE, "urls"),
                (_BY_ARTICLE, "articles"),
                (_BY_HEADLINE, "headlines"),
            ):
                every = set[str]().union(*(getattr(marks, kind) for marks in wanted.values()))
                for part in chunks(list(every)):
                    for *row, source in connection.execute(query, {"names": part}):
                        if source in wanted:
                            found.setdefault(source, []).append(KnownItem(*row))
            for source, marks in wanted.items():
                for query, names in ((_BY_GUID, marks.guids), (_BY_IDENTITY, marks.identities)):
                    for part in chunks(list(names)):
                        rows = connection.execute(query, {"source": source, "names": part})
                        found.setdefault(source, []).extend(KnownItem(*row) for row in rows)
        return found

    def recent(self, source: str, limit: int) -> list[KnownItem]:
        """The items that the source brought last."""
        # Ids first, from an index alone: the newest of all its items are to be found.
        ids = (
            select(items.c.id)
            .where(items.c.source_id == source)
            .order_by(items.c.id.desc())
            .limit(limit)
        )
        with self._database.read() as connection:
            rows = connection.execute(_KNOWN.where(items.c.id.in_(ids)))
            return [KnownItem(*row) for row in rows]

    def revisions(self, item_id: int) -> list[Revision]:
        """Every version of an item, the first one first, what it says now last; none for an id
        that no item has.
        """
        who = items.c.source_id.label("who")
        kept = (
            select(revisions.c.number, revisions.c.at, who, *(revisions.c[name] for name in SAID))
            .join(items, items.c.id == revisions.c.item_id)
            .where(items.c.id == item_id)
            .order_by(revisions.c.number)
        )
        now = select(
            items.c.revision.label("number"),
            func.coalesce(items.c.revised_at, items.c.first_seen_at).label("at"),
            who,
            *(items.c[name] for name in SAID),
        ).where(items.c.id == item_id)
        with self._database.read() as connection:
            rows = [*connection.execute(kept), *connection.execute(now)]
        return [to_revision(row) for row in rows]

    def release(self, source_id: str, now: datetime) -> int:
        """Show what was held back of a source; return how many items that were."""
        held = items.c.source_id == source_id, items.c.held.is_not(None)
        with self._database.write() as connection:
            count = connection.execute(update(items).where(*held).values(held=None)).rowcount
            if count:
                edition.bump(connection, now)
                changed(connection)
        return count

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

    def latest(
        self, limit: int, of: DeclaredFeed | None = None, *, source_id: str | None = None
    ) -> list[ListedItem]:
        """The newest items that may be republished, each article once; of all, of those that the
        declared feed has, or of one source.

        A duplicate stands in for an original that may not be shown itself.
        """
        conditions = selected(of, is_sqlite=self._database.is_sqlite) if of else []
        if source_id is not None:
            conditions.append(items.c.source_id == source_id)
        return self._listed(_republished().where(*conditions).limit(limit))

    def belonging(self, since: datetime, of: DeclaredFeed | None = None) -> dict[int, int | None]:
        """The ids of all items since then that :meth:`latest` chooses from, each with that of the
        item that it is a copy of.
        """
        conditions = selected(of, is_sqlite=self._database.is_sqlite) if of else []
        query = _republished().where(items.c.sort_at >= since, *conditions).order_by(None)
        with self._database.read() as connection:
            rows = connection.execute(query.with_only_columns(items.c.id, items.c.duplicate_of))
            return {row.id: row.duplicate_of for row in rows}

    def excluded(self, since: datetime) -> dict[int, tuple[str, str]]:
        """The ids of the items since then that filters keep off the feeds, each with its source and
        the filter.
        """
        kept_off = items.c.sort_at >= since, items.c.excluded_by.is_not(None)
        query = select(items.c.id, items.c.source_id, items.c.excluded_by).where(*kept_off)
        with self._database.read() as connection:
            return {row.id: (row.source_id, row.excluded_by) for row in connection.execute(query)}

    def came(self, since: datetime) -> dict[str, int]:
        """How many items there are since then of each source that has any."""
        query = select(items.c.source_id, func.count().label("some")).where(
            items.c.sort_at >= since
        )
        with self._database.read() as connection:
            rows = connection.execute(query.group_by(items.c.source_id))
            return {row.source_id: row.some for row in rows}

    def revised(self, since: datetime, limit: int) -> list[ListedItem]:
        """The items of :meth:`latest` that we saw change since then, the last changed first."""
        recent = _republished().where(items.c.revised_at >= since)
        order = items.c.revised_at.desc(), items.c.id.desc()
        return self._listed(recent.order_by(None).order_by(*order).limit(limit))

    def after(self, item_id: int, limit: int) -> list[ListedItem]:
        """The items of :meth:`latest` that were stored after this one, the oldest first."""
        later = _republished().where(items.c.id > item_id)
        return self._listed(later.order_by(None).order_by(items.c.id).limit(limit))

    def listed(self, item_ids: Collection[int]) -> list[ListedItem]:
        """These items, as far as they are stored, in the order given."""
        found: dict[int, ListedItem] = {}
        with self._database.read() as connection:
            for part in chunks(list(item_ids)):
                rows = connection.execute(_listing().where(items.c.id.in_(part)))
                found |= {row.id: _listed(row) for row in rows}
        return [found[item_id] for item_id in item_ids if item_id in found]

    def of_story(self, story_id: int, limit: int) -> list[ListedItem]:
        """The first items of a story, the oldest first, without those that a filter hides."""
        statement = (
            _listing()
            .where(story_items.c.story_id == story_id, *shown(items))
            .order_by(None)
            .order_by(items.c.sort_at, items.c.id)
            .limit(limit)
        )
        with self._database.read() as connection:
            return [_listed(row) for row in connection.execute(statement)]

    def titles(self, item_ids: Collection[int]) -> dict[int, str]:
        """The headlines of those of these items that are stored."""
        return self._of_each(items.c.title, item_ids)

    def origins(self, item_ids: Collection[int]) -> dict[int, str]:
        """The sources' ids of those of these items that are stored."""
        return self._of_each(items.c.source_id, item_ids)

    def count(self) -> int:
        """How many items are stored."""
        with self._database.read() as connection:
            return connection.execute(select(func.count()).select_from(items)).scalar_one()

    def _of_each(self, column: ColumnElement[str], item_ids: Collection[int]) -> dict[int, str]:
        found: dict[int, str] = {}
        with self._database.read() as connection:
            for part in chunks(list(item_ids)):
                query = select(items.c.id, column.label("value")).where(items.c.id.in_(part))
                found |= {row.id: row.value for row in connection.execute(query)}
        return found

    def _listed(self, statement: Select[Any]) -> list[ListedItem]:
        with self._database.read() as connection:
            return [_listed(row) for row in connection.execute(statement)]

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


def _republished() -> Select[Any]:
    """The items that readers may see, newest first, each article once."""
    original, origin = items.alias(), sources.alias()
    shown_elsewhere = (
        select(original.c.id)
        .join(origin, origin.c.id == original.c.source_id)
        .where(
            original.c.id == items.c.duplicate_of,
            *shown(original),
            origin.c.republish != Republish.NONE.value,
        )
        .exists()
    )
    allowed = sources.c.republish != Republish.NONE.value
    return _listing().where(allowed, *shown(items), ~shown_elsewhere)


def _asked_for(query: ItemQuery, *, is_sqlite: bool) -> Select[Any]:
    conditions: list[ColumnElement[bool]] = []
    if query.source_id is not None:
        conditions.append(items.c.source_id == query.source_id)
    if query.since is not None:
        conditions.append(items.c.sort_at >= query.since)
    if query.held:
        conditions.append(items.c.held.is_not(None))
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
