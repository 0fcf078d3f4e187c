"""What polite polling has to remember."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from aggregator.store.types import Seconds, UtcDateTime

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    no_bytes = "X''" if op.get_bind().dialect.name == "sqlite" else "''"
    for column in (
        sa.Column("hub", sa.Text),
        sa.Column("topic", sa.Text),
        sa.Column("pushed", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.Column("moved_seen", sa.Integer, nullable=False, server_default="0"),
        sa.Column("address", sa.Text),
        sa.Column("full_at", UtcDateTime),
        sa.Column("newest_at", UtcDateTime),
        sa.Column("pace", Seconds),
        sa.Column("fresh_for", Seconds),
        sa.Column("hints", sa.JSON),
        sa.Column("seen", sa.LargeBinary, nullable=False, server_default=sa.text(no_bytes)),
        sa.Column("unreadable", sa.Text),
        sa.Column("entries", sa.Integer, nullable=False, server_default="0"),
        sa.Column("compared", sa.Integer, nullable=False, server_default="0"),
    ):
        op.add_column("poll_states", column)
    op.create_table(
        "gaps",
        sa.Column("source_id", sa.Text, nullable=False),
        sa.Column("before_at", UtcDateTime, nullable=False),
        sa.Column("after_at", UtcDateTime, nullable=False),
        sa.Column("filled", sa.Boolean, nullable=False),
        sa.ForeignKeyConstraint(["source_id"], ["sources.id"], name="fk_gaps_source_id"),
        sa.PrimaryKeyConstraint("source_id", "before_at", name="pk_gaps"),
    )
    op.create_table(
        "hosts",
        sa.Column("host", sa.Text, nullable=False),
        sa.Column("robots_at", UtcDateTime),
        sa.Column("robots", sa.Text),
        sa.Column("owner", sa.Text),
        sa.Column("spacing", Seconds),
        sa.Column("refused_at", UtcDateTime),
        sa.PrimaryKeyConstraint("host", name="pk_hosts"),
    )
    op.create_table(
        "subscriptions",
        sa.Column("source_id", sa.Text, nullable=False),
        sa.Column("hub", sa.Text, nullable=False),
        sa.Column("topic", sa.Text, nullable=False),
        sa.Column("token", sa.Text, nullable=False),
        sa.Column("secret", sa.Text, nullable=False),
        sa.Column("retry_at", UtcDateTime, nullable=False),
        sa.Column("lease_until", UtcDateTime),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("error", sa.Text),
        sa.ForeignKeyConstraint(["source_id"], ["sources.id"], name="fk_subscriptions_source_id"),
        sa.PrimaryKeyConstraint("source_id", name="pk_subscriptions"),
        sa.UniqueConstraint("token", name="uq_subscriptions_token"),
    )
    op.create_table(
        "pings",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("source_id", sa.Text, nullable=False),
        sa.Column("received_at", UtcDateTime, nullable=False),
        sa.Column("content_type", sa.Text, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.ForeignKeyConstraint(["source_id"], ["sources.id"], name="fk_pings_source_id"),
        sa.PrimaryKeyConstraint("id", name="pk_pings"),
    )


def downgrade() -> None:
    for table in ("pings", "subscriptions", "hosts", "gaps"):
        op.drop_table(table)
    for column in (
        *("compared", "entries", "unreadable", "seen", "hints", "fresh_for", "pace", "newest_at"),
        *("full_at", "address", "moved_seen", "pushed", "topic", "hub"),
    ):
        op.drop_column("poll_states", column)
