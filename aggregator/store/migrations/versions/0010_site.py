"""The site: finding published briefs by words, and the pictures that we serve."""

from __future__ import annotations

import re
from hashlib import sha256

import sqlalchemy as sa
from alembic import op

from aggregator.store.folding import fold
from aggregator.store.types import UtcDateTime

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_Id = sa.BigInteger().with_variant(sa.Integer, "sqlite")
_PUNCTUATION = '!"#$%&()*+,-./:;<=>?@[\\]^_`{|}~‘’“”„«»‹›–—…·•、。「」'
_INDEX = (
    "CREATE INDEX ix_brief_texts_words ON brief_texts USING gin (to_tsvector('simple', "
    f"translate(left(search, 50000), '{_PUNCTUATION}', '{' ' * len(_PUNCTUATION)}')))"
)
_TAKEN_OUT = (
    "INSERT INTO brief_words (brief_words, rowid, search)"
    " VALUES ('delete', old.brief_id, old.search);"
)
_FTS5 = (
    "CREATE VIRTUAL TABLE brief_words USING fts5(search, content='brief_texts',"
    " content_rowid='brief_id', tokenize='unicode61 remove_diacritics 0', prefix='2 3')",
    "CREATE TRIGGER brief_words_added AFTER INSERT ON brief_texts BEGIN"
    " INSERT INTO brief_words (rowid, search) VALUES (new.brief_id, new.search); END",
    f"CREATE TRIGGER brief_words_deleted AFTER DELETE ON brief_texts BEGIN {_TAKEN_OUT} END",
)
_LINK = re.compile(r"\]\([^)\s]*\)")
_PUBLISHED = sa.text(
    "SELECT b.id, r.headline, r.kicker, r.body, r.byline FROM briefs b"
    " JOIN brief_revisions r ON r.brief_id = b.id AND r.number = b.version"
    " WHERE b.state IN ('published', 'corrected')"
)
_SHOWN_SOON = (
    "SELECT r.picture, b.edited_at FROM briefs b"
    " JOIN brief_revisions r ON r.brief_id = b.id AND r.number = b.version"
    " WHERE b.state IN ('review', 'scheduled', 'published', 'corrected')"
)


def upgrade() -> None:
    texts = op.create_table(
        "brief_texts",
        sa.Column("brief_id", _Id, autoincrement=False, nullable=False),
        sa.Column("search", sa.Text, nullable=False),
        sa.ForeignKeyConstraint(["brief_id"], ["briefs.id"], name="fk_brief_texts_brief_id"),
        sa.PrimaryKeyConstraint("brief_id", name="pk_brief_texts"),
    )
    pictures = op.create_table(
        "pictures",
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("url", sa.Text, nullable=False),
        sa.Column("digest", sa.Text),
        sa.Column("renditions", sa.JSON, nullable=False),
        sa.Column("error", sa.Text),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("tried_at", UtcDateTime),
        sa.Column("next_try_at", UtcDateTime),
        sa.PrimaryKeyConstraint("key", name="pk_pictures"),
    )
    op.create_index("ix_pictures_next_try_at", "pictures", ["next_try_at"])
    connection = op.get_bind()
    is_sqlite = connection.dialect.name == "sqlite"
    for statement in _FTS5 if is_sqlite else (_INDEX,):
        # As it is: in a text, SQLAlchemy looks for parameters.
        connection.exec_driver_sql(statement if is_sqlite else statement.replace("%", "%%"))
    _take_in(connection, texts, pictures)


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TABLE brief_words")
    op.drop_table("pictures")
    op.drop_table("brief_texts")


def _take_in(connection: sa.Connection, texts: sa.Table, pictures: sa.Table) -> None:
    """What is out already can be found, and its pictures are to be fetched."""
    for row in list(connection.execute(_PUBLISHED)):
        body = _LINK.sub("] ", row.body)
        said = fold("\n".join((row.headline, row.kicker, body, row.byline)))
        connection.execute(texts.insert().values(brief_id=row.id, search=said))
    found = sa.text(_SHOWN_SOON).columns(picture=sa.JSON, edited_at=UtcDateTime)
    urls = {row.picture["url"]: row.edited_at for row in connection.execute(found) if row.picture}
    for url, at in urls.items():
        first = {"url": url, "renditions": [], "attempts": 0, "next_try_at": at}
        key = sha256(url.encode()).hexdigest()
        connection.execute(pictures.insert().values(first | {"key": key}))
