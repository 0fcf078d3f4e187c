"""After publishing: pages that are looked at again, articles for reading, slots that are taken."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from aggregator.store.types import UtcDateTime

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_Id = sa.BigInteger().with_variant(sa.Integer, "sqlite")
_ONCE = "uq_alerts_brief_id_item_id_after"
_ONCE_EACH = "uq_alerts_brief_id_item_id_kind_after"


def upgrade() -> None:
    op.add_column(
        "sources", sa.Column("article", sa.Boolean, nullable=False, server_default=sa.false())
    )
    op.add_column("items", sa.Column("corrected_at", UtcDateTime))
    with op.batch_alter_table("alerts") as alerts:
        alerts.drop_constraint(_ONCE, type_="unique")
        alerts.create_unique_constraint(_ONCE_EACH, ["brief_id", "item_id", "kind", "after"])
    op.create_table(
        "watches",
        sa.Column("url", sa.Text, nullable=False),
        sa.Column("next_at", UtcDateTime),
        sa.Column("looked_at", UtcDateTime),
        sa.Column("status", sa.Integer),
        sa.Column("misses", sa.Integer, nullable=False),
        sa.Column("etag", sa.Text),
        sa.Column("last_modified", sa.Text),
        sa.Column("gone_at", UtcDateTime),
        sa.PrimaryKeyConstraint("url", name="pk_watches"),
    )
    op.create_table(
        "article_texts",
        sa.Column("item_id", _Id, autoincrement=False, nullable=False),
        sa.Column("asked_at", UtcDateTime, nullable=False),
        sa.Column("asked_by", sa.Text, nullable=False),
        sa.Column("leased_until", UtcDateTime),
        sa.Column("ended_at", UtcDateTime),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("error", sa.Text),
        sa.ForeignKeyConstraint(
            ["item_id"], ["items.id"], name="fk_article_texts_item_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("item_id", name="pk_article_texts"),
    )
    op.create_index("ix_article_texts_ended_at", "article_texts", ["ended_at"])
    op.create_table(
        "slots",
        sa.Column("series", sa.Text, nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("brief_id", _Id, nullable=False),
        sa.ForeignKeyConstraint(["brief_id"], ["briefs.id"], name="fk_slots_brief_id"),
        sa.PrimaryKeyConstraint("series", "day", name="pk_slots"),
    )


def downgrade() -> None:
    for table in ("slots", "article_texts", "watches"):
        op.drop_table(table)
    op.execute("DELETE FROM alerts WHERE kind = 'gone'")
    with op.batch_alter_table("alerts") as alerts:
        alerts.drop_constraint(_ONCE_EACH, type_="unique")
        alerts.create_unique_constraint(_ONCE, ["brief_id", "item_id", "after"])
    op.drop_column("items", "corrected_at")
    op.drop_column("sources", "article")
