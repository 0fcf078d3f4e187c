"""What editors decide about stories; the program never overrides it.

Each method is one transaction: it moves the items, pins them where they were put, parts what was
taken from each other, and writes it down in the ledger.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, or_, select, update

from aggregator.domain import LedgerEntry
from aggregator.errors import RulingRefused
from aggregator.store import edition
from aggregator.store.database import Database, chunks
from aggregator.store.placing import Tell, changed, cover, move, note, stand, stories_of
from aggregator.store.schema import grouping, items, partings, story_items


class Rulings:
    """What the editor ``who`` decides ``now`` (aware UTC).

    Every method raises RulingRefused, having changed nothing, when it cannot be done.
    """

    def __init__(self, database: Database, tell: Tell, who: str, now: datetime) -> None:
        self._database = database
        self._tell = tell
        self._who = who
        self._now = now

    def merge(self, into: int, others: Collection[int]) -> None:
        """Make one story of several: all items go ``into`` the first."""
        if not others or into in others:
            raise RulingRefused("give a story, and one or more others to be merged into it")
        with self._database.write() as connection:
            target = _items_of(connection, into)
            moved = {i: story for story in others for i in _items_of(connection, story)}
            _join(connection, {*target, *moved})
            self._put(connection, moved, into, "merged")

    def split(self, item_ids: Collection[int]) -> int:
        """Make a story of its own of some items of a story; return its number."""
        with self._database.write() as connection:
            moved = _placed(connection, item_ids)
            rest = _rest(connection, moved)
            if len(set(moved.values())) > 1 or not rest:
                raise RulingRefused("give some, but not all, of the items of one story")
            new = int(connection.execute(select(grouping.c.next_story)).scalar_one())
            connection.execute(update(grouping).values(next_story=new + 1))
            _part(connection, moved, rest)
            self._put(connection, moved, new, "split")
        return new

    def move(self, item_ids: Collection[int], to: int) -> None:
        """Put items into another story."""
        with self._database.write() as connection:
            target = _items_of(connection, to)
            moved = {i: s for i, s in _placed(connection, item_ids).items() if s != to}
            if not moved:
                raise RulingRefused(f"story {to} has these items already")
            _part(connection, moved, _rest(connection, moved))
            _join(connection, {*target, *moved})
            self._put(connection, moved, to, "moved")

    def unlink(self, item_id: int) -> None:
        """Say that an item is no copy of the one that it is linked to."""
        with self._database.write() as connection:
            query = select(items.c.duplicate_of).where(items.c.id == item_id)
            original = connection.execute(query).scalar()
            if original is None:
                raise RulingRefused(f"item {item_id} is not linked to another as its copy")
            connection.execute(update(items).where(items.c.id == item_id).values(duplicate_of=None))
            _add_partings(connection, "copy", [(item_id, original)])
            note(connection, [self._entry(item_id, "unlinked", other=original)])
            stand(connection, stories_of(connection, [item_id]).values(), self._tell)
            edition.bump(connection, self._now)
            changed(connection)

    def cover(self, story_id: int, *, covered: bool = True) -> None:
        """Say that a story needs no more writing about, or that it does after all."""
        with self._database.write() as connection:
            _items_of(connection, story_id)
            cover(connection, story_id, self._tell, self._who, self._now, covered=covered)

    def _put(self, connection: Connection, moved: dict[int, int], to: int, rule: str) -> None:
        move(connection, dict.fromkeys(moved, to), self._tell)
        for part in chunks(list(moved)):
            connection.execute(
                update(story_items).where(story_items.c.item_id.in_(part)).values(is_pinned=True)
            )
        note(
            connection,
            [
                self._entry(item, rule, story=to, evidence={"from": story})
                for item, story in moved.items()
            ],
        )
        changed(connection)

    def _entry(self, item: int, rule: str, **what: Any) -> LedgerEntry:
        return LedgerEntry(self._now, item, rule, who=self._who, **what)


def _items_of(connection: Connection, story_id: int) -> list[int]:
    query = select(story_items.c.item_id).where(story_items.c.story_id == story_id)
    found = list(connection.execute(query.order_by(story_items.c.item_id)).scalars())
    if not found:
        raise RulingRefused(f"there is no story {story_id}, or it was merged into another")
    return found


def _placed(connection: Connection, item_ids: Collection[int]) -> dict[int, int]:
    found = stories_of(connection, item_ids)
    missing = sorted(set(item_ids) - set(found))
    if missing:
        raise RulingRefused(f"item {missing[0]} is not stored, or not grouped yet")
    return {item: found[item] for item in item_ids}


def _rest(connection: Connection, moved: dict[int, int]) -> dict[int, list[int]]:
    """What stays of the stories that items are taken from, by story."""
    rest = {}
    for story in set(moved.values()):
        left = [item for item in _items_of(connection, story) if item not in moved]
        if left:
            rest[story] = left
    return rest


def _part(connection: Connection, moved: dict[int, int], rest: dict[int, list[int]]) -> None:
    """These items and what they leave behind are never again one story by themselves."""
    pairs = [(item, left) for item, story in moved.items() for left in rest.get(story, ())]
    _add_partings(connection, "story", pairs)


def _add_partings(connection: Connection, kind: str, pairs: Iterable[tuple[int, int]]) -> None:
    wanted = {(min(pair), max(pair)) for pair in pairs}
    new = sorted(wanted - _partings(connection, kind, {item for pair in wanted for item in pair}))
    rows = [{"kind": kind, "one": one, "other": other} for one, other in new]
    if rows:
        connection.execute(insert(partings), rows)


def _join(connection: Connection, together: set[int]) -> None:
    """An editor put these together: who parted them before is overruled."""
    for one, other in _partings(connection, "story", together):
        if one in together and other in together:
            same = (partings.c.one == one, partings.c.other == other)
            connection.execute(delete(partings).where(partings.c.kind == "story", *same))


def _partings(connection: Connection, kind: str, among: set[int]) -> set[tuple[int, int]]:
    """The pairs of this kind that one of these items is in."""
    found = set[tuple[int, int]]()
    for part in chunks(sorted(among)):
        either = or_(partings.c.one.in_(part), partings.c.other.in_(part))
        query = select(partings.c.one, partings.c.other).where(partings.c.kind == kind, either)
        found |= {(row.one, row.other) for row in connection.execute(query)}
    return found
