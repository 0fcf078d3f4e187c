"""Claims: who is at work on which story, so that nobody else begins."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from aggregator.domain import AuditEntry, Claim
from aggregator.errors import DeskRefused
from aggregator.store import audit
from aggregator.store.database import Database
from aggregator.store.desk_schema import claims
from aggregator.store.schema import stories

IDLE = timedelta(minutes=30)
"""A claim lapses when its editor was not seen at the story for so long."""


class Claims:
    """The claims of one database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def held(self, now: datetime) -> dict[int, Claim]:
        """The claims that hold, by story."""
        query = select(claims).where(claims.c.seen_at > now - IDLE)
        with self._database.read() as connection:
            return {row.story_id: _claim(row) for row in connection.execute(query)}

    def claim(self, story_id: int, who: str, now: datetime, *, take_over: bool = False) -> Claim:
        """Claim a story, or go on with it; return the claim.

        Raises DeskRefused when another editor has it (unless it is to be taken over), or when
        there is no such story.
        """
        with self._database.write() as connection:
            held = _held(connection, story_id, now)
            if held and held.who == who:
                touch(connection, story_id, who, now)
                return Claim(story_id, who, held.since, now)
            if held and not take_over:
                raise DeskRefused({"claim": f"{held.who} is at work on it"})
            if not connection.execute(select(stories.c.id).where(stories.c.id == story_id)).first():
                raise DeskRefused({"story": f"there is no story {story_id}"})
            drop(connection, story_id)
            connection.execute(
                insert(claims).values(story_id=story_id, who=who, since=now, seen_at=now)
            )
            detail = f"from {held.who}" if held else ""
            audit.note(connection, AuditEntry(now, who, "claimed", story=story_id, detail=detail))
        return Claim(story_id, who, now, now)

    def seen(self, story_id: int, who: str, now: datetime) -> bool:
        """The editor is still at work: their claim does not lapse. Whether they have one."""
        with self._database.write() as connection:
            return touch(connection, story_id, who, now)

    def release(self, story_id: int, who: str, now: datetime) -> None:
        """Give up a claim, if it is the editor's."""
        with self._database.write() as connection:
            give_up(connection, story_id, who, now)


def touch(connection: Connection, story_id: int, who: str, now: datetime) -> bool:
    """Prolong the editor's claim, as long as it has not lapsed; whether there is one."""
    own = (claims.c.story_id == story_id, claims.c.who == who, claims.c.seen_at > now - IDLE)
    return connection.execute(update(claims).where(*own).values(seen_at=now)).rowcount > 0


def give_up(connection: Connection, story_id: int, who: str, now: datetime) -> None:
    """End a claim, if it is the editor's."""
    held = _held(connection, story_id, now)
    if held and held.who == who:
        drop(connection, story_id)
        audit.note(connection, AuditEntry(now, who, "released", story=story_id))


def drop(connection: Connection, story_id: int) -> None:
    """Nobody has the story any more."""
    connection.execute(delete(claims).where(claims.c.story_id == story_id))


def _held(connection: Connection, story_id: int, now: datetime) -> Claim | None:
    query = select(claims).where(claims.c.story_id == story_id, claims.c.seen_at > now - IDLE)
    row = connection.execute(query).one_or_none()
    return _claim(row) if row else None


def _claim(row: Any) -> Claim:
    return Claim(row.story_id, row.who, row.since, row.seen_at)
