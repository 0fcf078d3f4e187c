"""What every page of a site shares (pure)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from aggregator.settings import Settings
from feeds.public.catalogue import Catalogue, Shelf
from feeds.public.look import Look
from feeds.public.words import Words, words_of

_SECTIONS = 8
_FEEDS = (
    ("Atom", "/feed.atom", "application/atom+xml"),
    ("RSS", "/feed.rss", "application/rss+xml"),
    ("JSON Feed", "/feed.json", "application/feed+json"),
)


@dataclass(frozen=True, slots=True)
class FeedLink:
    """A feed that pages lead to: its ``kind`` in a word, where it is and of what type."""

    kind: str
    path: str
    type: str


@dataclass(frozen=True, slots=True)
class Site:
    """A newsroom's masthead, and what leads from each page to the others; ``parts`` are the feeds
    of a part of it that the operator declared; without ``has_search`` no page has a form for it.
    """

    title: str
    strapline: str
    base_url: str
    language: str
    words: Words
    style: str
    icon: str
    large_icon: str
    logo: str | None
    sections: tuple[Shelf, ...]
    feeds: tuple[FeedLink, ...]
    parts: tuple[FeedLink, ...]
    has_search: bool

    def absolute(self, path: str) -> str:
        """An address of this site, or an absolute one, as others need it."""
        return f"{self.base_url}{path}" if path.startswith("/") else path


@dataclass(frozen=True, slots=True)
class Head:
    """What a page says of itself: ``path`` is its address; with ``is_listed`` False search engines
    are asked to leave it out.
    """

    title: str
    path: str
    description: str = ""
    is_listed: bool = True


def site_of(settings: Settings, look: Look, catalogue: Catalogue) -> Site:
    """The site of these settings; its sections are the categories with most briefs."""
    language = settings.languages[0]
    return Site(
        title=settings.title,
        strapline=settings.strapline,
        base_url=settings.base_url,
        language=language,
        words=words_of(language),
        style=look.path("site.css"),
        icon=look.path("icon.svg"),
        large_icon=look.path("icon.png"),
        logo=look.path(look.logo) if look.logo else None,
        sections=_sections(catalogue.of_kind("category")),
        feeds=tuple(FeedLink(*one) for one in _FEEDS),
        parts=tuple(
            FeedLink(f.title, f"/feeds/{f.slug}.atom", _FEEDS[0][2]) for f in settings.feeds
        ),
        has_search=settings.search,
    )


def _sections(shelves: Sequence[Shelf]) -> tuple[Shelf, ...]:
    return tuple(sorted(shelves[:_SECTIONS], key=lambda shelf: shelf.title.casefold()))
