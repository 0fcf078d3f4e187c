"""Whatever sources and editors say, the feeds are valid: schemas, checkers, other people's parsers."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import feedparser
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from aggregator.domain import (
    Brief,
    BriefState,
    Citation,
    Correction,
    Document,
    ItemQuery,
    Picture,
    Wording,
)
from aggregator.jobs.grouping import Grouper
from aggregator.store import Store
from aggregator.wire.parse import parse
from feeds.combined import Material, combined
from feeds.documents import atom, rss
from feeds.jsonfeed import json_feed
from tests.build import NOW, declare, document, source, take
from tests.checkers import atom_errors, html_errors, json_feed_errors
from tests.feeds.desk import Desk as SignedIn
from tests.feeds.desk import hire
from tests.feeds.newsroom import SETTINGS, Newsroom
from tests.feeds.test_documents import EDITION, UID

FORMATS = ("atom", "rss", "json")
TEXTS = st.text(max_size=60)
LINES = st.text(min_size=1, max_size=60)
THEIR_MARKUP = re.compile("(?i)heading|attribute “href”[.]|child of element “table”")
"""What is said of a source's own text, which the desk shows as it came but for what could harm."""


def hostile(shared: Path) -> list[Document]:
    """Every capture there is, and what attackers would put into an item."""
    found = [
        Document(f"https://origin.example/{path.name}", 200, {}, path.read_bytes(), NOW)
        for path in sorted((shared / "corpus" / "feeds").iterdir())
    ]
    payloads = json.loads((shared / "corpus" / "xss_payloads.json").read_text())
    texts = [p if isinstance(p, str) else str(next(iter(p.values()))) for p in payloads]
    items = "".join(
        f"<item><title><![CDATA[{text}]]></title><guid>{n}</guid><link>https://evil.example/{n}</link>"
        f"<description><![CDATA[{text}]]></description></item>"
        for n, text in enumerate(text.replace("]]>", "") for text in texts)
    )
    evil = f"<rss version='2.0'><channel><title>Evil</title>{items}</channel></rss>"
    return [*found, document(evil, "https://evil.example/feed")]


@pytest.fixture
def newsroom(sqlite_store: Store, shared: Path) -> Newsroom:
    """One that polled all of them."""
    newsroom = Newsroom(sqlite_store)
    newsroom.take(newsroom.settings.sources[0], 1)
    newsroom.publish(1)
    for number, one in enumerate(hostile(shared)):
        of = source(f"s{number}", url=one.url)
        try:
            read = parse(one, of, NOW)
        except Exception:  # noqa: BLE001 - what cannot be read is not published
            continue
        declare(sqlite_store, of)
        take(sqlite_store, of, *read.items[:20], now=NOW + timedelta(minutes=number))
    newsroom.clock.now = NOW + timedelta(days=1)
    return newsroom


@pytest.fixture
def served(newsroom: Newsroom, tmp_path: Path) -> Path:
    """A folder with its feeds."""
    for path in [*newsroom.press.feeds, "/archive/2026/01.atom"]:
        name = path.strip("/").replace("/", "-")
        (tmp_path / name).write_bytes(newsroom.client.get(path).data)
    return tmp_path


@pytest.mark.timeout(400)
def test_the_checkers_find_nothing_wrong(served: Path, shared: Path, tool) -> None:
    atoms = sorted(served.glob("*.atom"))
    assert len(feedparser.parse(atoms[-1].read_bytes()).entries) >= 50
    assert atom_errors(tool, shared, atoms) == ""
    for path in sorted(served.glob("*.json")):
        assert json_feed_errors(shared, path) == "", path
    for path in (*atoms, *served.glob("*.rss")):
        read = feedparser.parse(BytesIO(path.read_bytes()))
        assert not read.bozo, path
        assert len({entry.id for entry in read.entries}) == len(read.entries)


@pytest.mark.timeout(400)
def test_what_they_say_breaks_no_page(newsroom: Newsroom, tool, tmp_path: Path) -> None:
    """Of the site, where briefs cite them, and of the desk."""
    store = newsroom.store
    Grouper(store, newsroom.settings, newsroom.clock, lambda: None).catch_up()
    evil = [one.id for one in store.items.find(ItemQuery(search="alert", limit=20))]
    every = [one.id for one in store.items.find(ItemQuery(limit=2000))]
    for cited in (evil, every[::97]):
        newsroom.publish(*cited, headline="<script>alert(1)</script> & more", kicker="<b>&")
    site = newsroom.client
    paths = [path for path in newsroom.press.paths() if "." not in path.rpartition("/")[2]]
    hire(store)
    desk = SignedIn(store, now=newsroom.clock.now).browser("quentin")
    wire = [*set(re.findall(r'"(/desk/stories/[0-9]+)"', desk.get("/desk/").text))]
    stories = {one.story for one in store.items.find(ItemQuery(search="alert", limit=20))}
    inside = ["/desk/", *wire, *(f"/desk/stories/{number}" for number in stories if number)]
    found = [(site.get(path), path) for path in paths] + [(desk.get(path), path) for path in inside]
    for number, (answer, path) in enumerate(found):
        assert answer.status_code == 200, path
        (tmp_path / f"{number}.html").write_bytes(answer.data)
    assert (len(evil), len(paths) > 20, len(inside) > 40) == (20, True, True)
    errors = html_errors(tool, tmp_path.glob("*.html"))
    ours = [said for said in errors if not THEIR_MARKUP.search(said[1])]
    assert {(found[int(Path(name).stem)][1], *what) for name, *what in ours} == set()


@settings(max_examples=60)
@given(TEXTS, TEXTS, TEXTS, LINES, TEXTS)
def test_no_brief_can_break_a_feed(
    headline: str, body: str, byline: str, source_name: str, note: str
) -> None:
    cited = Citation(1, source_name, "https://a.example/?a=1&b=2", headline, "fr", NOW)
    wording = Wording(
        headline, body, byline, note, "en", Picture("https://a.example/p", note, byline),
        None, (source_name,), (cited,),
    )  # fmt: skip
    brief = Brief(
        1, f"urn:uuid:{UID}", "paula", BriefState.CORRECTED, 1, wording, NOW, NOW, day=NOW.date(),
        slug="x", published_at=NOW, updated_at=NOW, corrections=(Correction(NOW, note, "paula"),),
    )  # fmt: skip
    feed = combined(Material(briefs=[brief]), SETTINGS, EDITION, UID)
    etree.fromstring(atom(feed))
    etree.fromstring(rss(feed))
    assert json.loads(json_feed(feed))["items"][0]["id"] == brief.uid
