"""The tables of the desk: briefs, what they rest on, what was done with them, the archive of what
was published, and what editors have seen.
"""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Date,
    ForeignKey,
    ForeignKeyConstraint,
    Integer,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
)

from aggregator.store.schema import ItemId, editors, items, metadata, stories
from aggregator.store.types import UtcDateTime

briefs = Table(
    "briefs",
    metadata,
    Column("id", ItemId, primary_key=True),
    Column("uid", Text, nullable=False, unique=True),
    Column("author", Text, nullable=False),
    Column("state", Text, nullable=False, index=True),
    # The revision that it is now; a number that is never given twice.
    Column("version", Integer, nullable=False),
    Column("story_id", ForeignKey(stories.c.id), index=True),
    Column("created_at", UtcDateTime, nullable=False),
    Column("edited_at", UtcDateTime, nullable=False, index=True),
    Column("day", Date),
    Column("slug", Text),
    Column("publish_at", UtcDateTime, index=True),
    Column("published_at", UtcDateTime, index=True),
    Column("updated_at", UtcDateTime),
    Column("withdrawn_at", UtcDateTime, index=True),
    Column("reason", Text, nullable=False),
    # Rows are never deleted, so no address comes back, nor an id.
    UniqueConstraint("day", "slug"),
    sqlite_autoincrement=True,
)

brief_revisions = Table(
    "brief_revisions",
    metadata,
    Column("brief_id", ForeignKey(briefs.c.id), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("began_at", UtcDateTime, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("who", Text, nullable=False),
    # Something was done with it: the next save may not take its place.
    Column("is_sealed", Boolean, nullable=False),
    Column("headline", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("byline", Text, nullable=False),
    Column("kicker", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("picture", JSON(none_as_null=True)),
    Column("series", Text, index=True),
    Column("categories", JSON, nullable=False),
)

brief_citations = Table(
    "brief_citations",
    metadata,
    Column("brief_id", ItemId, primary_key=True, autoincrement=False),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("position", Integer, primary_key=True, autoincrement=False),
    # No foreign key: a citation outlives its item.
    Column("item_id", ItemId, nullable=False, index=True),
    Column("source", Text, nullable=False),
    Column("url", Text),
    Column("title", Text, nullable=False),
    Column("language", Text),
    Column("seen_at", UtcDateTime, nullable=False),
    ForeignKeyConstraint(
        ["brief_id", "number"], [brief_revisions.c.brief_id, brief_revisions.c.number]
    ),
)

# What readers find published briefs by: folded, and indexed as the items' text is.
brief_texts = Table(
    "brief_texts",
    metadata,
    Column("brief_id", ForeignKey(briefs.c.id), primary_key=True, autoincrement=False),
    Column("search", Text, nullable=False),
)

pictures = Table(
    "pictures",
    metadata,
    # Of the address, which may be longer than an index bears.
    Column("key", Text, primary_key=True),
    Column("url", Text, nullable=False),
    Column("digest", Text),
    Column("renditions", JSON, nullable=False),
    Column("error", Text),
    Column("attempts", Integer, nullable=False),
    Column("tried_at", UtcDateTime),
    Column("next_try_at", UtcDateTime, index=True),
)

corrections = Table(
    "corrections",
    metadata,
    Column("id", ItemId, primary_key=True),
    Column("brief_id", ForeignKey(briefs.c.id), nullable=False, index=True),
    Column("at", UtcDateTime, nullable=False),
    Column("note", Text, nullable=False),
    Column("who", Text, nullable=False),
)

alerts = Table(
    "alerts",
    metadata,
    Column("id", ItemId, primary_key=True),
    Column("brief_id", ForeignKey(briefs.c.id), nullable=False),
    Column("item_id", ItemId, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("kind", Text, nullable=False),
    Column("before", Integer, nullable=False),
    Column("after", Integer, nullable=False),
    Column("resolved_at", UtcDateTime, index=True),
    UniqueConstraint("brief_id", "item_id", "kind", "after"),
)

watches = Table(
    "watches",
    metadata,
    # The pages of cited reports, by address: two reports may be on one.
    Column("url", Text, primary_key=True),
    # None: it is gone, and not looked at any more.
    Column("next_at", UtcDateTime),
    Column("looked_at", UtcDateTime),
    Column("status", Integer),
    Column("misses", Integer, nullable=False),
    Column("etag", Text),
    Column("last_modified", Text),
    Column("gone_at", UtcDateTime),
)

article_texts = Table(
    "article_texts",
    metadata,
    # An article's text is kept no longer than its item.
    Column(
        "item_id",
        ForeignKey(items.c.id, ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
    ),
    Column("asked_at", UtcDateTime, nullable=False),
    Column("asked_by", Text, nullable=False),
    Column("leased_until", UtcDateTime),
    # When it came, or could not be had; None while it is waited for.
    Column("ended_at", UtcDateTime, index=True),
    Column("text", Text, nullable=False),
    Column("error", Text),
)

slots = Table(
    "slots",
    metadata,
    # Whose day a brief was begun for: a slot is one brief's.
    Column("series", Text, primary_key=True),
    Column("day", Date, primary_key=True),
    Column("brief_id", ForeignKey(briefs.c.id), nullable=False),
)

claims = Table(
    "claims",
    metadata,
    Column("story_id", ForeignKey(stories.c.id), primary_key=True, autoincrement=False),
    Column("who", Text, nullable=False),
    Column("since", UtcDateTime, nullable=False),
    Column("seen_at", UtcDateTime, nullable=False),
)

audit = Table(
    "audit",
    metadata,
    Column("id", ItemId, primary_key=True),
    Column("at", UtcDateTime, nullable=False),
    Column("who", Text),
    Column("action", Text, nullable=False),
    Column("brief_id", ItemId, index=True),
    Column("story_id", Integer),
    Column("detail", Text, nullable=False),
)

archives = Table(
    "archives",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("name", Text, nullable=False, unique=True),
    Column("last_item", ItemId, nullable=False),
    Column("last_at", UtcDateTime, nullable=False),
    Column("closed_at", UtcDateTime, nullable=False),
    Column("entries", LargeBinary, nullable=False),
)

looks = Table(
    "looks",
    metadata,
    Column("username", ForeignKey(editors.c.username), primary_key=True),
    Column("at", UtcDateTime, nullable=False),
    Column("next_story", Integer, nullable=False),
)

seen = Table(
    "seen",
    metadata,
    Column("username", ForeignKey(editors.c.username), primary_key=True),
    Column("story_id", ForeignKey(stories.c.id), primary_key=True),
    Column("seen_at", UtcDateTime, nullable=False),
    # The newest item that was in the story then. A time would not do: an item is stored some
    # seconds before it is put into a story.
    Column("last_item", ItemId, nullable=False),
)
