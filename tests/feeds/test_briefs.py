"""Published briefs: in the feeds in place of what they cite, and on pages of their own."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import feedparser
import pytest
from flask.testing import FlaskClient
from lxml import etree

from aggregator.desk.desk import Desk
from aggregator.desk.workflow import Rules
from aggregator.domain import (
    Brief,
    Editor,
    HostedPicture,
    Picture,
    Rendition,
    Role,
    Wording,
)
from aggregator.settings import load
from aggregator.store import Store
from feeds import create_app
from tests.build import NOW, declare, item, source, take
from tests.wire.poller import Clock

LE_MONDE = source("le-monde", name="Le Monde", language="fr")
RTL = source("rtl", name="RTL", language="fr")
SETTINGS = load(Path(__file__).parents[2] / "config", {"AGGREGATOR_BASE_URL": "https://n.example"})
PAULA = Editor("paula", "Paula Ek", "PE", Role.PUBLISHER)
ATOM = "{http://www.w3.org/2005/Atom}"
WORDING = Wording(
    headline="Tunnel of Lac-Noir opens",
    body="According to French newspaper *Le Monde*, it is open.\n\nNine <b>years</b> late.",
    byline="QG",
    kicker="Transport",
    picture=Picture("https://p.example/x.jpg", "A tunnel", "© Unsplash"),
)


class House:
    """A newsroom with two items, its desk and its site."""

    def __init__(self, store: Store) -> None:
        declare(store, LE_MONDE, RTL)
        take(store, LE_MONDE, item(1, language="fr"), item(3))
        take(store, RTL, item(2, url="https://rtl.example/2", guid="r2"))
        self.store = store
        self.clock = Clock(NOW)
        rules = Rules(SETTINGS.time_zone, four_eyes=False)
        self.desk = Desk(store, rules, ["en"], self.clock)
        self.client: FlaskClient = create_app(SETTINGS, store, self.clock).test_client()

    def publish(self, **changes: object) -> Brief:
        wording = replace(WORDING, citations=self.desk.cite([1, 2]), **changes)  # type: ignore[arg-type]
        draft = self.desk.begin_from_items([1, 2], PAULA, wording)
        return self.desk.publish(draft.id, draft.version, PAULA)

    def feed(self):
        return feedparser.parse(BytesIO(self.client.get("/feed.atom").data))


@pytest.fixture
def house(sqlite_store: Store) -> House:
    return House(sqlite_store)


def test_a_brief_stands_in_place_of_what_it_cites(house: House) -> None:
    assert len(house.feed().entries) == 3
    house.clock.now += timedelta(minutes=1)
    brief = house.publish()
    titles = [entry.title for entry in house.feed().entries]
    assert titles == ["Tunnel of Lac-Noir opens", "Title 2"]
    entry = house.feed().entries[0]
    assert entry.id == brief.uid
    assert entry.link == f"https://n.example/news/2026/01/20/{brief.slug}"
    assert entry.author == "QG"
    assert [tag.term for tag in entry.tags] == ["Transport"]


def test_each_original_is_a_via_link_with_its_language(house: House) -> None:
    house.publish()
    hosted = HostedPicture("0" * 32, (Rendition(1280, 800, 9, 9),))
    house.store.pictures.keep("https://p.example/x.jpg", hosted, NOW)
    root = etree.fromstring(house.client.get("/feed.atom").data)
    entry = root.find(f"{ATOM}entry")
    vias = [dict(link.attrib) for link in entry.findall(f"{ATOM}link[@rel='via']")]
    assert vias == [
        {"href": "https://fanal.example/1", "rel": "via", "type": "text/html", "title": "Le Monde: Title 1", "hreflang": "fr"},
        {"href": "https://fanal.example/3", "rel": "via", "type": "text/html", "title": "Le Monde: Title 3"},
    ]  # fmt: skip
    media = "{http://search.yahoo.com/mrss/}"
    content = entry.find(f"{media}content")
    assert content.get("url") == f"https://n.example/pictures/{'0' * 32}-1280.jpg"
    assert content.findtext(f"{media}credit") == "© Unsplash"


def test_every_format_names_its_origins(house: House) -> None:
    house.publish()
    content = house.feed().entries[0].content[0].value
    assert "<em>Le Monde</em>" in content
    assert "From Le Monde" in content
    assert "(QG - Source: Le Monde - Picture: © Unsplash)" in content
    first = json.loads(house.client.get("/feed.json").data)["items"][0]
    assert first["external_url"] == "https://fanal.example/1"
    assert len(first["_aggregator"]["citations"]) == 2
    assert b'<source url="https://fanal.example/1"' in house.client.get("/feed.rss").data


def test_the_page_has_all_that_the_model_has(house: House) -> None:
    brief = house.publish()
    page = house.client.get(f"/news/2026/01/20/{brief.slug}")
    text = page.get_data(as_text=True)
    for part in (
        "<h1>Tunnel of Lac-Noir opens</h1>", "QG", "20 Jan 2026 10h00", "© Unsplash",
        "(QG - Source: Le Monde - Picture: © Unsplash)", 'href="https://fanal.example/1"',
        'hreflang="fr"', "Nine &lt;b&gt;years&lt;/b&gt; late.", 'class="kicker">Transport<',
    ):  # fmt: skip
        assert part in text
    assert "<img" not in text
    assert text.count("<script") == text.count('<script type="application/ld+json">') == 1
    etag = page.headers["ETag"]
    again = house.client.get(f"/news/2026/01/20/{brief.slug}", headers={"If-None-Match": etag})
    assert again.status_code == 304
    assert brief.slug in house.client.get("/").get_data(as_text=True)


def test_a_correction_moves_updated_and_nothing_else(house: House) -> None:
    brief = house.publish()
    before = house.feed().entries[0]
    house.clock.now += timedelta(hours=2)
    house.desk.correct(
        brief.id, brief.version, replace(brief.wording, headline="It opens"), "It opened later.", PAULA
    )  # fmt: skip
    after = house.feed().entries[0]
    assert (after.id, after.link, after.published) == (before.id, before.link, before.published)
    assert after.updated > before.updated
    assert "It opened later." in after.content[0].value
    page = house.client.get(f"/news/2026/01/20/{brief.slug}").get_data(as_text=True)
    assert "It opened later." in page
    assert "corrected 20 Jan 2026 12h00" in page


def test_what_is_withdrawn_is_gone_and_says_so(house: House) -> None:
    brief = house.publish()
    path = f"/news/2026/01/20/{brief.slug}"
    assert house.client.get(path).status_code == 200
    house.desk.withdraw(brief.id, brief.version, "It was wrong", PAULA)
    assert house.client.get(path).status_code == 410
    assert brief.uid not in [entry.id for entry in house.feed().entries]
    root = etree.fromstring(house.client.get("/feed.atom").data)
    (grave,) = root.findall("{http://purl.org/atompub/tombstones/1.0}deleted-entry")
    assert grave.get("ref") == brief.uid


@pytest.mark.parametrize("path", ["/news/2026/01/20/none", "/news/2026/13/45/x", "/news/0/1/1/x"])
def test_there_is_nothing_where_there_never_was(house: House, path: str) -> None:
    assert house.client.get(path).status_code == 404
