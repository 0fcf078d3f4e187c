"""What finds an item again, what is held back, and what operators are told."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from aggregator.store.types import UtcDateTime

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name in ("article", "headline", "held"):
        op.add_column("items", sa.Column(name, sa.Text))
    # Whether readers see a change is found out by comparing what was said.
    op.drop_column("items", "visible_digest")
    op.create_index("ix_items_article", "items", ["article"])
    op.create_index("ix_items_headline", "items", ["headline"])
    held = sa.text("held IS NOT NULL")
    op.create_index(
        "ix_items_held", "items", ["source_id"], sqlite_where=held, postgresql_where=held
    )
    op.create_table(
        "notices",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("source_id", sa.Text, nullable=False),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.ForeignKeyConstraint(["source_id"], ["sources.id"], name="fk_notices_source_id"),
        sa.PrimaryKeyConstraint("id", name="pk_notices"),
    )
    op.create_index("ix_notices_at", "notices", ["at"])


def downgrade() -> None:
    op.drop_index("ix_notices_at", "notices")
    op.drop_table("notices")
    for name in ("held", "headline", "article"):
        op.drop_index(f"ix_items_{name}", "items")
        op.drop_column("items", name)
    op.add_column("items", sa.Column("visible_digest", sa.Text, nullable=False, server_default=""))
