"""Finding items by words: FTS5 in SQLite, tsvector in PostgreSQL, over the same folded text.

Indexing an item with FTS5 takes half of the time that polling it does (benchmarks/indexing.py). So
it is not done while polling, but when the item is put into a story: SQLite's index has the items up
to ``grouping.last_item``, and what has come since is looked through. PostgreSQL's index defers the
work by itself.
"""

from __future__ import annotations

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    column,
    func,
    literal_column,
    select,
    table,
    text,
    union_all,
)

from aggregator.store.desk_schema import brief_texts
from aggregator.store.folding import INDEXED, words
from aggregator.store.schema import grouping, items

_MOST_WORDS = 20
_FTS = table("item_words", column("rowid"), column("item_words"))
_BRIEFS = table("brief_words", column("rowid"), column("brief_words"))
_INDEX = text(
    "INSERT INTO item_words (rowid, search)"
    " SELECT id, search FROM items WHERE id > :after AND id <= :last"
)


def index(connection: Connection, after: int, last: int) -> None:
    """Make the items from ``after`` (exclusive) to ``last`` findable, as they are grouped."""
    if connection.dialect.name == "sqlite":
        connection.execute(_INDEX, {"after": after, "last": last})


def grouped_hits(typed: str, *, is_sqlite: bool, newest: int | None = None) -> Select[int]:
    """The ids of the grouped items that have all the words, or only those of the ``newest``.

    The last word may be the beginning of one. Where none is typed, no item has them.
    """
    wanted = words(typed)[:_MOST_WORDS]
    if not wanted:
        return select(items.c.id).where(items.c.id < 0)
    key: ColumnElement[int]
    if is_sqlite:
        key = _FTS.c.rowid
        found = select(key.label("id")).where(_FTS.c.item_words.op("MATCH")(_fts5(wanted)))
    else:
        query = func.to_tsquery("simple", _tsquery(wanted))
        having = select(items.c.id).where(literal_column(INDEXED).op("@@")(query))
        # PostgreSQL takes every beginning of a word for a frequent one; it would go through all
        # items from the newest on to find a rare one, if it were not told to ask the index first.
        hit = having.cte("hit").prefix_with("MATERIALIZED")
        found, key = select(hit.c.id), hit.c.id
    return found if newest is None else found.order_by(key.desc()).limit(newest)


def brief_hits(typed: str, *, is_sqlite: bool) -> Select[int]:
    """The ids of the published briefs that have all the words; of none where none is typed."""
    wanted = words(typed)[:_MOST_WORDS]
    if not wanted:
        return select(brief_texts.c.brief_id).where(brief_texts.c.brief_id < 0)
    if is_sqlite:
        matching = _BRIEFS.c.brief_words.op("MATCH")(_fts5(wanted))
        return select(_BRIEFS.c.rowid).where(matching)
    query = func.to_tsquery("simple", _tsquery(wanted))
    return select(brief_texts.c.brief_id).where(literal_column(INDEXED).op("@@")(query))


def hits(typed: str, *, is_sqlite: bool) -> Select[int]:
    """The ids of the items that have all the words, grouped or not.

    Where only punctuation is typed, of those that have it.
    """
    wanted = words(typed)
    if not wanted:
        return select(items.c.id).where(items.c.search.contains(typed.strip(), autoescape=True))
    grouped = grouped_hits(typed, is_sqlite=is_sqlite)
    if not is_sqlite:
        return grouped
    done = select(grouping.c.last_item).scalar_subquery()
    later = select(items.c.id).where(
        items.c.id > done, *(items.c.search.contains(word, autoescape=True) for word in wanted)
    )
    return select(union_all(grouped, later).subquery().c.id)


def _fts5(wanted: list[str]) -> str:
    """Each word a string of its own: nothing in it is an operator."""
    star = "*" if _may_go_on(wanted[-1]) else ""
    return " ".join(f'"{word}"' for word in wanted) + star


def _tsquery(wanted: list[str]) -> str:
    star = ":*" if _may_go_on(wanted[-1]) else ""
    return " & ".join(f"'{word}'" for word in wanted) + star


def _may_go_on(word: str) -> bool:
    """Whether a word may be the beginning of one; a single letter would be of too many."""
    return len(word) > 1 or not word.isascii()
