"""WebSub subscriptions, and what hubs delivered and nobody has read yet."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import Connection, and_, delete, func, insert, or_, select, true, update

from aggregator.domain import Ping, PollState, Subscription
from aggregator.store.database import Database
from aggregator.store.schema import pings, poll_states, sources, subscriptions

_FIELDS = tuple(Subscription.__dataclass_fields__)


class Subscriptions:
    """The subscriptions of one database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def wanted(self, now: datetime, limit: int) -> list[tuple[PollState, Subscription | None]]:
        """Sources with a hub that is to be asked now: for the first time, anew because it is
        another one, because the lease runs out, or after a failure.
        """
        mine = subscriptions.c
        query = (
            select(poll_states.c.source_id, poll_states.c.url, poll_states.c.hub)
            .add_columns(poll_states.c.topic, *(mine[name].label(f"s_{name}") for name in _FIELDS))
            .join(sources, sources.c.id == poll_states.c.source_id)
            .outerjoin(subscriptions, mine.source_id == poll_states.c.source_id)
            .where(
                poll_states.c.hub.is_not(None),
                poll_states.c.gone_at.is_(None),
                sources.c.enabled,
                sources.c.removed_at.is_(None),
                or_(
                    mine.source_id.is_(None),
                    mine.retry_at <= now,
                    mine.hub != poll_states.c.hub,
                    and_(poll_states.c.topic.is_not(None), mine.topic != poll_states.c.topic),
                ),
            )
            .order_by(poll_states.c.source_id)
            .limit(limit)
        )
        with self._database.read() as connection:
            return [
                (
                    PollState(row.source_id, row.url, hub=row.hub, topic=row.topic),
                    Subscription(*(getattr(row, f"s_{name}") for name in _FIELDS))
                    if row.s_source_id
                    else None,
                )
                for row in connection.execute(query)
            ]

    def find(self, token: str) -> Subscription | None:
        """The subscription whose callback has this token."""
        query = select(*(subscriptions.c[name] for name in _FIELDS))
        with self._database.read() as connection:
            row = connection.execute(query.where(subscriptions.c.token == token)).one_or_none()
        return Subscription(*row) if row else None

    def put(self, subscription: Subscription) -> None:
        """Store a subscription as it is now; one that ended lets its source be polled again."""
        values = {name: getattr(subscription, name) for name in _FIELDS}
        key = subscription.source_id
        with self._database.write() as connection:
            mine = subscriptions.c.source_id == key
            done = connection.execute(update(subscriptions).where(mine).values(values))
            if done.rowcount == 0:
                connection.execute(insert(subscriptions).values(values))
            if subscription.lease_until is None:
                connection.execute(
                    update(poll_states)
                    .where(poll_states.c.source_id == key, poll_states.c.pushed)
                    .values(pushed=False, next_poll_at=None)
                )
            else:
                connection.execute(
                    update(poll_states).where(poll_states.c.source_id == key).values(pushed=True)
                )

    def deliver(self, ping: Ping) -> None:
        """Keep what a hub delivered until it is read."""
        with self._database.write() as connection:
            connection.execute(
                insert(pings).values(
                    source_id=ping.source_id,
                    received_at=ping.received_at,
                    content_type=ping.content_type,
                    body=ping.body,
                )
            )

    def waiting(self, limit: int) -> list[str]:
        """Sources that are enabled and that hubs delivered something of, the longest waiting first.

        Not those that are leased: they are being polled, or wait in a queue for it.
        """
        query = (
            select(pings.c.source_id)
            .join(sources, sources.c.id == pings.c.source_id)
            .join(poll_states, poll_states.c.source_id == pings.c.source_id)
            .where(
                sources.c.enabled,
                sources.c.removed_at.is_(None),
                poll_states.c.leased_by.is_(None),
            )
            .group_by(pings.c.source_id)
            .order_by(func.min(pings.c.id))
            .limit(limit)
        )
        with self._database.read() as connection:
            return list(connection.execute(query).scalars())

    def delivered(self, limit: int, *, of: Collection[str] | None = None) -> list[Ping]:
        """The oldest delivery of each source that is enabled, or of the named ones."""
        named = true() if of is None else pings.c.source_id.in_(list(of))
        first = select(func.min(pings.c.id)).where(named).group_by(pings.c.source_id)
        query = (
            select(*(pings.c[name] for name in Ping.__dataclass_fields__))
            .join(sources, sources.c.id == pings.c.source_id)
            .where(pings.c.id.in_(first), sources.c.enabled, sources.c.removed_at.is_(None))
            .order_by(pings.c.id)
            .limit(limit)
        )
        with self._database.read() as connection:
            return [Ping(*row) for row in connection.execute(query)]

    def forget(self, older_than: timedelta, now: datetime) -> None:
        """Drop deliveries that nobody read, such as those of sources that were removed."""
        with self._database.write() as connection:
            connection.execute(delete(pings).where(pings.c.received_at < now - older_than))


def end_for(connection: Connection, source_id: str, error: str, retry_at: datetime) -> None:
    """Note, in the transaction that found out, that a hub did not tell of something."""
    connection.execute(
        update(subscriptions)
        .where(subscriptions.c.source_id == source_id)
        .values(lease_until=None, error=error, retry_at=retry_at)
    )
    connection.execute(
        update(poll_states).where(poll_states.c.source_id == source_id).values(pushed=False)
    )
