"""Articles that editors asked to read at the desk: asked for, fetched, kept."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, delete, insert, or_, select, update

from aggregator.domain import ArticleText
from aggregator.errors import DeskRefused
from aggregator.store.database import Database, chunks
from aggregator.store.desk_schema import article_texts
from aggregator.store.schema import items, sources

_COLUMNS = tuple(
    article_texts.c[{"item": "item_id"}.get(name, name)]
    for name in ArticleText.__dataclass_fields__
)
_ALLOWED = (sources.c.article, items.c.url.is_not(None))


class ArticleTexts:
    """The article texts of one database, of the sources that the operator said yes for: of the
    others nothing is asked for, fetched or shown, whatever was fetched before.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def ask(self, item_id: int, who: str, now: datetime) -> None:
        """Have an item's article fetched, unless it is there already or waited for.

        What failed, or came before the source changed the item, is fetched again. Raises
        DeskRefused when the source's articles are not to be fetched.
        """
        with self._database.write() as connection:
            allowed = (
                select(items.c.revised_at)
                .join(sources, sources.c.id == items.c.source_id)
                .where(items.c.id == item_id, *_ALLOWED)
            )
            item = connection.execute(allowed).one_or_none()
            if item is None:
                raise DeskRefused({"item": "the operator has not said yes for this source"})
            query = select(article_texts).where(article_texts.c.item_id == item_id)
            known = connection.execute(query).one_or_none()
            if known is not None and not _is_over(known, item.revised_at):
                return
            connection.execute(delete(article_texts).where(article_texts.c.item_id == item_id))
            asked = {"item_id": item_id, "asked_at": now, "asked_by": who, "text": ""}
            connection.execute(insert(article_texts).values(asked))

    def take(self, now: datetime, lease: timedelta, limit: int) -> list[tuple[int, str]]:
        """The items whose articles are to be fetched, with their addresses, the first asked first.

        Until one is kept, or the ``lease`` is over, nobody else takes it.
        """
        free = or_(article_texts.c.leased_until.is_(None), article_texts.c.leased_until <= now)
        waiting = (
            select(items.c.id, items.c.url)
            .join(article_texts, article_texts.c.item_id == items.c.id)
            .join(sources, sources.c.id == items.c.source_id)
            .where(article_texts.c.ended_at.is_(None), free, *_ALLOWED)
            .order_by(article_texts.c.asked_at, items.c.id)
            .limit(limit)
        )
        with self._database.read() as connection:
            if not connection.execute(waiting.limit(1)).first():
                return []
        with self._database.write() as connection:
            found = [(row.id, row.url) for row in connection.execute(waiting)]
            mine = article_texts.c.item_id.in_([item for item, _ in found])
            connection.execute(update(article_texts).where(mine).values(leased_until=now + lease))
        return found

    def keep(self, item_id: int, now: datetime, text: str = "", error: str | None = None) -> None:
        """Store an article's text, or why it could not be had."""
        with self._database.write() as connection:
            connection.execute(
                update(article_texts)
                .where(article_texts.c.item_id == item_id)
                .values(text=text, error=error, ended_at=now, leased_until=None)
            )

    def of(self, item_ids: Sequence[int]) -> dict[int, ArticleText]:
        """What was asked for of these items, by item."""
        found: dict[int, ArticleText] = {}
        query = (
            select(*_COLUMNS)
            .join(items, items.c.id == article_texts.c.item_id)
            .join(sources, sources.c.id == items.c.source_id)
            .where(*_ALLOWED)
        )
        with self._database.read() as connection:
            for part in chunks(item_ids):
                for row in connection.execute(query.where(items.c.id.in_(part))):
                    found[row.item_id] = ArticleText(*row)
        return found


def _is_over(known: Row[Any], revised_at: datetime | None) -> bool:
    """Whether what is there is of no use any more."""
    if known.ended_at is None:
        return False
    return known.error is not None or (revised_at is not None and revised_at > known.ended_at)
