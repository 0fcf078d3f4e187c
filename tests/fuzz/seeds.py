"""What fuzzing begins with, and the words that it knows."""

from __future__ import annotations

import json
from pathlib import Path

ROOT = Path(__file__).parents[2]
DOCUMENTS = sorted((ROOT / "tests" / "documents").glob("*.xml"))
CORPUS = ROOT.parent / "shared" / "corpus"
"""Development material beside the project, where it is."""
SMALL = 8192

RSS = b"""<?xml version="1.0"?><rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>F</title>
<item><title>A &amp; b</title><link>https://f.example/1</link><guid>1</guid><dc:creator>An</dc:creator>
<description><![CDATA[<p onclick="x">T<img src="/a.png"><a href="javascript:x">l</a>]]></description>
<pubDate>Tue, 20 Jan 2026 08:00:00 GMT</pubDate><category>c</category></item><!-- <item> --><item><title>B</title></item></channel></rss>"""
ATOM = b"""<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="fr"><title>F</title><link rel="hub" href="https://h.example/"/>
<entry><id>tag:f,2026:1</id><title type="html">&lt;b>A</title><link href="/1"/><updated>2026-01-20T08:00:00Z</updated>
<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>T</p></div></content></entry></feed>"""
RDF = b"""<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"><channel><title>F</title></channel>
<item rdf:about="https://f.example/1"><title>A</title><link>https://f.example/1</link></item></rdf:RDF>"""
JSON = json.dumps(
    {
        "version": "https://jsonfeed.org/version/1.1", "title": "F", "hubs": [{"type": "WebSub", "url": "https://h.example"}],
        "items": [{"id": 1, "url": "https://f.example/1", "title": "A", "content_html": "<p>T", "tags": ["c"],
                   "authors": [{"name": "An"}], "date_published": "2026-01-20T08:00:00Z", "image": "/a.png"}],
    }
).encode()  # fmt: skip

ADDRESSES = (
    "https://www.Example.org:443/a/../b/index.php?utm_source=x&id=3#xtor=RSS-3", "http://amp.paper.comsociety/a.amp.html?amp",
    "https://news.google.com/rss/articles/CBMiFGh0dHBzOi8vYS5leGFtcGxlL2I?oc=5", "https://www.google.com/url?q=https%3A%2F%2Fa.example%2Fa",
    "https://consent.a.example/x?continue=https%3A%2F%2Fa.example%2Fa", "https://a-b.cdn.ampproject.org/c/s/a.b/a", "http://[::1]:80/%zz",
    "https://b\u00fccher.example/\u00e4?b&a=#:~:text=x", "//x", "mailto:a@b", "https://m.www2.a.example/./amp/", "http://u:p@0x7f.1/",
)  # fmt: skip
MARKDOWN = (
    "Nine *years*\n\n- one\n- [two](https://a.example/?a=1&b=2 \"t\")\n\n> said\n\n1. x\n\n```js\ny\n```\n\n***\n",
    "[d] ![x](y) <https://c.example> `code` **b**  \n# T\n\n[d]: javascript:x\n\n<script>x</script> &lt; &#0; &#x41; \\*",
)  # fmt: skip
CONFIGS = (
    (0, '# ours\nsources:\n  - id: fanal\n    name: Fanal\n    url: https://fanal.example/feed\n    interval: 15m\n    exclude: ["title:(?i)x"]\n'),
    (0, '{"sources": [{"id": "a", "name": "A", "url": "https://a.example/"}]}'),
    (0, "sources: [{id: a, name: A, url: https://a.example/, categories: [b], republish: link}] # end"),
    (1, "title: T\ntime_zone: Europe/Brussels\nlanguages: [fr, en]\nretention: {texts: 365d}\nallow_networks: ['127.0.0.0/8']\n"),
    (1, "series:\n- {slug: born-on, name: Born on, at: '07:00', days: [mon]}\naccent: '#a3262a'\nhost_rate: 1.5\n"),
    (2, "feeds:\n- {slug: news, title: N, categories: [a], languages: [fr], kinds: [briefs], size: 20, sources: [fanal]}\n"),
    (3, "HOST_RATE=2"), (3, "ALLOW_NETWORKS=127.0.0.0/8"), (3, "TITLE=2026-01-20"),
    (4, '<opml version="2.0"><body><outline text="F"><outline text="A" xmlUrl="https://a.example/" category="x,/y/z"/></outline></body></opml>'),
)  # fmt: skip

_FEED_WORDS = (
    "<item>", "</item>", "<item/>", "<entry>", "</entry>", "<![CDATA[", "]]>", "<!--", "-->", "<?x ", "?>", "<!DOCTYPE x>", "<title>", "</title>",
    "<link>", "<guid isPermaLink=\"false\">", "<description>", "<content:encoded>", "<pubDate>", "xml:base=\"", "xml:lang=\"", "xmlns=\"", "type=\"xhtml\"",
    "type=\"html\"", " encoding=\"", "&#0;", "&#x1F600;", "&lt;", "&amp;", "&nbsp;", "utf-16", "windows-1252", "<media:content url=\"", "<georss:point>",
    "<enclosure url=\"", "<ttl>", "<skipHours>", "<sy:updatePeriod>", "<itunes:image href=\"", "<img src=", "<a href=\"javascript:", "<svg onload=", "\xef\xbb\xbf",
)  # fmt: skip
WORDS = {
    "parser": (*_FEED_WORDS, '"items":', '"version":', "null", "1e999"),
    "splitter": _FEED_WORDS,
    "address": (
        "https://", "http://", "utm_source=", "#xtor=", "/amp", ".amp.html", "index.html", "www.", "m.", "amp.", "xn--", "%2F", "%00", "..", "//", "@", ":443", ":80",
        "[::1]", "google.com/url?q=", "cdn.ampproject.org/c/s/", "news.google.com/articles/CBMi", "consent.", "&amp=1", "ref=rss", ".com",
    ),
    "markdown": ("](", "![", "[a]: ", "<http:", "javascript:", "```", "&#x", "&lt;", "***", "\n> ", "\n- ", "\n1. ", "\n---\n", "\\", "<!--", "data:text/html,", "\t", "'\"", "mailto:"),
    "config": (
        "sources:", "- id: ", "name: ", "url: ", "interval: ", "categories: ", "include: ", "exclude: ", "title:", "&a ", "*a", "<<: *a", "!!set", "!!binary ", "!x ", "|\n", ">-\n", "? ",
        "~", ".inf", ".nan", "0x1", "1_000", "2026-01-20", "true", "[", "]", "{", "}", "---\n", "...\n", "%YAML 1.1\n", "\t", "retention:", "feeds:", "series:", "<outline ", "xmlUrl=\"", "category=\"",
    ),
}  # fmt: skip


def seeds(target: str) -> list[bytes]:
    """What the target is begun with."""
    if target == "address":
        return [one.encode() for one in ADDRESSES]
    if target == "markdown":
        return [one.encode() for one in MARKDOWN]
    if target == "config":
        return [bytes([kind]) + text.encode() for kind, text in CONFIGS]
    heads = (b"\0", b"\2") if target == "parser" else (b"\0\xff", b"\0\x55", b"\2\x0f")
    captures = [path for path in sorted((CORPUS / "feeds").glob("**/*")) if path.is_file()]
    small = [path.read_bytes() for path in captures if path.stat().st_size <= SMALL]
    documents = [RSS, ATOM, RDF, JSON, *(path.read_bytes() for path in DOCUMENTS), *small]
    return [head + body for body in documents for head in heads]
