"""The archive of what was published, and items by when they were last seen to change."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from aggregator.store.types import UtcDateTime

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_ItemId = sa.BigInteger().with_variant(sa.Integer, "sqlite")
_REVISED = sa.text("revised_at IS NOT NULL")


def upgrade() -> None:
    op.create_table(
        "archives",
        sa.Column("number", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("last_item", _ItemId, nullable=False),
        sa.Column("last_at", UtcDateTime, nullable=False),
        sa.Column("closed_at", UtcDateTime, nullable=False),
        sa.Column("entries", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_archives"),
        sa.UniqueConstraint("name", name="uq_archives_name"),
    )
    op.create_index(
        "ix_items_revised_at", "items", ["revised_at"],
        sqlite_where=_REVISED, postgresql_where=_REVISED,
    )  # fmt: skip


def downgrade() -> None:
    op.drop_index("ix_items_revised_at", "items")
    op.drop_table("archives")
