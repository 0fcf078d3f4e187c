"""The tables of the wire and of stories, as the newest migration leaves them (a test compares the
two); the desk's are in :mod:`aggregator.store.desk_schema`, the operators' in
:mod:`aggregator.store.ops_schema`.
"""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    Float,
    ForeignKey,
    FromClause,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from aggregator.store.types import Seconds, UtcDateTime

SCHEMA = "0014"
"""The migration that this code is written for."""

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

ItemId = BigInteger().with_variant(Integer, "sqlite")
_HELD = text("held IS NOT NULL")
_REVISED = text("revised_at IS NOT NULL")

installation = Table(
    "installation",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("uid", Text, nullable=False),
    Column("edition", Integer, nullable=False),
    Column("changed_at", UtcDateTime, nullable=False),
)

sources = Table(
    "sources",
    metadata,
    Column("id", Text, primary_key=True),
    Column("position", Integer, nullable=False),
    Column("name", Text, nullable=False),
    Column("url", Text, nullable=False),
    Column("site", Text),
    Column("language", Text),
    Column("categories", JSON, nullable=False),
    Column("interval", Seconds),
    Column("republish", Text, nullable=False),
    Column("include", JSON, nullable=False),
    Column("exclude", JSON, nullable=False),
    Column("enabled", Boolean, nullable=False),
    Column("weight", Float, nullable=False),
    Column("auth", Text),
    Column("article", Boolean, nullable=False, default=False),
    Column("removed_at", UtcDateTime),
)

poll_states = Table(
    "poll_states",
    metadata,
    Column("source_id", ForeignKey(sources.c.id), primary_key=True),
    Column("url", Text, nullable=False),
    Column("etag", Text),
    Column("last_modified", Text),
    Column("body_digest", Text),
    Column("next_poll_at", UtcDateTime, index=True),
    Column("polled_at", UtcDateTime),
    Column("succeeded_at", UtcDateTime),
    Column("changed_at", UtcDateTime),
    Column("status", Integer),
    Column("failures", Integer, nullable=False, default=0),
    Column("error", Text),
    Column("moved_to", Text),
    Column("gone_at", UtcDateTime),
    Column("feed_id", Text),
    Column("feed_site", Text),
    Column("hub", Text),
    Column("topic", Text),
    Column("pushed", Boolean, nullable=False, default=False),
    Column("moved_seen", Integer, nullable=False, default=0),
    Column("address", Text),
    Column("full_at", UtcDateTime),
    Column("newest_at", UtcDateTime),
    Column("pace", Seconds),
    Column("fresh_for", Seconds),
    Column("hints", JSON(none_as_null=True)),
    Column("seen", LargeBinary, nullable=False, default=b""),
    Column("unreadable", Text),
    Column("entries", Integer, nullable=False, default=0),
    Column("compared", Integer, nullable=False, default=0),
    Column("leased_until", UtcDateTime),
    Column("leased_by", Text),
)

gaps = Table(
    "gaps",
    metadata,
    Column("source_id", ForeignKey(sources.c.id), primary_key=True),
    Column("before_at", UtcDateTime, primary_key=True),
    Column("after_at", UtcDateTime, nullable=False),
    Column("filled", Boolean, nullable=False),
)

subscriptions = Table(
    "subscriptions",
    metadata,
    Column("source_id", ForeignKey(sources.c.id), primary_key=True),
    Column("hub", Text, nullable=False),
    Column("topic", Text, nullable=False),
    Column("token", Text, nullable=False, unique=True),
    Column("secret", Text, nullable=False),
    Column("retry_at", UtcDateTime, nullable=False),
    Column("lease_until", UtcDateTime),
    Column("failures", Integer, nullable=False),
    Column("error", Text),
)

pings = Table(
    "pings",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("source_id", ForeignKey(sources.c.id), nullable=False),
    Column("received_at", UtcDateTime, nullable=False),
    Column("content_type", Text, nullable=False),
    Column("body", LargeBinary, nullable=False),
)

notices = Table(
    "notices",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("source_id", ForeignKey(sources.c.id), nullable=False),
    Column("at", UtcDateTime, nullable=False, index=True),
    Column("kind", Text, nullable=False),
    Column("text", Text, nullable=False),
)

hosts = Table(
    "hosts",
    metadata,
    Column("host", Text, primary_key=True),
    Column("robots_at", UtcDateTime),
    Column("robots", Text),
    Column("owner", Text),
    Column("spacing", Seconds),
    Column("refused_at", UtcDateTime),
)

