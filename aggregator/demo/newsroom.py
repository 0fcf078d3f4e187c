"""What the fictional sources say at a given time (pure)."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from importlib.resources import files
from typing import Any

from aggregator.demo.formats import atom, json_feed, rss, rss_1


@dataclass(frozen=True, slots=True)
class Article:
    """An article as it stands at the moment; ``path`` is its page's on the origin."""

    source: str
    path: str
    title: str
    text: str
    published_at: datetime
    event: str | None


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


def articles(started_at: datetime, now: datetime) -> list[Article]:
    """What has been published by ``now``, newest first; times are aware UTC."""
    minutes = (now - started_at) / timedelta(minutes=1)
    out = [
        _article(number, row, started_at, minutes)
        for number, row in enumerate(_rows())
        if row["at"] <= minutes
    ]
    return sorted(out, key=lambda article: article.published_at, reverse=True)


def document(paper: Paper, base_url: str, started_at: datetime, now: datetime) -> bytes:
    """The paper's feed at that time; article links begin with ``base_url``."""
    mine = [a for a in articles(started_at, now) if a.source == paper.id]
    render = {"rss": rss, "latin-1": rss, "rss-1": rss_1, "atom": atom, "json": json_feed}
    encoding = "iso-8859-1" if paper.format == "latin-1" else "utf-8"
    return render[paper.format](paper, mine, base_url).encode(encoding, "xmlcharrefreplace")


@cache
def _rows() -> list[dict[str, Any]]:
    text = (files("aggregator.demo") / "content.toml").read_text("utf-8")
    rows: list[dict[str, Any]] = tomllib.loads(text)["article"]
    return rows


def _article(number: int, row: dict[str, Any], started_at: datetime, minutes: float) -> Article:
    said = dict(row)
    for edit in row.get("edits", ()):
        if edit["at"] <= minutes:
            said |= {name: edit[name] for name in ("title", "text") if name in edit}
    return Article(
        source=row["source"],
        path=_path(number, row),
        title=said["title"],
        text=said["text"],
        published_at=started_at + timedelta(minutes=row["at"]),
        event=row.get("event"),
    )


def _path(number: int, row: dict[str, Any]) -> str:
    """One that repeats another paper's article links to that one, with tracking added."""
    if "of" not in row:
        return f"/{row['source']}/articles/{number}"
    original = next(n for n, other in enumerate(_rows()) if other["title"] == row["of"])
    return f"/{_rows()[original]['source']}/articles/{original}?utm_source=relais&utm_medium=rss"
