"""The fictional papers, and what an article of theirs is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Article:
    """An article as it stands at the moment; ``path`` is its page's on the origin,
    which ``is_gone`` although the feed still has it.
    """

    source: str
    path: str
    title: str
    text: str
    published_at: datetime
    event: str | None
    is_gone: bool = False


@dataclass(frozen=True, slots=True)
class Paper:
    """A fictional source: its title, language, format and peculiarity."""

    id: str
    title: str
    language: str
    format: str
    down: bool = False
    moved: bool = False
    page_only: bool = False


PAPERS = {
    paper.id: paper
    for paper in (
        Paper("fanal", "Le Fanal", "fr", "rss"),
        Paper("onde", "Radio Onde", "fr", "atom"),
        Paper("meuse", "Agence Meuse", "fr", "rss"),
        Paper("gazette", "Gazette d'Orvaux", "fr", "latin-1"),
        Paper("dijkbode", "De Dijkbode", "nl", "rss-1"),
        Paper("courant", "The Courant", "en", "atom"),
        Paper("herald", "Brenning Herald", "en", "rss"),
        Paper("tagblick", "Tagblick", "de", "rss"),
        Paper("antena", "Antena Sur", "es", "json"),
        Paper("kulturen", "Kulturen Weekly", "en", "json", moved=True),
        Paper("almanac", "The Almanac", "en", "rss"),
        Paper("copie", "Le Relais", "fr", "rss"),
        Paper("phare", "Le Phare (is down)", "fr", "rss", down=True),
        Paper("vitrine", "Vitrine (a page, not a feed)", "fr", "rss", page_only=True),
    )
}
CONTENT_TYPES = {
    "rss": "application/rss+xml; charset=utf-8",
    "latin-1": "application/rss+xml; charset=iso-8859-1",
    "rss-1": "application/rdf+xml; charset=utf-8",
    "atom": "application/atom+xml; charset=utf-8",
    "json": "application/feed+json",
}
