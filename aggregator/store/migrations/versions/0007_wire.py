"""The wire at the desk: finding items by words, and what each editor has seen."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from aggregator.store.types import UtcDateTime

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_ItemId = sa.BigInteger().with_variant(sa.Integer, "sqlite")
_PUNCTUATION = '!"#$%&()*+,-./:;<=>?@[\\]^_`{|}~‘’“”„«»‹›–—…·•、。「」'
_INDEX = (
    "CREATE INDEX ix_items_words ON items USING gin (to_tsvector('simple', "
    f"translate(left(search, 50000), '{_PUNCTUATION}', '{' ' * len(_PUNCTUATION)}')))"
)
# The items up to grouping.last_item are in it; grouping adds them.
_FTS5 = (
    # What it is over is folded already. Two and three letters are what editors begin with.
    "CREATE VIRTUAL TABLE item_words USING fts5(search, content='items', content_rowid='id',"
    " tokenize='unicode61 remove_diacritics 0', prefix='2 3')",
    "INSERT INTO item_words (rowid, search)"
    " SELECT id, search FROM items WHERE id <= (SELECT last_item FROM grouping)",
    "CREATE TRIGGER item_words_changed AFTER UPDATE OF search ON items"
    " WHEN new.search <> old.search AND old.id <= (SELECT last_item FROM grouping) BEGIN"
    " INSERT INTO item_words (item_words, rowid, search) VALUES ('delete', old.id, old.search);"
    " INSERT INTO item_words (rowid, search) VALUES (new.id, new.search); END",
    "CREATE TRIGGER item_words_deleted AFTER DELETE ON items"
    " WHEN old.id <= (SELECT last_item FROM grouping) BEGIN"
    " INSERT INTO item_words (item_words, rowid, search) VALUES ('delete', old.id, old.search);"
    " END",
)


def upgrade() -> None:
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    for statement in _FTS5 if is_sqlite else (_INDEX,):
        # As it is: in a text, SQLAlchemy looks for parameters.
        op.get_bind().exec_driver_sql(statement.replace("%", "%%") if not is_sqlite else statement)
    op.create_table(
        "looks",
        sa.Column("username", sa.Text, nullable=False),
        sa.Column("at", UtcDateTime, nullable=False),
        sa.Column("next_story", sa.Integer, nullable=False),
        sa.ForeignKeyConstraint(["username"], ["editors.username"], name="fk_looks_username"),
        sa.PrimaryKeyConstraint("username", name="pk_looks"),
    )
    op.create_table(
        "seen",
        sa.Column("username", sa.Text, nullable=False),
        sa.Column("story_id", sa.Integer, nullable=False),
        sa.Column("seen_at", UtcDateTime, nullable=False),
        sa.Column("last_item", _ItemId, nullable=False),
        sa.ForeignKeyConstraint(["username"], ["editors.username"], name="fk_seen_username"),
        sa.ForeignKeyConstraint(["story_id"], ["stories.id"], name="fk_seen_story_id"),
        sa.PrimaryKeyConstraint("username", "story_id", name="pk_seen"),
    )


def downgrade() -> None:
    op.drop_table("seen")
    op.drop_table("looks")
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TRIGGER item_words_changed")
        op.execute("DROP TRIGGER item_words_deleted")
        op.execute("DROP TABLE item_words")
    else:
        op.drop_index("ix_items_words", "items")
