"""What wire/parse.py does to feedparser makes it quicker, not different."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import feedparser
import pytest

import aggregator.wire.parse  # noqa: F401 - it is what makes feedparser quick
from benchmarks.documents import feed

# In a process of its own, where feedparser is as it comes, but for what is wanted otherwise.
PLAIN = """
import io, json, sys, feedparser
feedparser.mixin._FeedParserMixin.can_be_relative_uri.discard("id")
for line in sys.stdin:
    path, kind = json.loads(line)
    with open(path, "rb") as file:
        read = feedparser.parse(io.BytesIO(file.read()), response_headers={"content-type": kind},
                                sanitize_html=False, resolve_relative_uris=False)
    print(json.dumps([read.feed, read.entries, read.version], default=str))
"""
# What its short ways leave to it, and what is on the border.
ODD = {
    "base": '<feed xmlns="http://www.w3.org/2005/Atom" xml:base="http://a.example/b/"><entry>'
    '<id>x</id><link href="c"/><title type="html">A &amp;amp; B</title></entry></feed>',
    "markup in content": '<feed xmlns="http://www.w3.org/2005/Atom"><entry><title>T</title>'
    '<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>x <b>y</b></p></div>'
    "</content><summary><div>not escaped</div></summary></entry></feed>",
    "a foreign prefix": '<rss version="2.0" xmlns:m="http://search.yahoo.com/mrss/" '
    'xmlns:media="urn:other"><channel><item><m:content url="u" type="IMAGE/PNG" m:x="1"/>'
    "<media:credit>C</media:credit><x>1</x><x a='b'>2</x></item></channel></rss>",
    "texts to mend": '<rss version="2.0"><channel><item><title>caf\u00c3\u00a9 \u0093q\u0094</title>'
    "<link>http:////a.example/?a=1&amp;amp;b=2</link><description>&lt;p&gt;\u0080</description>"
    "<description>again</description><guid>http://a.example/</guid></item></channel></rss>",
    "svg, dates, tags": '<rss version="2.0"><channel><image><url>u</url></image><item>'
    "<svg xmlns='http://www.w3.org/2000/svg'><title>no</title></svg><title/><title>yes</title>"
    "<pubDate>Tue, 20 Jan 2026 09:00:00 GMT</pubDate><category domain='d'>a</category>"
    "<category>a</category><source url='s'>S</source><author>A (a@b.example)</author></item>"
    "</channel></rss>",
    "Userland's own": '<rss version="2.0" xmlns="http://backend.userland.com/RSS2"><channel><item>'
    "<title>T</title><comments>c</comments></item></channel></rss>",
}


def as_it_comes(paths: list[tuple[str, str]]) -> list[str]:
    lines = "".join(json.dumps(path) + "\n" for path in paths)
    command = [sys.executable, "-c", PLAIN]
    return subprocess.run(
        command, input=lines, capture_output=True, check=True, text=True
    ).stdout.splitlines()


def quickly(path: str, kind: str) -> str:
    read = feedparser.parse(
        path,
        response_headers={"content-type": kind},
        sanitize_html=False,
        resolve_relative_uris=False,
    )
    return json.dumps([read.feed, read.entries, read.version], default=str)


@pytest.fixture
def documents(shared: Path, tmp_path: Path) -> list[tuple[str, str]]:
    rows = json.loads((shared / "corpus" / "manifest.json").read_text())
    found = [(str(shared / "corpus" / r["file"]), r["serve_content_type"] or "") for r in rows]
    made = {name: f'<?xml version="1.0"?>{text}'.encode() for name, text in ODD.items()}
    for number, body in enumerate([*made.values(), feed(7)]):
        (tmp_path / f"{number}.xml").write_bytes(body)
        found.append((str(tmp_path / f"{number}.xml"), "application/xml"))
    own = Path(__file__).parents[1] / "documents"
    return found + [(str(path), "application/xml") for path in sorted(own.glob("*.xml"))]


def test_every_document_reads_the_same(documents: list[tuple[str, str]]) -> None:
    plain = as_it_comes(documents)
    differing = [
        path
        for (path, kind), expected in zip(documents, plain, strict=True)
        if quickly(path, kind) != expected
    ]
    assert len(documents) > 230
    assert differing == []


def test_who_asks_feedparser_to_sanitise_is_served() -> None:
    body = b"<rss><channel><item><description>&lt;script>x&lt;/script>y</description></item>"
    read = feedparser.parse(body + b"</channel></rss>")
    assert read.entries[0].summary == "y"
