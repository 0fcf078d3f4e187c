"""What grouping goes on from, what it found, and the stories that came of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, and_, bindparam, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from aggregator.domain import (
    Grouped,
    Kept,
    LedgerEntry,
    Progress,
    Report,
    Resumed,
    State,
    Story,
    StoryQuery,
)
from aggregator.errors import GroupingStale
from aggregator.store import edition, search
from aggregator.store.database import Database, chunks
from aggregator.store.placing import Tell, make_stories, move, note, stand
from aggregator.store.rows import to_story
from aggregator.store.schema import (
    grouping,
    items,
    ledger,
    partings,
    shown,
    sources,
    stories,
    story_items,
    ties,
)

_TEXT = 1000
"""So many characters of an item's text are what grouping reads of it."""

# A source may date an item ahead: it was not published after it was seen.
_REPORT = select(
    items.c.id,
    sources.c.name,
    items.c.published_at,
    items.c.first_seen_at,
    items.c.language,
    items.c.title,
    func.substr(items.c.text, 1, _TEXT).label("text"),
    items.c.canonical_url,
    items.c.duplicate_of,
).join(sources, sources.c.id == items.c.source_id)
_LINK = (
    update(items)
    .where(items.c.id == bindparam("key"), items.c.duplicate_of.is_(None))
    .values(duplicate_of=bindparam("original"))
)
_STORY = select(stories, items.c.title).join(items, items.c.id == stories.c.headline)


