"""The first tables: sources, their poll states, items and their revisions."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import uuid4

import sqlalchemy as sa
from alembic import op

from aggregator.store.types import Seconds, UtcDateTime

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_ItemId = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    installation = op.create_table(
        "installation",
        sa.Column("id", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("uid", sa.Text, nullable=False),
        sa.Column("edition", sa.Integer, nullable=False),
        sa.Column("changed_at", UtcDateTime, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_installation"),
    )
    # The one row; its time is replaced by the first change.
    long_ago = datetime(2000, 1, 1, tzinfo=UTC)
    op.bulk_insert(
        installation, [{"id": 1, "uid": str(uuid4()), "edition": 0, "changed_at": long_ago}]
    )
    op.create_table(
        "sources",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("url", sa.Text, nullable=False),
        sa.Column("site", sa.Text),
        sa.Column("language", sa.Text),
        sa.Column("categories", sa.JSON, nullable=False),
        sa.Column("interval", Seconds),
        sa.Column("republish", sa.Text, nullable=False),
        sa.Column("include", sa.JSON, nullable=False),
        sa.Column("exclude", sa.JSON, nullable=False),
        sa.Column("enabled", sa.Boolean, nullable=False),
        sa.Column("weight", sa.Float, nullable=False),
        sa.Column("removed_at", UtcDateTime),
        sa.PrimaryKeyConstraint("id", name="pk_sources"),
    )
    op.create_table(
        "poll_states",
        sa.Column("source_id", sa.Text, nullable=False),
        sa.Column("url", sa.Text, nullable=False),
        sa.Column("etag", sa.Text),
        sa.Column("last_modified", sa.Text),
        sa.Column("body_digest", sa.Text),
        sa.Column("next_poll_at", UtcDateTime),
        sa.Column("polled_at", UtcDateTime),
        sa.Column("succeeded_at", UtcDateTime),
        sa.Column("changed_at", UtcDateTime),
        sa.Column("status", sa.Integer),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("error", sa.Text),
        sa.Column("moved_to", sa.Text),
        sa.Column("gone_at", UtcDateTime),
        sa.Column("feed_id", sa.Text),
        sa.Column("feed_site", sa.Text),
        sa.Column("leased_until", UtcDateTime),
        sa.Column("leased_by", sa.Text),
        sa.ForeignKeyConstraint(["source_id"], ["sources.id"], name="fk_poll_states_source_id"),
        sa.PrimaryKeyConstraint("source_id", name="pk_poll_states"),
    )
    op.create_index("ix_poll_states_next_poll_at", "poll_states", ["next_poll_at"])
    _create_items()
    op.create_table(
        "revisions",
        sa.Column("item_id", _ItemId, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.Column("url", sa.Text),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("summary", sa.Text, nullable=False),
        sa.Column("content", sa.Text, nullable=False),
        sa.Column("authors", sa.JSON, nullable=False),
        sa.Column("updated_at", UtcDateTime),
        sa.Column("picture", sa.JSON),
        sa.ForeignKeyConstraint(["item_id"], ["items.id"], name="fk_revisions_item_id"),
        sa.PrimaryKeyConstraint("item_id", "number", name="pk_revisions"),
    )


def _create_items() -> None:
    op.create_table(
        "items",
        sa.Column("id", _ItemId, nullable=False),
        sa.Column("source_id", sa.Text, nullable=False),
        sa.Column("identity", sa.Text, nullable=False),
        sa.Column("entry_id", sa.Text, nullable=False),
        sa.Column("guid", sa.Text),
        sa.Column("url", sa.Text),
        sa.Column("canonical_url", sa.Text),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("summary", sa.Text, nullable=False),
        sa.Column("content", sa.Text, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("search", sa.Text, nullable=False),
        sa.Column("authors", sa.JSON, nullable=False),
        sa.Column("categories", sa.JSON, nullable=False),
        sa.Column("language", sa.Text),
        sa.Column("published_at", UtcDateTime),
        sa.Column("updated_at", UtcDateTime),
        sa.Column("first_seen_at", UtcDateTime, nullable=False),
        sa.Column("revised_at", UtcDateTime),
        sa.Column("sort_at", UtcDateTime, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("visible_digest", sa.Text, nullable=False),
        sa.Column("duplicate_of", _ItemId),
        sa.Column("excluded_by", sa.Text),
        sa.Column("picture", sa.JSON),
        sa.ForeignKeyConstraint(["duplicate_of"], ["items.id"], name="fk_items_duplicate_of"),
        sa.ForeignKeyConstraint(["source_id"], ["sources.id"], name="fk_items_source_id"),
        sa.PrimaryKeyConstraint("id", name="pk_items"),
        sa.UniqueConstraint("entry_id", name="uq_items_entry_id"),
        sa.UniqueConstraint("source_id", "identity", name="uq_items_source_id_identity"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_items_canonical_url", "items", ["canonical_url"])
    op.create_index("ix_items_duplicate_of", "items", ["duplicate_of"])
    op.create_index("ix_items_sort_at_id", "items", ["sort_at", "id"])
    op.create_index("ix_items_source_id_guid", "items", ["source_id", "guid"])


def downgrade() -> None:
    for table in ("revisions", "items", "poll_states", "sources", "installation"):
        op.drop_table(table)
