"""Briefs: their wording and its revisions, what they rest on, who did what, who is at work."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from aggregator.store.types import UtcDateTime

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_Id = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    _make_briefs()
    _make_revisions()
    _make_what_happened()


def downgrade() -> None:
    for table in (
        *("audit", "claims", "alerts", "corrections"),
        *("brief_citations", "brief_revisions", "briefs"),
    ):
        op.drop_table(table)


def _make_briefs() -> None:
    op.create_table(
        "briefs",
        sa.Column("id", _Id, nullable=False),
        sa.Column("uid", sa.Text, nullable=False),
        sa.Column("author", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("story_id", sa.Integer),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.Column("edited_at", UtcDateTime, nullable=False),
        sa.Column("day", sa.Date),
        sa.Column("slug", sa.Text),
        sa.Column("publish_at", UtcDateTime),
        sa.Column("published_at", UtcDateTime),
        sa.Column("updated_at", UtcDateTime),
        sa.Column("withdrawn_at", UtcDateTime),
        sa.Column("reason", sa.Text, nullable=False),
        sa.ForeignKeyConstraint(["story_id"], ["stories.id"], name="fk_briefs_story_id"),
        sa.PrimaryKeyConstraint("id", name="pk_briefs"),
        sa.UniqueConstraint("uid", name="uq_briefs_uid"),
        sa.UniqueConstraint("day", "slug", name="uq_briefs_day_slug"),
        sqlite_autoincrement=True,
    )
    _index("briefs", "state", "story_id", "edited_at", "publish_at", "published_at", "withdrawn_at")


def _make_revisions() -> None:
    op.create_table(
        "brief_revisions",
        sa.Column("brief_id", _Id, nullable=False),
        sa.Column("number", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("began_at", UtcDateTime, nullable=False),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.Column("who", sa.Text, nullable=False),
        sa.Column("is_sealed", sa.Boolean, nullable=False),
        sa.Column("headline", sa.Text, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("byline", sa.Text, nullable=False),
        sa.Column("kicker", sa.Text, nullable=False),
        sa.Column("language", sa.Text, nullable=False),
        sa.Column("picture", sa.JSON(none_as_null=True)),
        sa.Column("series", sa.Text),
        sa.Column("categories", sa.JSON, nullable=False),
        sa.ForeignKeyConstraint(["brief_id"], ["briefs.id"], name="fk_brief_revisions_brief_id"),
        sa.PrimaryKeyConstraint("brief_id", "number", name="pk_brief_revisions"),
    )
    op.create_table(
        "brief_citations",
        sa.Column("brief_id", _Id, autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("position", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("item_id", _Id, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("url", sa.Text),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("language", sa.Text),
        sa.Column("seen_at", UtcDateTime, nullable=False),
        sa.ForeignKeyConstraint(
            ["brief_id", "number"],
            ["brief_revisions.brief_id", "brief_revisions.number"],
            name="fk_brief_citations_brief_id_number",
        ),
        sa.PrimaryKeyConstraint("brief_id", "number", "position", name="pk_brief_citations"),
    )
    _index("brief_revisions", "series")
    _index("brief_citations", "item_id")


def _make_what_happened() -> None:
    op.create_table(
        "corrections",
        sa.Column("id", _Id, nullable=False),
        sa.Column("brief_id", _Id, nullable=False),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("who", sa.Text, nullable=False),
        sa.ForeignKeyConstraint(["brief_id"], ["briefs.id"], name="fk_corrections_brief_id"),
        sa.PrimaryKeyConstraint("id", name="pk_corrections"),
    )
    op.create_table(
        "alerts",
        sa.Column("id", _Id, nullable=False),
        sa.Column("brief_id", _Id, nullable=False),
        sa.Column("item_id", _Id, nullable=False),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("before", sa.Integer, nullable=False),
        sa.Column("after", sa.Integer, nullable=False),
        sa.Column("resolved_at", UtcDateTime),
        sa.ForeignKeyConstraint(["brief_id"], ["briefs.id"], name="fk_alerts_brief_id"),
        sa.PrimaryKeyConstraint("id", name="pk_alerts"),
        sa.UniqueConstraint(
            "brief_id", "item_id", "after", name="uq_alerts_brief_id_item_id_after"
        ),
    )
    op.create_table(
        "claims",
        sa.Column("story_id", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("who", sa.Text, nullable=False),
        sa.Column("since", UtcDateTime, nullable=False),
        sa.Column("seen_at", UtcDateTime, nullable=False),
        sa.ForeignKeyConstraint(["story_id"], ["stories.id"], name="fk_claims_story_id"),
        sa.PrimaryKeyConstraint("story_id", name="pk_claims"),
    )
    op.create_table(
        "audit",
        sa.Column("id", _Id, nullable=False),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.Column("who", sa.Text),
        sa.Column("action", sa.Text, nullable=False),
        sa.Column("brief_id", _Id),
        sa.Column("story_id", sa.Integer),
        sa.Column("detail", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_audit"),
    )
    _index("corrections", "brief_id")
    _index("alerts", "resolved_at")
    _index("audit", "brief_id")


def _index(table: str, *columns: str) -> None:
    for column in columns:
        op.create_index(f"ix_{table}_{column}", table, [column])
