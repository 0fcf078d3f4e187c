"""What the story page shows of each item (pure)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from markupsafe import Markup

from aggregator.domain import ArticleText, Item, LedgerEntry, ListedItem, Revision
from aggregator.stories.reasons import reason
from aggregator.wire.clean import without_pictures
from feeds.desk.edits import Parts, edits
from feeds.desk.full_text import FullText, to_full_text
from feeds.desk.wire_rows import picture_line
from feeds.public.times import newsroom_time


@dataclass(frozen=True, slots=True)
class Report:
    """One source's item in a story, in the words that the page has."""

    id: int
    title: str
    language: str | None
    source: str
    time: str
    iso: str
    edits: tuple[tuple[str, Parts], ...]
    authors: str
    url: str | None
    body: Markup
    picture: str | None
    picture_alt: str | None
    copy_of: str | None
    is_new: bool
    reasons: tuple[str, ...]
    full_text: FullText | None


def to_reports(
    listed: Sequence[ListedItem],
    ledgers: Mapping[int, Sequence[LedgerEntry]],
    titles: Mapping[int, str],
    revisions: Mapping[int, Sequence[Revision]],
    texts: Mapping[int, ArticleText],
    *,
    last_item: int | None,
    zone: ZoneInfo,
) -> list[Report]:
    """The items of a story, with the ``revisions`` of those that their source changed and the
    ``texts`` of those that somebody asked for; those after ``last_item`` are new to the editor who
    asks.
    """
    sources = {one.item.id: one.source.name for one in listed}
    return [
        _report(
            one,
            tuple(
                f"{newsroom_time(entry.at, zone)}: it {reason(entry, titles)}"
                for entry in ledgers.get(one.item.id, ())
            ),
            _original(one.item, sources),
            revisions.get(one.item.id, ()),
            to_full_text(one, texts.get(one.item.id), zone),
            is_new=last_item is not None and one.item.id > last_item,
            zone=zone,
        )
        for one in listed
    ]


def _report(
    listed: ListedItem,
    reasons: tuple[str, ...],
    copy_of: str | None,
    revisions: Sequence[Revision],
    full_text: FullText | None,
    *,
    is_new: bool,
    zone: ZoneInfo,
) -> Report:
    item = listed.item
    at = item.published_at or item.first_seen_at
    return Report(
        id=item.id,
        title=item.title,
        language=item.language,
        source=listed.source.name,
        time=newsroom_time(at, zone),
        iso=at.isoformat(timespec="seconds"),
        edits=tuple((newsroom_time(one.at, zone), changed) for one, changed in edits(revisions)),
        authors=", ".join(item.authors),
        url=item.url,
        # The source's markup was made safe when it was stored; nothing is loaded from its hosts.
        body=Markup(without_pictures(item.content or item.summary)),  # noqa: S704 - as said
        picture=picture_line(item.picture),
        picture_alt=item.picture.alt if item.picture else None,
        copy_of=copy_of,
        is_new=is_new,
        reasons=reasons,
        full_text=full_text,
    )


def _original(item: Item, sources: Mapping[int, str]) -> str | None:
    """Whose item this one repeats."""
    if item.duplicate_of is None:
        return None
    source = sources.get(item.duplicate_of)
    return f"{source}, item {item.duplicate_of}" if source else f"item {item.duplicate_of}"
