"""Briefs as readers get them: entries of the feed, and what their pages show (pure)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from html import escape
from types import MappingProxyType

from aggregator.desk.attribution import closing_line, credit_line, once
from aggregator.desk.markdown import links, to_html, to_text
from aggregator.desk.naming import path
from aggregator.domain import Brief, Correction, Editor, Picture, Wording
from aggregator.wire.clean import legal, shorten, web_url
from feeds.entries import EXCERPT_LENGTH, Entry, Tombstone, Via


@dataclass(frozen=True, slots=True)
class Article:
    """A brief as its page and its preview show it; ``body`` is safe HTML, ``closing`` the line that
    ends it.
    """

    wording: Wording
    corrections: tuple[Correction, ...]
    body: str
    closing: str


def article(wording: Wording, corrections: Iterable[Correction] = ()) -> Article:
    """What a page shows of a wording; the newest correction comes first."""
    newest_first = tuple(sorted(corrections, key=lambda one: one.at, reverse=True))
    return Article(wording, newest_first, to_html(wording.body), closing_line(wording))


def brief_entry(
    brief: Brief,
    base_url: str,
    *,
    rights: str | None = None,
    editors: Mapping[str, Editor] = MappingProxyType({}),
    hotlink: bool = False,
) -> Entry:
    """The entry of a brief that is out: it begins with its corrections and ends by saying whom it
    owes what it says, since few readers show ``via`` links.

    What XML cannot say, such as control characters, is left out.
    ``editors`` by username: initials under a brief become the name of whose they are. What the
    text links to besides the originals is for further reading. Its picture is the one that we
    serve; with ``hotlink`` the one at its own place will do.
    """
    wording = brief.wording
    if brief.published_at is None:
        raise ValueError(f"brief {brief.id} is not out")
    return Entry(
        id=brief.uid,
        title=legal(wording.headline),
        url=f"{base_url}{path(brief)}",
        published_at=brief.published_at,
        updated_at=brief.updated_at or brief.published_at,
        summary=shorten(to_text(wording.body), EXCERPT_LENGTH),
        content=legal(_content(article(wording, brief.corrections))),
        authors=tuple(filter(None, (legal(_author(brief, editors)),))),
        categories=tuple(once(map(legal, (wording.kicker, *wording.categories)))),
        language=wording.language,
        source=None,
        via=tuple(
            Via(cited.url, legal(f"{cited.source}: {cited.title}"), cited.language)
            for cited in wording.citations
            if cited.url
        ),
        related=_related(wording),
        rights=rights,
        picture=_picture(brief, base_url, hotlink=hotlink),
        picture_bytes=brief.hosted.largest.jpeg if brief.hosted else 0,
    )


def tombstone(brief: Brief) -> Tombstone:
    """What the feed says of a brief that was withdrawn."""
    if brief.withdrawn_at is None:
        raise ValueError(f"brief {brief.id} is not withdrawn")
    return Tombstone(brief.uid, brief.withdrawn_at)


def _author(brief: Brief, editors: Mapping[str, Editor]) -> str:
    """Their name; the closing line of the text keeps the initials."""
    byline = brief.wording.byline
    known = [one for one in editors.values() if one.initials == byline]
    own = [one for one in known if one.username == brief.author]
    if own or len(known) == 1:
        return (own or known)[0].name
    return byline


def _related(wording: Wording) -> tuple[str, ...]:
    cited = {one.url for one in wording.citations}
    found = dict.fromkeys(filter(None, map(web_url, links(wording.body))))
    return tuple(url for url in found if url not in cited)


def _picture(brief: Brief, base_url: str, *, hotlink: bool) -> Picture | None:
    """The largest rendition, as JPEG: what every reader shows."""
    picture, hosted = brief.wording.picture, brief.hosted
    if picture is None or not picture.credit:
        return None
    picture = replace(picture, alt=legal(picture.alt or ""), credit=legal(picture.credit))
    if hosted is None:
        return picture if hotlink else None
    largest = hosted.largest
    return replace(
        picture,
        url=f"{base_url}{hosted.path(largest)}",
        width=largest.width,
        height=largest.height,
    )


def _content(shown: Article) -> str:
    wording = shown.wording
    corrected = "".join(f"<p><em>{escape(one.note)}</em></p>" for one in shown.corrections)
    owed = credit_line((cited.source for cited in wording.citations), wording.language)
    return f"{corrected}{shown.body}<p>{escape(owed)}</p><p>{escape(shown.closing)}</p>"
