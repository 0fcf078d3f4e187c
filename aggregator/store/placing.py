"""Which story an item is in, and what that makes of stories: shared by grouping and editors."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select, update

from aggregator.domain import LedgerEntry, Member, Standing
from aggregator.store.database import chunks
from aggregator.store.schema import grouping, items, ledger, sources, stories, story_items

Tell = Callable[[Sequence[Member], bool], Standing]
"""(the story's members, whether it is covered) → its standing."""

_NOWHERE: dict[str, Any] = {
    "headline": None,
    "first_at": None,
    "last_at": None,
    "spread": None,
    "sources": [],
    "languages": [],
    "rank": None,
}
_MOVE = (
    update(story_items)
    .where(story_items.c.item_id == bindparam("key"))
    .values(story_id=bindparam("story"))
)
_STAND = (
    update(stories)
    .where(stories.c.id == bindparam("key"))
    .values({name: bindparam(name) for name in (*_NOWHERE, "merged_into")})
)
_MEMBERS = (
    select(
        story_items.c.story_id,
        story_items.c.item_id,
        story_items.c.at,
        items.c.source_id,
        items.c.language,
        items.c.duplicate_of,
        items.c.excluded_by,
        items.c.held,
        sources.c.weight,
    )
    .join(items, items.c.id == story_items.c.item_id)
    .join(sources, sources.c.id == items.c.source_id)
)


def stories_of(connection: Connection, item_ids: Collection[int]) -> dict[int, int]:
    """The story of each of these items that has one."""
    found: dict[int, int] = {}
    for part in chunks(list(item_ids)):
        query = select(story_items.c.item_id, story_items.c.story_id)
        found |= {
            row.item_id: row.story_id
            for row in connection.execute(query.where(story_items.c.item_id.in_(part)))
        }
    return found


def make_stories(connection: Connection, story_ids: Collection[int]) -> None:
    """Make those of the stories that are not there yet, empty."""
    known = set[int]()
    for part in chunks(list(story_ids)):
        known |= set(
            connection.execute(select(stories.c.id).where(stories.c.id.in_(part))).scalars()
        )
    new = [
        _NOWHERE | {"id": story, "is_covered": False, "merged_into": None}
        for story in sorted(set(story_ids) - known)
    ]
    if new:
        connection.execute(insert(stories), new)


def move(connection: Connection, moves: Mapping[int, int], tell: Tell) -> None:
    """Put stored members into other stories, and let all that are touched stand where they should.

    A story that is left without items says into which one most of them went.
    """
    before = stories_of(connection, moves)
    make_stories(connection, set(moves.values()))
    rows = [{"key": item, "story": story} for item, story in moves.items()]
    if rows:
        connection.execute(_MOVE, rows)
    went: dict[int, Counter[int]] = defaultdict(Counter)
    for item, story in before.items():
        went[story][moves[item]] += 1
    heirs = {story: counts.most_common(1)[0][0] for story, counts in went.items()}
    stand(connection, {*moves.values(), *heirs}, tell, heirs)


def stand(
    connection: Connection,
    story_ids: Iterable[int],
    tell: Tell,
    heirs: Mapping[int, int] | None = None,
) -> None:
    """Work out anew where these stories stand; the empty ones are merged into their heirs."""
    wanted = sorted(set(story_ids))
    members: dict[int, list[Member]] = defaultdict(list)
    filled = set[int]()
    covered: dict[int, bool] = {}
    for part in chunks(wanted):
        for row in connection.execute(_MEMBERS.where(story_items.c.story_id.in_(part))):
            filled.add(row.story_id)
            if row.excluded_by is None and row.held is None:
                members[row.story_id].append(_member(row))
        flags = select(stories.c.id, stories.c.is_covered).where(stories.c.id.in_(part))
        covered |= {row.id: row.is_covered for row in connection.execute(flags)}
    rows = []
    for story in wanted:
        shown = members.get(story)
        values = _standing(tell(shown, covered[story])) if shown else _NOWHERE
        heir = None if story in filled else (heirs or {}).get(story)
        rows.append(values | {"key": story, "merged_into": heir})
    if rows:
        connection.execute(_STAND, rows)


def changed(connection: Connection) -> None:
    """Let a grouping that is at work know that it has to look again."""
    connection.execute(update(grouping).values(version=grouping.c.version + 1))


def cover(
    connection: Connection,
    story_id: int,
    tell: Tell,
    who: str,
    now: datetime,
    *,
    covered: bool = True,
) -> None:
    """Say that there is nothing left to write about a story, or that there is after all."""
    connection.execute(update(stories).where(stories.c.id == story_id).values(is_covered=covered))
    query = select(story_items.c.item_id).where(story_items.c.story_id == story_id)
    members = connection.execute(query.order_by(story_items.c.item_id)).scalars()
    rule = "covered" if covered else "uncovered"
    note(connection, [LedgerEntry(now, item, rule, story=story_id, who=who) for item in members])
    stand(connection, [story_id], tell)


def heir(connection: Connection, story_id: int) -> int:
    """The story that this one was merged into in the end, if it was; else itself."""
    into = connection.execute(select(stories.c.merged_into).where(stories.c.id == story_id))
    found = into.scalar()
    return story_id if found is None else heir(connection, found)


def note(connection: Connection, entries: Iterable[LedgerEntry]) -> None:
    """Write down what was decided, and why."""
    rows = [
        {
            "at": entry.at,
            "item_id": entry.item,
            "rule": entry.rule,
            "story_id": entry.story,
            "other_id": entry.other,
            "evidence": dict(entry.evidence),
            "who": entry.who,
        }
        for entry in entries
    ]
    if rows:
        connection.execute(insert(ledger), rows)


def _member(row: Any) -> Member:
    return Member(
        item=row.item_id,
        at=row.at,
        source=row.source_id,
        weight=row.weight,
        language=row.language,
        is_copy=row.duplicate_of is not None,
    )


def _standing(standing: Standing) -> dict[str, Any]:
    return {
        "headline": standing.headline,
        "first_at": standing.first_at,
        "last_at": standing.last_at,
        "spread": standing.spread,
        "sources": list(standing.sources),
        "languages": list(standing.languages),
        "rank": standing.rank,
    }
