"""What the fictional sources say at a given time (pure)."""

from __future__ import annotations

import tomllib
from datetime import datetime, timedelta
from functools import cache
from importlib.resources import files
from math import inf
from typing import Any

from aggregator.demo.formats import atom, json_feed, rss, rss_1
from aggregator.demo.papers import Article, Paper


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
        is_gone=minutes >= row.get("gone", inf),
    )


def _path(number: int, row: dict[str, Any]) -> str:
    """One that repeats another paper's article links to that one, with tracking added."""
    if "of" not in row:
        return f"/{row['source']}/articles/{number}"
    original = next(n for n, other in enumerate(_rows()) if other["title"] == row["of"])
    return f"/{_rows()[original]['source']}/articles/{original}?utm_source=relais&utm_medium=rss"
