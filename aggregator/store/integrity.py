"""Whether a database is what it should be: the file, the references, what our code rests on."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection, Select, and_, exists, func, or_, select, text

from aggregator.domain import BriefState
from aggregator.store.database import Database
from aggregator.store.desk_schema import brief_citations, brief_revisions, briefs
from aggregator.store.schema import (
    grouping,
    installation,
    items,
    poll_states,
    revisions,
    sources,
    stories,
    story_items,
)

_MOST = 20
_PUBLIC = (BriefState.PUBLISHED.value, BriefState.CORRECTED.value)
_NUMBERED = ("items", "briefs", "incidents")


def problems(database: Database) -> list[str]:
    """Everything that is wrong, each in a sentence; nothing is changed.

    Raises StoreError when the database cannot be read at all.
    """
    with database.read() as connection:
        found = list(_of_file(connection)) if database.is_sqlite else []
        counts = {
            sentence: connection.execute(query).scalar_one()
            for sentence, query in _INVARIANTS.items()
        }
        found += [f"{sentence}: {count}" for sentence, count in counts.items() if count > 0]
        counters = _sqlite_counters if database.is_sqlite else _sequences
        found += list(counters(connection))
    return found


def _of_file(connection: Connection) -> Iterator[str]:
    for (line,) in connection.exec_driver_sql(f"PRAGMA integrity_check({_MOST})"):
        if line != "ok":
            yield f"the file is damaged: {line}"
    for table, row, parent, _ in connection.exec_driver_sql("PRAGMA foreign_key_check").fetchmany(
        _MOST
    ):
        yield f"{table}: row {row} points to a row of {parent} that is not there"
    indexed = connection.execute(text("SELECT count(*) FROM item_words_docsize")).scalar_one()
    done = select(grouping.c.last_item).scalar_subquery()
    expected = connection.execute(select(func.count(items.c.id)).where(items.c.id <= done))
    if indexed != (count := expected.scalar_one()):
        yield f"the index of words has {indexed} items of {count}"


def _sqlite_counters(connection: Connection) -> Iterator[str]:
    """Numbers that were given must not be given again."""
    for table in _NUMBERED:
        newest = connection.execute(text(f"SELECT max(id) FROM {table}")).scalar()  # noqa: S608 - a constant
        query = text("SELECT seq FROM sqlite_sequence WHERE name = :table")
        last = connection.execute(query, {"table": table}).scalar()
        if newest is not None and (last is None or last < newest):
            yield f"{table}: the next number is {(last or 0) + 1}, but {newest} is there"


def _sequences(connection: Connection) -> Iterator[str]:
    for table in _NUMBERED:
        newest = connection.execute(text(f"SELECT max(id) FROM {table}")).scalar()  # noqa: S608 - a constant
        name = connection.execute(
            text("SELECT pg_get_serial_sequence(:table, 'id')"), {"table": table}
        ).scalar_one()
        last = connection.execute(text(f"SELECT last_value FROM {name}")).scalar_one()  # noqa: S608 - of the catalogue
        if newest is not None and last < newest:
            yield f"{table}: the next number is {last + 1}, but {newest} is there"


def _count(table: object, *conditions: object) -> Select[int]:
    return select(func.count()).select_from(table).where(*conditions)  # type: ignore[arg-type]


_newest = select(func.max(items.c.id)).scalar_subquery()
_INVARIANTS: dict[str, Select[int]] = {
    "sources that nothing is known of polling": _count(
        sources, ~exists().where(poll_states.c.source_id == sources.c.id)
    ),
    "items that are copies of themselves": _count(items, items.c.duplicate_of == items.c.id),
    "items that are older than a version kept of them": _count(
        items,
        exists().where(revisions.c.item_id == items.c.id, revisions.c.number >= items.c.revision),
    ),
    "items with a story that lost its place to another": _count(
        story_items,
        exists().where(stories.c.id == story_items.c.story_id, stories.c.merged_into.is_not(None)),
    ),
    "stories whose headline is in another story": _count(
        stories,
        stories.c.rank.is_not(None),
        ~exists().where(
            story_items.c.item_id == stories.c.headline, story_items.c.story_id == stories.c.id
        ),
    ),
    "grouping is ahead of the items": _count(
        grouping, grouping.c.last_item > func.coalesce(_newest, grouping.c.last_item)
    ),
    "briefs without the wording that they have now": _count(
        briefs,
        ~exists().where(
            brief_revisions.c.brief_id == briefs.c.id, brief_revisions.c.number == briefs.c.version
        ),
    ),
    "public briefs without a citation": _count(
        briefs,
        briefs.c.state.in_(_PUBLIC),
        ~exists().where(
            brief_citations.c.brief_id == briefs.c.id, brief_citations.c.number == briefs.c.version
        ),
    ),
    "public briefs without an address or a date": _count(
        briefs,
        briefs.c.state.in_(_PUBLIC),
        or_(briefs.c.slug.is_(None), briefs.c.day.is_(None), briefs.c.published_at.is_(None)),
    ),
    "identities of the newsroom besides the one": select(func.count() - 1).select_from(
        installation
    ),
    "items seen before they were published again": _count(
        items, and_(items.c.revision > 1, items.c.revised_at < items.c.first_seen_at)
    ),
}
