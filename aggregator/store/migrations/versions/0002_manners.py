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
    for column in (
        sa.Column("moved_seen", sa.Integer, nullable=False, server_default="0"),
        sa.Column("address", sa.Text),
        sa.Column("full_at", UtcDateTime),
        sa.Column("newest_at", UtcDateTime),
        sa.Column("pace", Seconds),
        sa.Column("fresh_for", Seconds),
        sa.Column("hints", sa.JSON),
        sa.Column("seen", sa.LargeBinary, nullable=False, server_default=sa.text("''")),
        sa.Column("poison", sa.Text),
    ):
        op.add_column("poll_states", column)
