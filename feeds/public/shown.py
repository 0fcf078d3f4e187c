"""Briefs and pictures as pages show them (pure)."""

from __future__ import annotations

from dataclasses import dataclass

from aggregator.desk.markdown import to_text
from aggregator.desk.naming import path
from aggregator.domain import Brief, HostedPicture, Picture
from aggregator.settings import Settings
from aggregator.wire.clean import shorten
from feeds.public.times import iso, list_time, newsroom_time
from feeds.public.words import words_of

_EXCERPT = 240


@dataclass(frozen=True, slots=True)
class ShownPicture:
    """A picture with what a page needs to show it without moving when it comes; ``webp`` and
    ``jpeg`` are sets of sources, empty for one that is shown from where it was found.
    """

    src: str
    alt: str
    credit: str
    width: int | None
    height: int | None
    webp: str = ""
    jpeg: str = ""


@dataclass(frozen=True, slots=True)
class Card:
    """A brief in a list; ``language`` where it is not the site's."""

    path: str
    headline: str
    kicker: str
    byline: str
    time: str
    iso: str
    language: str | None
    excerpt: str
    picture: ShownPicture | None


def card(brief: Brief, settings: Settings) -> Card:
    """A brief that is out, as lists show it."""
    if brief.published_at is None:
        raise ValueError(f"brief {brief.id} is not out")
    said = brief.wording
    return Card(
        path=path(brief) or "",
        headline=said.headline,
        kicker=said.kicker,
        byline=said.byline,
        time=list_time(brief.published_at, settings.time_zone),
        iso=iso(brief.published_at),
        language=foreign(said.language, settings),
        excerpt=shorten(to_text(said.body), _EXCERPT),
        picture=shown_picture(said.picture, brief.hosted, hotlink=settings.hotlink_pictures),
    )


def shown_picture(
    picture: Picture | None, hosted: HostedPicture | None, *, hotlink: bool
) -> ShownPicture | None:
    """A picture that may be shown: one with a credit, from here; with ``hotlink`` from its own
    place, too.
    """
    if picture is None or not picture.credit:
        return None
    alt, credit = picture.alt or "", picture.credit
    if hosted is None:
        if not hotlink:
            return None
        return ShownPicture(picture.url, alt, credit, picture.width, picture.height)
    largest = hosted.largest
    return ShownPicture(
        src=hosted.path(largest),
        alt=alt,
        credit=credit,
        width=largest.width,
        height=largest.height,
        webp=_sources(hosted, "webp"),
        jpeg=_sources(hosted, "jpg"),
    )


def notes(brief: Brief, settings: Settings) -> list[tuple[str, str, str]]:
    """The corrections of a brief, the newest first: when, the same for machines, the note."""
    zone, language = settings.time_zone, words_of(settings.languages[0]).language
    newest_first = sorted(brief.corrections, key=lambda one: one.at, reverse=True)
    return [(newsroom_time(one.at, zone, language), iso(one.at), one.note) for one in newest_first]


def foreign(language: str | None, settings: Settings) -> str | None:
    """A language that is not the site's own; None where it is, or is not known."""
    if language and language[:2].lower() != settings.languages[0][:2].lower():
        return language
    return None


def _sources(hosted: HostedPicture, kind: str) -> str:
    return ", ".join(f"{hosted.path(one, kind)} {one.width}w" for one in hosted.renditions[::-1])
