"""What a brief rests on: citations made of stored items (pure)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from aggregator.domain import Citation, ListedItem


def citation(listed: ListedItem) -> Citation:
    """An item as it is now; we last saw it say so when it last changed."""
    item = listed.item
    return Citation(
        item=item.id,
        source=listed.source.name,
        url=item.url,
        title=item.title,
        language=item.language,
        seen_at=item.revised_at or item.first_seen_at,
    )


def in_order(reports: Iterable[ListedItem], languages: Sequence[str]) -> list[ListedItem]:
    """A story's items as they are to be credited: originals before their copies, those in the
    newsroom's languages first, in the order of these; else as they came.
    """
    ranks = {_primary(tag): rank for rank, tag in reversed(list(enumerate(languages)))}

    def place(listed: ListedItem) -> tuple[bool, int, int]:
        item = listed.item
        rank = ranks.get(_primary(item.language or ""), len(languages))
        return item.duplicate_of is not None, rank, item.id

    return sorted(reports, key=place)


def _primary(tag: str) -> str:
    return tag.partition("-")[0].lower()
