"""The demo's feeds in the formats of the field; small on purpose, they are no product of ours."""

from __future__ import annotations

import json
from collections.abc import Sequence
from email.utils import format_datetime
from html import escape

from aggregator.demo.papers import Article, Paper


def rss(paper: Paper, articles: Sequence[Article], base_url: str) -> str:
    """RSS 2.0; the Latin-1 paper has no guids, the others' are not links."""
    encoding = "iso-8859-1" if paper.format == "latin-1" else "utf-8"
    items = "".join(
        f"<item><title>{escape(a.title)}</title><link>{escape(base_url + a.path)}</link>"
        + ("" if encoding != "utf-8" else f'<guid isPermaLink="false">{_tag(paper, a)}</guid>')
        + f"<pubDate>{format_datetime(a.published_at)}</pubDate>"
        f"<description>{escape(f'<p>{escape(a.text)}</p>')}</description></item>"
        for a in articles
    )
    return (
        f'<?xml version="1.0" encoding="{encoding}"?>\n<rss version="2.0"><channel>'
        f"<title>{escape(paper.title)}</title><link>{base_url}/{paper.id}/</link><description/>"
        f"<language>{paper.language}</language>{items}</channel></rss>\n"
    )


def rss_1(paper: Paper, articles: Sequence[Article], base_url: str) -> str:
    """RSS 1.0 with Dublin Core dates."""
    items = "".join(
        f'<item rdf:about="{base_url}{a.path}"><title>{escape(a.title)}</title>'
        f"<link>{base_url}{a.path}</link><description>{escape(a.text)}</description>"
        f"<dc:date>{a.published_at.isoformat(timespec='seconds')}</dc:date></item>"
        for a in articles
    )
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n'
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" '
        'xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f'<channel rdf:about="{base_url}/{paper.id}/feed"><title>{escape(paper.title)}</title>'
        f"<link>{base_url}/{paper.id}/</link><dc:language>{paper.language}</dc:language></channel>"
        f"{items}</rdf:RDF>\n"
    )


def atom(paper: Paper, articles: Sequence[Article], base_url: str) -> str:
    """Atom 1.0 with xml:base and relative links."""
    entries = "".join(
        f"<entry><id>{_tag(paper, a)}</id><title>{escape(a.title)}</title>"
        f'<link href="{a.path}"/><updated>{a.published_at.isoformat(timespec="seconds")}</updated>'
        f"<summary>{escape(a.text)}</summary></entry>"
        for a in articles
    )
    updated = max((a.published_at for a in articles), default=None)
    stamp = updated.isoformat(timespec="seconds") if updated else "2026-01-01T00:00:00Z"
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom" '
        f'xml:lang="{paper.language}" xml:base="{base_url}/">'
        f"<id>tag:{paper.id}.example,2026:feed</id><title>{escape(paper.title)}</title>"
        f"<updated>{stamp}</updated><author><name>{escape(paper.title)}</name></author>"
        f'<link href="/{paper.id}/"/>{entries}</feed>\n'
    )


def json_feed(paper: Paper, articles: Sequence[Article], base_url: str) -> str:
    """JSON Feed 1.1."""
    items = [
        {
            "id": _tag(paper, a),
            "url": base_url + a.path,
            "title": a.title,
            "content_text": a.text,
            "date_published": a.published_at.isoformat(timespec="seconds"),
        }
        for a in articles
    ]
    return json.dumps(
        {
            "version": "https://jsonfeed.org/version/1.1",
            "title": paper.title,
            "home_page_url": f"{base_url}/{paper.id}/",
            "language": paper.language,
            "items": items,
        },
        ensure_ascii=False,
    )


def page(title: str, text: str, *, feed: str | None = None) -> str:
    """An article's page, or a page that only advertises a feed."""
    link = f'<link rel="alternate" type="application/rss+xml" href="{feed}">' if feed else ""
    return (
        f'<!doctype html><html><head><meta charset="utf-8"><title>{escape(title)}</title>{link}'
        f"</head><body><h1>{escape(title)}</h1><p>{escape(text)}</p></body></html>\n"
    )


def _tag(paper: Paper, article: Article) -> str:
    number = article.path.partition("?")[0].rpartition("/")[2]
    return f"tag:{paper.id}.example,2026:{number}"
