"""The tables of operations: what failed, what operators are told, how large it all is."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Date, ForeignKey, Index, Integer, Table, Text

from aggregator.store.schema import ItemId, metadata, sources
from aggregator.store.types import UtcDateTime

poll_errors = Table(
    "poll_errors",
    metadata,
    Column("id", ItemId, primary_key=True),
    Column("source_id", ForeignKey(sources.c.id), nullable=False),
    Column("first_at", UtcDateTime, nullable=False),
    Column("last_at", UtcDateTime, nullable=False),
    Column("times", Integer, nullable=False),
    Column("status", Integer),
    Column("text", Text, nullable=False),
    Index(None, "source_id", "id"),
)

incidents = Table(
    "incidents",
    metadata,
    Column("id", ItemId, primary_key=True),
    Column("source_id", ForeignKey(sources.c.id), nullable=False, index=True),
    Column("opened_at", UtcDateTime, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False, index=True),
    Column("cause", Text, nullable=False),
    Column("next_try_at", UtcDateTime),
    Column("replacement", Text),
    Column("resolved_at", UtcDateTime, index=True),
    # Feed readers know an incident by its number: it must not come back.
    sqlite_autoincrement=True,
)

alarms = Table(
    "alarms",
    metadata,
    Column("key", Text, primary_key=True),
    Column("since", UtcDateTime, nullable=False),
    Column("text", Text, nullable=False),
    Column("told_at", UtcDateTime),
    Column("cleared_at", UtcDateTime),
)

tokens = Table(
    "tokens",
    metadata,
    Column("name", Text, primary_key=True),
    Column("digest", Text, nullable=False, unique=True),
    Column("created_at", UtcDateTime, nullable=False),
)

sizes = Table(
    "sizes",
    metadata,
    Column("day", Date, primary_key=True),
    Column("bytes", BigInteger, nullable=False),
    Column("items", BigInteger, nullable=False),
)
