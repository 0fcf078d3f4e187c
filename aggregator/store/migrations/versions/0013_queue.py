"""Polls through a queue: what is due and what is leased is found at once; whose turn a host is."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from aggregator.store.types import UtcDateTime

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_FREE = sa.text("leased_by IS NULL AND gone_at IS NULL")
_LEASED = sa.text("leased_by IS NOT NULL")
# These rows are written at every poll. Vacuum must not wait for a fifth of millions of them: what
# is dead in the index of due sources is what the scheduler reads first.
_OFTEN = "autovacuum_vacuum_scale_factor = 0.01"


def upgrade() -> None:
    op.create_index(
        "ix_poll_states_due", "poll_states", ["next_poll_at"],
        sqlite_where=_FREE, postgresql_where=_FREE,
    )  # fmt: skip
    op.create_index(
        "ix_poll_states_leased", "poll_states", ["leased_by"],
        sqlite_where=_LEASED, postgresql_where=_LEASED,
    )  # fmt: skip
    op.create_table(
        "host_turns",
        sa.Column("owner", sa.Text, nullable=False),
        sa.Column("free_at", UtcDateTime, nullable=False),
        sa.Column("leased_until", UtcDateTime),
        sa.Column("leased_by", sa.Text),
        sa.PrimaryKeyConstraint("owner", name="pk_host_turns"),
    )
    op.create_index("ix_host_turns_leased_by", "host_turns", ["leased_by"])
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"ALTER TABLE poll_states SET (fillfactor = 70, {_OFTEN})")
        op.execute(f"ALTER TABLE host_turns SET ({_OFTEN})")


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE poll_states RESET (fillfactor, autovacuum_vacuum_scale_factor)")
    op.drop_table("host_turns")
    op.drop_index("ix_poll_states_leased", "poll_states")
    op.drop_index("ix_poll_states_due", "poll_states")
