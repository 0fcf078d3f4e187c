"""What the story page shows of an article's text (pure)."""

from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from aggregator.domain import ArticleText, ListedItem
from feeds.public.times import newsroom_time


@dataclass(frozen=True, slots=True)
class FullText:
    """The text of a report's article: its paragraphs once it is here, an ``error`` where it could
    not be had. ``can_ask`` is whether asking for it would bring anything new.
    """

    item: int
    waits: bool
    can_ask: bool
    asked: str = ""
    by: str = ""
    ended: str = ""
    error: str = ""
    paragraphs: tuple[str, ...] = ()
    words: int = 0
    is_old: bool = False


def to_full_text(listed: ListedItem, known: ArticleText | None, zone: ZoneInfo) -> FullText | None:
    """None where the operator has not said yes for the source, or the report has no address."""
    item = listed.item
    if not listed.source.article or item.url is None:
        return None
    if known is None:
        return FullText(item.id, waits=False, can_ask=True)
    ended_at, revised_at = known.ended_at, item.revised_at
    is_old = ended_at is not None and revised_at is not None and revised_at > ended_at
    return FullText(
        item=item.id,
        waits=ended_at is None,
        can_ask=known.error is not None or is_old,
        asked=newsroom_time(known.asked_at, zone),
        by=known.asked_by,
        ended=newsroom_time(ended_at, zone) if ended_at else "",
        error=known.error or "",
        paragraphs=tuple(known.text.splitlines()),
        words=len(known.text.split()),
        is_old=is_old,
    )
