"""A brief as it will appear, and what the checks say of it (pure)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from markupsafe import Markup

from aggregator.desk.attribution import closing_line
from aggregator.desk.checks import Advice, Evidence, Published, SourceText, check
from aggregator.desk.markdown import to_html
from aggregator.desk.requirements import BODY
from aggregator.domain import Brief, Correction, ListedItem, Picture, Wording
from aggregator.wire.clean import without_pictures
from feeds.public.front import newsroom_time


@dataclass(frozen=True, slots=True)
class Preview:
    """A brief as its readers will see it."""

    kicker: str
    headline: str
    language: str
    time: str
    body: Markup
    closing: str
    picture: Picture | None
    corrections: tuple[Correction, ...]
    words: int


@dataclass(frozen=True, slots=True)
class Place:
    """Where the text says what an advice is about, and what a source says there."""

    field: str
    start: int
    end: int
    said: str
    source: str
    passage: str


@dataclass(frozen=True, slots=True)
class Remark:
    """One advice, as the page shows it."""

    severity: str
    check: str
    sentence: str
    places: tuple[Place, ...]
    brief: int | None


def preview(brief: Brief, wording: Wording, zone: ZoneInfo, now: datetime) -> Preview:
    """What would be published; a text that is too long to go out is not read as Markdown."""
    body = to_html(wording.body) if len(wording.body) <= BODY else ""
    return Preview(
        kicker=wording.kicker,
        headline=wording.headline,
        language=wording.language,
        time=newsroom_time(brief.published_at or brief.publish_at or now, zone),
        body=Markup(without_pictures(body)),  # noqa: S704 - made safe by markdown.to_html
        closing=closing_line(wording),
        picture=wording.picture,
        corrections=brief.corrections,
        words=len(wording.body.split()),
    )


def remarks(wording: Wording, cited: Iterable[ListedItem], recent: Iterable[Brief]) -> list[Remark]:
    """What the checks say of a wording that rests on these items, beside what is out already."""
    if len(wording.body) > BODY:
        return []
    sources = [source_text(one) for one in cited]
    advices = check(wording, sources, [_published(one) for one in recent if one.day])
    return [_remark(one, wording, sources) for one in advices]


def source_text(listed: ListedItem) -> SourceText:
    """A cited item as the checks read it."""
    item = listed.item
    at = item.published_at
    return SourceText(
        item=item.id,
        source=listed.source.name,
        language=item.language,
        title=item.title,
        text=item.text,
        url=item.url,
        on=at.date() if at else None,
    )


def _published(brief: Brief) -> Published:
    wording, on = brief.wording, brief.day or brief.created_at.date()
    return Published(brief.id, wording.headline, wording.body, on, wording.language)


def _remark(advice: Advice, wording: Wording, sources: Sequence[SourceText]) -> Remark:
    names = {source.item: source.source for source in sources}
    return Remark(
        severity=advice.severity.value,
        check=advice.check,
        sentence=advice.sentence,
        places=tuple(_place(one, wording, names) for one in advice.evidence),
        brief=advice.brief,
    )


def _place(evidence: Evidence, wording: Wording, names: dict[int, str]) -> Place:
    text = wording.headline if evidence.field == "headline" else wording.body
    return Place(
        field=evidence.field,
        start=evidence.start,
        end=evidence.end,
        said=text[evidence.start : evidence.end],
        source=names.get(evidence.item, "") if evidence.item is not None else "",
        passage=evidence.passage,
    )
