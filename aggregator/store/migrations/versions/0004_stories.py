"""Stories: what grouping found, what it goes on from, and why."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from aggregator.store.types import Seconds, UtcDateTime

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_ItemId = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    grouping = op.create_table(
        "grouping",
        sa.Column("id", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("last_item", _ItemId, nullable=False),
        sa.Column("next_story", sa.Integer, nullable=False),
        sa.Column("reports", sa.Integer, nullable=False),
        sa.Column("newest", UtcDateTime),
        sa.Column("horizon", UtcDateTime),
        sa.Column("touched", sa.JSON, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_grouping"),
    )
    # The one row; the items that are there are grouped as if they came now, in their order.
    start = {"id": 1, "version": 0, "last_item": 0, "next_story": 1, "reports": 0, "touched": []}
    op.bulk_insert(grouping, [start])
    op.create_table(
        "stories",
        sa.Column("id", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("headline", _ItemId),
        sa.Column("first_at", UtcDateTime),
        sa.Column("last_at", UtcDateTime),
        sa.Column("spread", Seconds),
        sa.Column("sources", sa.JSON, nullable=False),
        sa.Column("languages", sa.JSON, nullable=False),
        sa.Column("rank", sa.Float),
        sa.Column("is_covered", sa.Boolean, nullable=False),
        sa.Column("merged_into", sa.Integer),
        sa.ForeignKeyConstraint(["headline"], ["items.id"], name="fk_stories_headline"),
        sa.ForeignKeyConstraint(["merged_into"], ["stories.id"], name="fk_stories_merged_into"),
        sa.PrimaryKeyConstraint("id", name="pk_stories"),
    )
    op.create_index("ix_stories_rank", "stories", ["rank"])
    op.create_table(
        "story_items",
        sa.Column("item_id", _ItemId, nullable=False),
        sa.Column("story_id", sa.Integer, nullable=False),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.Column("is_pinned", sa.Boolean, nullable=False),
        sa.Column("is_mute", sa.Boolean, nullable=False),
        sa.Column("edges", sa.JSON),
        sa.Column("vector", sa.LargeBinary),
        sa.ForeignKeyConstraint(["item_id"], ["items.id"], name="fk_story_items_item_id"),
        sa.ForeignKeyConstraint(["story_id"], ["stories.id"], name="fk_story_items_story_id"),
        sa.PrimaryKeyConstraint("item_id", name="pk_story_items"),
    )
    op.create_index("ix_story_items_story_id", "story_items", ["story_id"])
    op.create_index("ix_story_items_at", "story_items", ["at"])
    op.create_table(
        "partings",
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("one", _ItemId, nullable=False),
        sa.Column("other", _ItemId, nullable=False),
        sa.ForeignKeyConstraint(["one"], ["items.id"], name="fk_partings_one"),
        sa.ForeignKeyConstraint(["other"], ["items.id"], name="fk_partings_other"),
        sa.PrimaryKeyConstraint("kind", "one", "other", name="pk_partings"),
    )
    op.create_table(
        "ledger",
        sa.Column("id", _ItemId, nullable=False),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.Column("item_id", _ItemId, nullable=False),
        sa.Column("rule", sa.Text, nullable=False),
        sa.Column("story_id", sa.Integer),
        sa.Column("other_id", _ItemId),
        sa.Column("evidence", sa.JSON, nullable=False),
        sa.Column("who", sa.Text),
        sa.ForeignKeyConstraint(["item_id"], ["items.id"], name="fk_ledger_item_id"),
        sa.PrimaryKeyConstraint("id", name="pk_ledger"),
    )
    op.create_index("ix_ledger_item_id", "ledger", ["item_id"])


def downgrade() -> None:
    for table in ("ledger", "partings", "story_items", "stories", "grouping"):
        op.drop_table(table)
