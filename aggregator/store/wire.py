"""The wire as editors read it: stories that answer a query, a page at a time."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    Text,
    and_,
    cast,
    false,
    func,
    select,
    tuple_,
)

from aggregator.domain import Picture, WireQuery, WireRow
from aggregator.domain.stories import StoryState
from aggregator.store import search
from aggregator.store.database import Database
from aggregator.store.desk_schema import seen
from aggregator.store.rows import to_story
from aggregator.store.schema import grouping, items, shown, sources, stories, story_items

_BEGINNING = 400
"""So many characters of an item's text are read for its first lines."""

_NEWEST_HITS = 5000
"""Words that are in more items than these are looked for in the newest: the wire is of today."""

# The picture as text: of ten items, one is read.
_PICTURE = cast(items.c.picture, Text).label("picture")
_MEMBERS = (
    select(story_items.c.story_id, story_items.c.item_id, sources.c.id, sources.c.name, _PICTURE)
    .join(items, items.c.id == story_items.c.item_id)
    .join(sources, sources.c.id == items.c.source_id)
    .where(*shown(items))
    .order_by(story_items.c.item_id)
)


class Wire:
    """The wire of one newsroom."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def find(self, query: WireQuery, username: str) -> list[WireRow]:
        """The stories that the query asks for, as this editor sees them."""
        with self._database.read() as connection:
            horizon = connection.execute(select(grouping.c.horizon)).scalar()
            # First which, then what they say: else all that was found would be carried along while
            # it is put in order. Backwards by number as well: so the index on rank has the order.
            order = stories.c.rank.desc(), stories.c.id.desc()
            asked = self._asked_for(query, username, horizon).order_by(*order)
            ids = list(connection.execute(asked).scalars())
            rows = {row.id: row for row in connection.execute(_told(ids, username))}
            members = _members(connection, ids)
        return [_row(rows[story], members[story], horizon) for story in ids]

    def count(self, query: WireQuery, username: str) -> int:
        """How many stories the query asks for, ``limit`` at the most."""
        with self._database.read() as connection:
            horizon = connection.execute(select(grouping.c.horizon)).scalar()
            found = self._asked_for(query, username, horizon).subquery()
            return connection.execute(select(func.count()).select_from(found)).scalar_one()

    def titles(self, limit: int) -> dict[int, str]:
        """What the stories on top are called, by number, the first one first."""
        top = (
            select(stories.c.id, items.c.title)
            .join(items, items.c.id == stories.c.headline)
            .where(stories.c.rank.is_not(None))
            .order_by(stories.c.rank.desc(), stories.c.id.desc())
            .limit(limit)
        )
        with self._database.read() as connection:
            return {row.id: row.title for row in connection.execute(top)}

    def languages(self) -> list[str]:
        """The languages of the stories that are newsworthy now, as primary tags."""
        newest = select(stories.c.languages).where(stories.c.rank.is_not(None))
        query = newest.order_by(stories.c.rank.desc()).limit(500)
        with self._database.read() as connection:
            return sorted({tag for row in connection.execute(query) for tag in row.languages})

    def _asked_for(self, query: WireQuery, username: str, horizon: datetime | None) -> Select[int]:
        conditions = [stories.c.rank.is_not(None), *_simple_conditions(query, horizon)]
        if query.search is not None:
            conditions.append(stories.c.id.in_(self._with_words(query.search)))
        if query.sources is not None:
            conditions.append(self._has_any(stories.c.sources, query.sources))
        if query.language is not None:
            conditions.append(self._has_any(stories.c.languages, [query.language]))
        if query.unseen:
            conditions.append(~_has_seen_all(username))
        return select(stories.c.id).where(*conditions).limit(query.limit)

    def _with_words(self, typed: str) -> Select[int]:
        is_sqlite = self._database.is_sqlite
        hits = search.grouped_hits(typed, is_sqlite=is_sqlite, newest=_NEWEST_HITS)
        return select(story_items.c.story_id).where(story_items.c.item_id.in_(hits))

    def _has_any(self, array: Any, wanted: Collection[str]) -> ColumnElement[bool]:
        """Whether a JSON array of strings has one of these."""
        elements = func.json_each if self._database.is_sqlite else func.json_array_elements_text
        each = elements(array).table_valued("value")
        return select(each.c.value).where(each.c.value.in_(wanted)).exists()


def _simple_conditions(query: WireQuery, horizon: datetime | None) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if query.since is not None:
        conditions.append(stories.c.last_at >= query.since)
    if query.until is not None:
        conditions.append(stories.c.first_at < query.until)
    if query.covered is not None:
        conditions.append(stories.c.is_covered.is_(query.covered))
    if query.among is not None:
        conditions.append(stories.c.id.in_(query.among))
    if query.made_from is not None:
        conditions.append(stories.c.id >= query.made_from)
    if query.state is not None:
        conditions.append(_is_in(query.state, horizon))
    if query.after is not None:
        place = query.after.rank, query.after.story
        # The first says nothing new, but an index can be entered by it.
        conditions.append(stories.c.rank <= query.after.rank)
        conditions.append(tuple_(stories.c.rank, stories.c.id) < place)
    return conditions


def _is_in(state: StoryState, horizon: datetime | None) -> ColumnElement[bool]:
    if horizon is None:
        return false() if state is StoryState.CLOSED else stories.c.last_at.is_not(None)
    is_closed = stories.c.last_at < horizon
    return is_closed if state is StoryState.CLOSED else ~is_closed


def _has_seen_all(username: str) -> ColumnElement[bool]:
    newest = (
        select(func.max(story_items.c.item_id))
        .where(story_items.c.story_id == stories.c.id)
        .correlate(stories)
        .scalar_subquery()
    )
    return (
        select(seen.c.story_id)
        .where(
            seen.c.username == username,
            seen.c.story_id == stories.c.id,
            seen.c.last_item >= newest,
        )
        .correlate(stories)
        .exists()
    )


def _told(story_ids: list[int], username: str) -> Select[Any]:
    """What is shown of these stories besides their members."""
    mine = and_(seen.c.story_id == stories.c.id, seen.c.username == username)
    return (
        select(
            stories,
            *(items.c.title, items.c.language, items.c.url),
            func.substr(items.c.text, 1, _BEGINNING).label("text"),
            *(seen.c.seen_at, seen.c.last_item),
        )
        .join(items, items.c.id == stories.c.headline)
        .outerjoin(seen, mine)
        .where(stories.c.id.in_(story_ids))
    )


def _members(connection: Connection, story_ids: list[int]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = defaultdict(list)
    for row in connection.execute(_MEMBERS.where(story_items.c.story_id.in_(story_ids))):
        found[row.story_id].append(row)
    return found


def _row(row: Row[Any], members: list[Any], horizon: datetime | None) -> WireRow:
    names = {member.id: member.name for member in members}
    picture = next((member.picture for member in members if member.picture), None)
    return WireRow(
        story=to_story(row, [member.item_id for member in members], horizon),
        text=row.text,
        language=row.language,
        url=row.url,
        sources=tuple(names[source] for source in row.sources if source in names),
        picture=Picture(**json.loads(picture)) if picture else None,
        seen_at=row.seen_at,
        unseen=sum(member.item_id > (row.last_item or 0) for member in members),
    )