items = Table(
    "items",
    metadata,
    Column("id", ItemId, primary_key=True),
    Column("source_id", ForeignKey(sources.c.id), nullable=False),
    Column("identity", Text, nullable=False),
    Column("entry_id", Text, nullable=False, unique=True),
    Column("guid", Text),
    Column("url", Text),
    Column("canonical_url", Text, index=True),
    Column("article", Text, index=True),
    Column("headline", Text, index=True),
    Column("title", Text, nullable=False),
    Column("summary", Text, nullable=False),
    Column("content", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("search", Text, nullable=False),
    Column("authors", JSON, nullable=False),
    Column("categories", JSON, nullable=False),
    Column("language", Text),
    Column("published_at", UtcDateTime),
    Column("updated_at", UtcDateTime),
    Column("first_seen_at", UtcDateTime, nullable=False),
    Column("revised_at", UtcDateTime),
    # When a revision last said of itself that it corrects what was wrong.
    Column("corrected_at", UtcDateTime),
    Column("sort_at", UtcDateTime, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("digest", Text, nullable=False),
    Column("duplicate_of", ForeignKey("items.id"), index=True),
    Column("excluded_by", Text),
    Column("held", Text),
    Column("picture", JSON(none_as_null=True)),
    # Since when only the beginning of its text is kept.
    Column("pruned_at", UtcDateTime),
    UniqueConstraint("source_id", "identity"),
    Index(None, "source_id", "guid"),
    Index(None, "sort_at", "id"),
    # Few are held, and they are counted at every look at the sources.
    Index("ix_items_held", "source_id", sqlite_where=_HELD, postgresql_where=_HELD),
    Index("ix_items_revised_at", "revised_at", sqlite_where=_REVISED, postgresql_where=_REVISED),
    # What items are found by is made by migration 0007: item_words (FTS5) in SQLite, the index
    # ix_items_words in PostgreSQL (store/search.py).
    # An id must never come back after a deletion: it is what citations point at.
    sqlite_autoincrement=True,
)


def shown(table: FromClause) -> tuple[ColumnElement[bool], ...]:
    """What an item must be for readers to see it; ``table`` is that of the items, or its alias."""
    return table.c.excluded_by.is_(None), table.c.held.is_(None)


revisions = Table(
    "revisions",
    metadata,
    Column("item_id", ForeignKey(items.c.id), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("at", UtcDateTime, nullable=False),
    Column("url", Text),
    Column("title", Text, nullable=False),
    Column("summary", Text, nullable=False),
    Column("content", Text, nullable=False),
    Column("authors", JSON, nullable=False),
    Column("updated_at", UtcDateTime),
    Column("picture", JSON(none_as_null=True)),
)

grouping = Table(
    "grouping",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("version", Integer, nullable=False),
    Column("last_item", ItemId, nullable=False),
    Column("next_story", Integer, nullable=False),
    Column("reports", Integer, nullable=False),
    Column("newest", UtcDateTime),
    Column("horizon", UtcDateTime),
    # The items that wait for a repair.
    Column("touched", JSON, nullable=False),
)

stories = Table(
    "stories",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("headline", ForeignKey(items.c.id)),
    Column("first_at", UtcDateTime),
    Column("last_at", UtcDateTime),
    Column("spread", Seconds),
    Column("sources", JSON, nullable=False),
    Column("languages", JSON, nullable=False),
    # None: it has no item that may be shown.
    Column("rank", Float, index=True),
    Column("is_covered", Boolean, nullable=False),
    # Where most of its items went when none was left.
    Column("merged_into", ForeignKey("stories.id")),
)

story_items = Table(
    "story_items",
    metadata,
    Column("item_id", ForeignKey(items.c.id), primary_key=True),
    Column("story_id", ForeignKey(stories.c.id), nullable=False, index=True),
    Column("at", UtcDateTime, nullable=False, index=True),
    Column("is_pinned", Boolean, nullable=False),
    # Its text was no evidence when it was compared.
    Column("is_mute", Boolean, nullable=False),
    # What grouping goes on from, as long as the report is open.
    Column("edges", JSON(none_as_null=True)),
    Column("vector", LargeBinary),
)

partings = Table(
    "partings",
    metadata,
    Column("kind", Text, primary_key=True),
    Column("one", ForeignKey(items.c.id), primary_key=True),
    Column("other", ForeignKey(items.c.id), primary_key=True),
)

ties = Table(
    "ties",
    metadata,
    # The names of two sources, in order; of one twice: all that it brought.
    Column("one", Text, primary_key=True),
    Column("other", Text, primary_key=True),
    Column("texts", Integer, nullable=False),
)

ledger = Table(
    "ledger",
    metadata,
    Column("id", ItemId, primary_key=True),
    Column("at", UtcDateTime, nullable=False),
    Column("item_id", ForeignKey(items.c.id), nullable=False, index=True),
    Column("rule", Text, nullable=False),
    Column("story_id", Integer),
    Column("other_id", ItemId),
    Column("evidence", JSON, nullable=False),
    Column("who", Text),
)

editors = Table(
    "editors",
    metadata,
    Column("username", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("initials", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("password", Text, nullable=False),  # its argon2id hash
    Column("created_at", UtcDateTime, nullable=False),
    Column("disabled_at", UtcDateTime),
)

sessions = Table(
    "sessions",
    metadata,
    Column("key", Text, primary_key=True),
    Column("username", ForeignKey(editors.c.username), nullable=False, index=True),
    Column("csrf", Text, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("seen_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
)

attempts = Table(
    "attempts",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", UtcDateTime, nullable=False, index=True),
    Column("address", Text, nullable=False),
    Column("username", Text, nullable=False),
)
