"""Operations: failures, incidents, alarms, private tokens, sizes; items whose text was pruned."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from aggregator.store.types import UtcDateTime

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_ItemId = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    op.add_column("items", sa.Column("pruned_at", UtcDateTime))
    op.create_table(
        "poll_errors",
        sa.Column("id", _ItemId, nullable=False),
        sa.Column("source_id", sa.Text, nullable=False),
        sa.Column("first_at", UtcDateTime, nullable=False),
        sa.Column("last_at", UtcDateTime, nullable=False),
        sa.Column("times", sa.Integer, nullable=False),
        sa.Column("status", sa.Integer),
        sa.Column("text", sa.Text, nullable=False),
        sa.ForeignKeyConstraint(["source_id"], ["sources.id"], name="fk_poll_errors_source_id"),
        sa.PrimaryKeyConstraint("id", name="pk_poll_errors"),
    )
    op.create_index("ix_poll_errors_source_id_id", "poll_errors", ["source_id", "id"])
    op.create_table(
        "incidents",
        sa.Column("id", _ItemId, nullable=False),
        sa.Column("source_id", sa.Text, nullable=False),
        sa.Column("opened_at", UtcDateTime, nullable=False),
        sa.Column("updated_at", UtcDateTime, nullable=False),
        sa.Column("cause", sa.Text, nullable=False),
        sa.Column("next_try_at", UtcDateTime),
        sa.Column("replacement", sa.Text),
        sa.Column("resolved_at", UtcDateTime),
        sa.ForeignKeyConstraint(["source_id"], ["sources.id"], name="fk_incidents_source_id"),
        sa.PrimaryKeyConstraint("id", name="pk_incidents"),
        sqlite_autoincrement=True,
    )
    for column in ("source_id", "updated_at", "resolved_at"):
        op.create_index(f"ix_incidents_{column}", "incidents", [column])
    op.create_table(
        "alarms",
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("since", UtcDateTime, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("told_at", UtcDateTime),
        sa.Column("cleared_at", UtcDateTime),
        sa.PrimaryKeyConstraint("key", name="pk_alarms"),
    )
    op.create_table(
        "tokens",
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_tokens"),
        sa.UniqueConstraint("digest", name="uq_tokens_digest"),
    )
    op.create_table(
        "sizes",
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("bytes", sa.BigInteger, nullable=False),
        sa.Column("items", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("day", name="pk_sizes"),
    )


def downgrade() -> None:
    for table in ("sizes", "tokens", "alarms", "incidents", "poll_errors"):
        op.drop_table(table)
    op.drop_column("items", "pruned_at")
