"""A brief as it will appear, and what the checks say of it (pure)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from aggregator.desk.checks import Advice, Evidence, Published, SourceText, check
from aggregator.desk.requirements import BODY
from aggregator.domain import ArticleText, Brief, HostedPicture, ListedItem, Wording
from aggregator.settings import Settings
from aggregator.wire.clean import web_url, without_pictures
from feeds.briefs import Article, article
from feeds.public.shown import ShownPicture, notes, shown_picture
from feeds.public.times import newsroom_time
from feeds.public.words import Words, words_of


@dataclass(frozen=True, slots=True)
class Preview:
    """A brief as its readers will see it, at the ``time`` that stands on it."""

    shown: Article
    picture: ShownPicture | None
    notes: Sequence[tuple[str, str, str]]
    time: str
    iso: str
    words: int
    is_too_long: bool
    site_words: Words


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


def preview(brief: Brief, wording: Wording, settings: Settings, now: datetime) -> Preview:
    """What would be published; a text that is too long to go out is not read as Markdown."""
    at = brief.published_at or brief.publish_at or now
    said = words_of(settings.languages[0])
    is_too_long = len(wording.body) > BODY
    shown = article(_harmless(wording, "" if is_too_long else wording.body), brief.corrections)
    return Preview(
        shown=replace(shown, body=without_pictures(shown.body)),
        picture=shown_picture(wording.picture, _hosted(brief, wording), hotlink=False),
        notes=notes(brief, settings),
        time=newsroom_time(at, settings.time_zone, said.language),
        iso=at.isoformat(timespec="seconds"),
        words=len(wording.body.split()),
        is_too_long=is_too_long,
        site_words=said,
    )


def _hosted(brief: Brief, wording: Wording) -> HostedPicture | None:
    """The stored picture, unless another one is typed."""
    before, typed = brief.wording.picture, wording.picture
    return brief.hosted if before and typed and before.url == typed.url else None


def _harmless(wording: Wording, body: str) -> Wording:
    """A draft may lack its headline and have any address in its picture; in a page that leads to
    the web or nowhere.
    """
    picture = wording.picture
    if picture is not None:
        picture = replace(picture, url=web_url(picture.url) or "")
    return replace(wording, headline=wording.headline or "…", body=body, picture=picture)


def remarks(
    wording: Wording,
    cited: Iterable[ListedItem],
    texts: Mapping[int, ArticleText],
    recent: Iterable[Brief],
) -> list[Remark]:
    """What the checks say of a wording that rests on these items, with the ``texts`` of those whose
    articles were fetched, beside what is out already.
    """
    if len(wording.body) > BODY:
        return []
    sources = [source_text(one, texts.get(one.item.id)) for one in cited]
    advices = check(wording, sources, [_published(one) for one in recent if one.day])
    return [_remark(one, wording, sources) for one in advices]


def source_text(listed: ListedItem, article: ArticleText | None = None) -> SourceText:
    """A cited item as the checks read it, with its whole article where that was fetched."""
    item = listed.item
    at = item.published_at
    return SourceText(
        item=item.id,
        source=listed.source.name,
        language=item.language,
        title=item.title,
        text=f"{item.text}\n\n{article.text}" if article else item.text,
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
