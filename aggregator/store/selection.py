"""Which items a declared feed has, in SQL."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select

from aggregator.domain import DeclaredFeed
from aggregator.store import search
from aggregator.store.schema import items, sources


def selected(feed: DeclaredFeed, *, is_sqlite: bool) -> list[ColumnElement[bool]]:
    """What an item, joined with its source, must be; a feed of a series has none."""
    conditions: list[ColumnElement[bool]] = []
    if feed.sources:
        conditions.append(items.c.source_id.in_(feed.sources))
    if feed.languages:
        language = func.lower(func.coalesce(items.c.language, sources.c.language))
        tags = [tag.lower() for tag in feed.languages]
        conditions.append(
            or_(language.in_(tags), *(language.startswith(f"{tag}-") for tag in tags))
        )
    if feed.categories:
        wanted = [name.lower() for name in feed.categories]
        columns = (items.c.categories, sources.c.categories)
        conditions.append(or_(*(_has_any(one, wanted, is_sqlite=is_sqlite) for one in columns)))
    if feed.search:
        conditions.append(items.c.id.in_(search.hits(feed.search, is_sqlite=is_sqlite)))
    return conditions


def _has_any(array: Any, wanted: Collection[str], *, is_sqlite: bool) -> ColumnElement[bool]:
    elements = func.json_each if is_sqlite else func.json_array_elements_text
    each = elements(array).table_valued("value")
    return select(each.c.value).where(func.lower(each.c.value).in_(wanted)).exists()
