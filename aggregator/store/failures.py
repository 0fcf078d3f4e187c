"""What went wrong with polls: as many rows as there were different answers, not polls."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection, func, insert, or_, select, update

from aggregator.domain import PollError, PollResult, Trouble
from aggregator.store.database import Database
from aggregator.store.ops_schema import poll_errors
from aggregator.store.schema import poll_states
from aggregator.store.sources import Sources


class Failures:
    """The failures of one database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of_source(self, source_id: str, limit: int) -> list[PollError]:
        """What went wrong with a source, the last thing first."""
        mine = poll_errors.c
        query = (
            select(mine.first_at, mine.last_at, mine.times, mine.status, mine.text)
            .where(mine.source_id == source_id)
            .order_by(mine.id.desc())
            .limit(limit)
        )
        with self._database.read() as connection:
            return [PollError(*row) for row in connection.execute(query)]

    def troubles(self) -> list[Trouble]:
        """Every declared source with the time of its first failure since it last succeeded."""
        mine = poll_errors.c
        query = (
            select(mine.source_id, func.min(mine.first_at))
            .join(poll_states, poll_states.c.source_id == mine.source_id)
            .where(
                or_(
                    poll_states.c.succeeded_at.is_(None),
                    mine.last_at > poll_states.c.succeeded_at,
                )
            )
            .group_by(mine.source_id)
        )
        health = Sources(self._database).health()
        with self._database.read() as connection:
            since = {row[0]: row[1] for row in connection.execute(query)}
        return [Trouble(one, since.get(one.source.id)) for one in health]


def add(connection: Connection, results: Iterable[PollResult]) -> None:
    """Write down, in the transaction that records the polls, which of them failed."""
    for result in results:
        state = result.state
        if state.error is not None and result.ping is None and state.polled_at is not None:
            _add_one(connection, result)


def _add_one(connection: Connection, result: PollResult) -> None:
    state, mine = result.state, poll_errors.c
    last = connection.execute(
        select(mine.id, mine.last_at, mine.status, mine.text)
        .where(mine.source_id == state.source_id)
        .order_by(mine.id.desc())
        .limit(1)
    ).one_or_none()
    goes_on = last is not None and (state.succeeded_at is None or last.last_at > state.succeeded_at)
    if last is not None and goes_on and (last.status, last.text) == (state.status, state.error):
        connection.execute(
            update(poll_errors)
            .where(mine.id == last.id)
            .values(last_at=state.polled_at, times=mine.times + 1)
        )
        return
    connection.execute(
        insert(poll_errors).values(
            source_id=state.source_id,
            first_at=state.polled_at,
            last_at=state.polled_at,
            times=1,
            status=state.status,
            text=state.error,
        )
    )