class Stories:
    """The stories of one database."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._insert: Any = sqlite.insert if database.is_sqlite else postgresql.insert

    def has_pending(self) -> bool:
        """Whether there are items that have not been grouped."""
        newest = select(func.max(items.c.id)).scalar_subquery()
        query = select(newest > grouping.c.last_item)
        with self._database.read() as connection:
            return bool(connection.execute(query).scalar())

    def pending(self, limit: int) -> list[Report]:
        """Items that have not been grouped, in the order in which they were stored."""
        done = select(grouping.c.last_item).scalar_subquery()
        query = _REPORT.where(items.c.id > done).order_by(items.c.id).limit(limit)
        with self._database.read() as connection:
            return [_report(row) for row in connection.execute(query)]

    def resume(self) -> Resumed:
        """What a grouping goes on from."""
        with self._database.read() as connection:
            progress = _progress(connection)
            query = _REPORT.add_columns(*story_items.c).join(
                story_items, story_items.c.item_id == items.c.id
            )
            horizon = progress.state.horizon
            if horizon:
                query = query.where(story_items.c.at >= horizon)
            kept = [_kept(row) for row in connection.execute(query.order_by(items.c.id))]
            parted: dict[str, list[tuple[int, int]]] = defaultdict(list)
            for row in connection.execute(select(partings)):
                parted[row.kind].append((row.one, row.other))
            tied = {(row.one, row.other): row.texts for row in connection.execute(select(ties))}
        return Resumed(progress, tuple(kept), tuple(parted["story"]), tuple(parted["copy"]), tied)

    def restand(self, tell: Tell) -> None:
        """Work out anew where the open stories stand: filters or weights may have changed."""
        with self._database.write() as connection:
            horizon = _progress(connection).state.horizon
            query = select(story_items.c.story_id).distinct()
            if horizon:
                query = query.where(story_items.c.at >= horizon)
            stand(connection, connection.execute(query).scalars().all(), tell)

    def record(self, grouped: Grouped, version: int, now: datetime, tell: Tell) -> int:
        """Store what was found of the stories as they were at ``version``; return the new version.

        Raises GroupingStale when they have changed since then; nothing is stored.
        """
        with self._database.write() as connection:
            before, after = _advance(connection, version, grouped)
            search.index(connection, before.last_item, after)
            fresh = {report.id for report in grouped.reports}
            final = {placement.item: placement.story for placement in grouped.placements}
            make_stories(connection, set(final.values()))
            _insert_members(connection, grouped, final)
            _link(connection, grouped, now)
            self._tie(connection, grouped.ties)
            note(connection, _entries(grouped, now))
            move(connection, {i: s for i, s in final.items() if i not in fresh}, tell)
            stand(connection, {final[item] for item in fresh}, tell)
            _close(connection, before.state.horizon, grouped.state.horizon)
        return version + 1

    def find(self, query: StoryQuery) -> list[Story]:
        """The stories that the query asks for, the highest rank first."""
        statement = _STORY.where(stories.c.rank.is_not(None))
        if query.since is not None:
            statement = statement.where(stories.c.last_at >= query.since)
        order = (stories.c.rank.desc(), stories.c.id)
        return self._read(statement.order_by(*order).limit(query.limit))

    def get(self, story_id: int) -> Story | None:
        """One story; the one that it was merged into, if it was; None when there is none."""
        query = select(stories.c.merged_into).where(stories.c.id == story_id)
        with self._database.read() as connection:
            into = connection.execute(query).scalar()
        if into is not None:
            return self.get(into)
        found = self._read(_STORY.where(stories.c.id == story_id))
        return found[0] if found else None

    def ledger(self, item_id: int) -> list[LedgerEntry]:
        """What was decided about an item, the first decision first."""
        return self.ledgers([item_id]).get(item_id, [])

    def ledgers(self, item_ids: Collection[int]) -> dict[int, list[LedgerEntry]]:
        """The same for several items; those about which nothing was decided are left out."""
        found: dict[int, list[LedgerEntry]] = defaultdict(list)
        with self._database.read() as connection:
            for part in chunks(list(item_ids)):
                query = select(ledger).where(ledger.c.item_id.in_(part)).order_by(ledger.c.id)
                for row in connection.execute(query):
                    found[row.item_id].append(_entry(row))
        return dict(found)

    def _tie(self, connection: Connection, counts: Mapping[tuple[str, str], int]) -> None:
        for part in chunks(list(counts.items())):
            rows = [{"one": a, "other": b, "texts": count} for (a, b), count in part]
            put = self._insert(ties).values(rows)
            key, now = [ties.c.one, ties.c.other], {"texts": put.excluded.texts}
            connection.execute(put.on_conflict_do_update(index_elements=key, set_=now))

    def _read(self, statement: Select[Any]) -> list[Story]:
        with self._database.read() as connection:
            horizon = _progress(connection).state.horizon
            rows = list(connection.execute(statement))
            members = _members(connection, [row.id for row in rows])
        return [to_story(row, members[row.id], horizon) for row in rows]


def _progress(connection: Connection) -> Progress:
    row = connection.execute(select(grouping)).one()
    state = State(row.next_story, row.reports, row.newest, row.horizon, tuple(row.touched))
    return Progress(row.version, row.last_item, state)


def _advance(connection: Connection, version: int, grouped: Grouped) -> tuple[Progress, int]:
    """Move the progress on; return what it was before, and up to which item it is now."""
    before = _progress(connection)
    if before.version != version:
        raise GroupingStale("the stories were changed meanwhile")
    state = grouped.state
    last = max((report.id for report in grouped.reports), default=before.last_item)
    connection.execute(
        update(grouping).values(
            version=version + 1,
            last_item=last,
            next_story=state.next_story,
            reports=state.count,
            newest=state.newest,
            horizon=state.horizon,
            touched=list(state.touched),
        )
    )
    return before, last


def _insert_members(connection: Connection, grouped: Grouped, final: dict[int, int]) -> None:
    kept = {one.report.id: one for one in grouped.kept}
    rows = []
    for report in grouped.reports:
        one = kept.get(report.id)
        rows.append(
            {
                "item_id": report.id,
                "story_id": final[report.id],
                "at": report.at,
                "is_pinned": False,
                "is_mute": bool(one and report.text and not one.report.text),
                # JSON has no numbers for keys.
                "edges": list(map(list, one.edges.items())) if one and one.edges else None,
                "vector": one.vector if one else None,
            }
        )
    if rows:
        connection.execute(insert(story_items), rows)


def _link(connection: Connection, grouped: Grouped, now: datetime) -> None:
    if grouped.links:
        rows = [{"key": link.item, "original": link.original} for link in grouped.links]
        connection.execute(_LINK, rows)
        edition.bump(connection, now)


def _entries(grouped: Grouped, now: datetime) -> list[LedgerEntry]:
    placed = [
        LedgerEntry(now, p.item, p.rule, story=p.story, evidence=p.evidence)
        for p in grouped.placements
    ]
    linked = [
        LedgerEntry(now, link.item, link.rule, other=link.original, evidence=link.evidence)
        for link in grouped.links
    ]
    return placed + linked


def _close(connection: Connection, before: datetime | None, horizon: datetime | None) -> None:
    """Forget what grouping needs no more of the reports that were closed just now."""
    if horizon is None or horizon == before:
        return
    closed = story_items.c.at < horizon
    if before is not None:
        closed = and_(closed, story_items.c.at >= before)
    connection.execute(update(story_items).where(closed).values(edges=None, vector=None))


def _members(connection: Connection, story_ids: Collection[int]) -> dict[int, list[int]]:
    found: dict[int, list[int]] = defaultdict(list)
    for part in chunks(list(story_ids)):
        query = (
            select(story_items.c.story_id, story_items.c.item_id)
            .join(items, items.c.id == story_items.c.item_id)
            .where(story_items.c.story_id.in_(part), *shown(items))
            .order_by(story_items.c.item_id)
        )
        for row in connection.execute(query):
            found[row.story_id].append(row.item_id)
    return found


def _entry(row: Any) -> LedgerEntry:
    return LedgerEntry(
        at=row.at,
        item=row.item_id,
        rule=row.rule,
        story=row.story_id,
        other=row.other_id,
        evidence=row.evidence,
        who=row.who,
    )


def _report(row: Any) -> Report:
    published = row.published_at or row.first_seen_at
    return Report(
        id=row.id,
        source=row.name,
        at=min(published, row.first_seen_at),
        language=row.language,
        title=row.title,
        text=row.text,
        url=row.canonical_url,
        copy_of=row.duplicate_of,
        is_dated=row.published_at is not None,
    )


def _kept(row: Any) -> Kept:
    # Its source may have dated it since: it stays where its time was when it was grouped.
    report = replace(_report(row), at=row.at, text="" if row.is_mute else row.text)
    return Kept(report, row.story_id, dict(row.edges or ()), row.vector, row.is_pinned)
