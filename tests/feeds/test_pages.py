"""The public pages: what each has, where it leads, and that nothing is left out of the list."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from flask import request
from flask.testing import FlaskClient
from lxml import etree, html
from werkzeug.exceptions import TooManyRequests

from aggregator.domain import Picture, Republish
from aggregator.store import Store
from feeds import create_app
from feeds.export import Export
from feeds.press import Press
from feeds.public import sitemaps
from feeds.public.pages import PublicPages
from feeds.public.search import Search
from feeds.public.shown import shown_picture
from tests.conftest import Databases
from tests.feeds.published import PAULA, SHOWN, SOURCES, PublicNewsroom, full_newsroom
from tests.pictures import picture

LARGEST = 100_000


@pytest.fixture
def room(sqlite_store: Store, tmp_path: Path) -> PublicNewsroom:
    return PublicNewsroom(sqlite_store, tmp_path)


@pytest.fixture(scope="module")
def full(
    databases: Databases, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[PublicNewsroom]:
    """One that has published 40 briefs; nothing in these tests changes it."""
    folder = tmp_path_factory.mktemp("full")
    with databases(folder / "test.db") as url, full_newsroom(url, folder) as made:
        yield made


def get(room: PublicNewsroom, path: str) -> html.HtmlElement:
    response = room.app().test_client().get(path)
    assert response.status_code == 200, path
    return html.document_fromstring(response.get_data(as_text=True))


def client(room: PublicNewsroom) -> FlaskClient:
    return room.app().test_client()


def data_of(page: html.HtmlElement) -> dict:
    (block,) = page.xpath("//script")
    assert block.get("type") == "application/ld+json"
    return json.loads(block.text)


def test_the_front_page_is_as_the_model_has_it(full: PublicNewsroom) -> None:
    page = get(full, "/")
    assert page.xpath("string(//h1)") == "The Daily Wire"
    assert "News to the point" in page.xpath("string(//header)")
    (lead,) = page.xpath("//article[@class='lead']")
    assert lead.xpath(".//img/@width") == ["1280"]
    assert lead.xpath("string(.//figcaption)") == SHOWN.credit
    assert lead.xpath(".//source/@type") == ["image/webp"]
    cards = page.xpath("//ul[@class='cards']/li")
    assert page.xpath("string(//h2[@id='latest'])") == "Latest news"
    assert len(cards) == 24  # 40 briefs, a full page of 15 elsewhere, and the lead
    assert re.fullmatch(r"\d\d/01/2026 \d\dh\d\d", cards[0].xpath("string(.//time)"))
    assert cards[0].xpath(".//span[@class='by']")
    assert cards[0].xpath(".//h3/a/@href")[0].startswith("/news/2026/01/")
    assert page.xpath("//section[@aria-labelledby='wire']//li")


def test_every_brief_is_on_a_page_that_stays(full: PublicNewsroom) -> None:
    first, older = get(full, "/"), get(full, "/page/1")
    found = [
        href for page in (first, older) for href in page.xpath("//h3/a/@href | //h2/a/@href")
        if href.startswith("/news/")
    ]  # fmt: skip
    assert len(found) == len(set(found)) == 40
    assert first.xpath("//a[@rel='prev']/@href") == ["/page/1"]
    assert client(full).get("/page/2").status_code == 404


def test_a_full_page_does_not_change_when_something_is_published(room: PublicNewsroom) -> None:
    room.fill(31)
    browser = client(room)
    before = browser.get("/page/1").data
    room.publish(headline="One more")
    after = browser.get("/page/1").data
    assert b"One more" in browser.get("/").data
    assert before == after


def test_a_brief_says_where_it_comes_from(full: PublicNewsroom) -> None:
    brief = full.store.briefs.published(50)[1]
    page = get(full, f"/news/{brief.day:%Y/%m/%d}/{brief.slug}")
    assert page.xpath("string(//h1)") == brief.wording.headline
    assert page.xpath("//div[@class='originals']//a/@href") == [
        "https://le-monde.example/1",
        "https://rtl.example/11",
    ]
    assert page.xpath("//div[@class='originals']//a/@rel")[0] == "noopener noreferrer"
    assert re.fullmatch(r"2\d Jan 2026 \d\dh\d\d", page.xpath("string(//article//time)"))
    assert page.xpath("//link[@rel='canonical']/@href")[0].startswith("https://n.example/news/")


def test_a_brief_is_data_for_search_engines(room: PublicNewsroom) -> None:
    room.host()
    brief = room.publish()
    room.clock.now += timedelta(hours=1)
    room.desk.correct(brief.id, brief.version, brief.wording, "It is 14 km, not 12.", PAULA)
    data = data_of(get(room, f"/news/2026/01/20/{brief.slug}"))
    assert data["@type"] == "NewsArticle"
    assert data["headline"] == brief.wording.headline
    assert data["identifier"] == brief.uid
    assert data["creditText"] == data["image"]["creditText"] == SHOWN.credit
    assert data["image"]["url"].startswith("https://n.example/pictures/")
    assert [one["url"] for one in data["isBasedOn"]] == [
        "https://le-monde.example/1", "https://rtl.example/11",
    ]  # fmt: skip
    assert data["citation"] == data["isBasedOn"]
    assert data["citation"][0]["publisher"]["name"] == "Le Monde"
    (correction,) = data["correction"]
    assert correction["text"] == "It is 14 km, not 12."
    assert data["dateModified"] > data["datePublished"]
    assert data["publisher"]["name"] == "The Daily Wire"


def test_nothing_in_a_headline_ends_the_data(room: PublicNewsroom) -> None:
    hostile = "</script><script>alert(1)</script> & <!-- 'x\""
    brief = room.publish(headline=hostile, kicker="</title><b>")
    page = get(room, f"/news/2026/01/20/{brief.slug}")
    assert data_of(page)["headline"] == hostile
    assert page.xpath("//title/text()")[0].startswith("</script><script>alert(1)")
    assert not page.xpath("//b")


def test_a_brief_has_neighbours_in_its_series(full: PublicNewsroom) -> None:
    line = [b for b in full.store.briefs.published(50) if b.wording.series == "born-on"]
    page = get(full, f"/news/{line[1].day:%Y/%m/%d}/{line[1].slug}")
    (nav,) = page.xpath("//nav[@class='neighbours']")
    assert [href.rpartition("/")[2] for href in nav.xpath("./a/@href")] == [
        line[2].slug,
        line[0].slug,
    ]
    assert "/series/born-on" in page.xpath("//ul[@class='filed']//a/@href")


def test_every_page_leads_to_pages_that_are_there(full: PublicNewsroom) -> None:
    browser, seen, ahead = client(full), set[str](), ["/"]
    while ahead:
        path = ahead.pop()
        seen.add(path)
        with browser.get(path) as response:
            assert response.status_code == 200, path
            if response.mimetype != "text/html":
                continue
            body = response.get_data(as_text=True)
        assert len(body.encode()) < LARGEST, path
        page = html.document_fromstring(body)
        links = page.xpath("//@href | //@src") + [
            one.split()[0] for srcset in page.xpath("//@srcset") for one in srcset.split(", ")
        ]
        ahead += {link for link in links if link.startswith("/")} - seen - set(ahead)
    pages = PublicPages(full.settings, full.store)
    listed = {path for path, _page, _arguments in pages.each()}
    for_machines = {"/sitemap.xml", "/news-sitemap.xml", "/robots.txt", "/sources.opml"}
    assert listed - seen == for_machines
    elsewhere = re.compile(r"/(look|pictures|search|favicon|feeds/)|/feed\.")
    assert {path for path in seen - listed if not elsewhere.match(path)} == set()


def test_the_list_of_pages_gives_the_bytes_that_are_served(full: PublicNewsroom) -> None:
    browser = client(full)
    for path, page, arguments in PublicPages(full.settings, full.store).each():
        response = browser.get(path)
        assert response.data == page.render(**arguments), path
        assert response.content_type == page.content_type


def test_what_pages_load_is_exported_with_them(full: PublicNewsroom, tmp_path: Path) -> None:
    logo = tmp_path / "logo.png"
    logo.write_bytes(picture(200, 100, "PNG"))
    settings = replace(full.settings, logo=logo)
    press = Press(settings, full.store)
    browser = create_app(settings, full.store, full.clock, press).test_client()
    Export(browser, tmp_path / "public").run(press.paths(), [])
    front = html.fromstring((tmp_path / "public/index.html").read_bytes())
    loaded = front.xpath("//img/@src | //link[@rel='stylesheet']/@href")
    sets = front.xpath("//img/@srcset | //source/@srcset")
    loaded += [one.split()[0] for several in sets for one in several.split(",")]
    paths = {urlsplit(one).path for one in loaded}
    assert any(path.endswith("logo.png") for path in paths)
    assert any(path.endswith("-1280.jpg") for path in paths)
    for path in paths:
        assert (tmp_path / "public" / path[1:]).read_bytes() == browser.get(path).data, path


def test_no_page_asks_anybody_else(full: PublicNewsroom) -> None:
    for path in ("/", "/news", f"/news/2026/01/20/{full.store.briefs.published()[-1].slug}"):
        response = client(full).get(path)
        page = html.document_fromstring(response.get_data(as_text=True))
        loaded = page.xpath("//img/@src | //link[@rel='stylesheet' or contains(@rel,'icon')]/@href")
        assert loaded
        assert all(one.startswith("/") for one in loaded)
        assert not page.xpath("//script[not(@type='application/ld+json')] | //@style | //style")
        assert "Set-Cookie" not in response.headers


@pytest.mark.parametrize(
    "path",
    [
        "/news/2026/02", "/news/2025/01/20", "/news/2026/13/01", "/category/none", "/page/0",
        "/series/none", "/nonsense/x", "/pictures/none.jpg", "/pictures/..%2ftest.db", "/look/x/y",
        "/news/2026/1/20", "/sitemap-1.xml", "/category/belgium/page/99",
    ],
)  # fmt: skip
def test_there_is_nothing_elsewhere(full: PublicNewsroom, path: str) -> None:
    assert client(full).get(path).status_code == 404


def test_a_picture_is_served_for_good(full: PublicNewsroom) -> None:
    src = get(full, "/").xpath("//article[@class='lead']//img/@src")[0]
    for path, kind in ((src, "image/jpeg"), (src.replace(".jpg", ".webp"), "image/webp")):
        answer = client(full).get(path)
        assert answer.content_type == kind
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        again = client(full).get(path, headers={"If-None-Match": answer.headers["ETag"]})
        assert again.status_code == 304


def test_a_picture_that_we_do_not_have_is_not_shown(room: PublicNewsroom) -> None:
    brief = room.publish()
    path = f"/news/2026/01/20/{brief.slug}"
    assert not get(room, path).xpath("//img")
    assert b"pictures.example" not in client(room).get("/feed.atom").data
    room.settings = replace(room.settings, hotlink_pictures=True)
    assert get(room, path).xpath("//img/@src") == [SHOWN.url]
    assert "img-src 'self' https:" in client(room).get(path).headers["Content-Security-Policy"]
    room.host()
    assert get(room, path).xpath("//img/@src")[0].startswith("/pictures/")


def test_the_feeds_name_our_picture(room: PublicNewsroom) -> None:
    room.publish()
    room.host()
    for path in ("/feed.atom", "/feed.json"):
        body = client(room).get(path).get_data(as_text=True)
        assert re.search(r"https://n\.example/pictures/[0-9a-f]{32}-1280\.jpg", body)
        assert SHOWN.url not in body


def test_search_finds_words_in_any_case_and_forgets_what_was_withdrawn(
    room: PublicNewsroom,
) -> None:
    room.publish(headline="Élysée: a speech")
    other = room.publish(headline="The port of Vernay")
    browser = client(room)
    assert "Élysée" in browser.get("/search?q=ELYSEE+spee").get_data(as_text=True)
    assert "Vernay" not in browser.get("/search?q=elysee").get_data(as_text=True)
    assert "Vernay" in browser.get("/search?q=vern").get_data(as_text=True)
    room.desk.withdraw(other.id, other.version, "It was wrong", PAULA)
    assert "Nothing was found" in browser.get("/search?q=vern").get_data(as_text=True)


@pytest.mark.parametrize(
    "typed", ["", "%00", "*", '"', "a" * 5000, "x OR 1=1 --", "%FF", "<b>x</b>"]
)
def test_search_bears_whatever_is_typed(full: PublicNewsroom, typed: str) -> None:
    answer = client(full).get(f"/search?q={typed}")
    assert answer.status_code == 200
    assert b"<b>x" not in answer.data
    assert b"noindex" in answer.data


def test_many_searches_are_answered_and_the_first_again(room: PublicNewsroom) -> None:
    room.publish(headline="L'œuvre d'Émile Corvin")
    browser = client(room)
    first = browser.get("/search?q=corvin").data
    for number in range(250):
        assert browser.get(f"/search?q=word{number}").status_code == 200
    assert browser.get("/search?q=corvin").data == first


def test_search_on_each_database(store: Store, tmp_path: Path) -> None:
    room = PublicNewsroom(store, tmp_path)
    brief = room.publish(headline="L'œuvre d'Émile Corvin")
    for typed in ("oeuvre", "corvin emi", "le monde"):
        assert store.published.search(typed, 5) == [brief.id]
    assert store.published.search("le-monde.example", 5) == []
    assert [one.headline for one in store.published.filed()] == ["L'œuvre d'Émile Corvin"]
    assert store.published.filed()[0].sources == ("Le Monde", "RTL")
    before = store.published.stamp()
    room.clock.now += timedelta(minutes=1)
    room.desk.correct(brief.id, brief.version, replace(brief.wording, headline="X"), "N.", PAULA)
    assert store.published.stamp() != before


def test_the_sitemap_has_every_page_once(full: PublicNewsroom) -> None:
    root = etree.fromstring(client(full).get("/sitemap.xml").data)
    found = [loc.text for loc in root.iter("{*}loc")]
    assert len(found) == len(set(found))
    briefs = [url for url in found if re.search(r"/news/\d+/\d+/\d+/", url)]
    assert len(briefs) == 40
    robots = client(full).get("/robots.txt").get_data(as_text=True)
    assert "Disallow: /desk/" in robots
    assert "Sitemap: https://n.example/sitemap.xml" in robots


def test_a_long_sitemap_is_an_index(full: PublicNewsroom, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sitemaps, "MOST_ADDRESSES", 30)
    browser = client(full)
    index = etree.fromstring(browser.get("/sitemap.xml").data)
    assert index.tag.endswith("sitemapindex")
    parts = [loc.text.removeprefix("https://n.example") for loc in index.iter("{*}loc")]
    counts = [len(etree.fromstring(browser.get(part).data)) for part in parts]
    assert len(counts) > 1
    assert set(counts[:-1]) == {30}
    assert set(parts) <= {path for path, _, _ in PublicPages(full.settings, full.store).each()}


def test_the_news_sitemap_has_two_days(full: PublicNewsroom) -> None:
    root = etree.fromstring(client(full).get("/news-sitemap.xml").data)
    assert len(list(root.iter("{*}title"))) == 40
    full_day = replace(full.settings)
    now = full.clock.now + timedelta(hours=30)
    site = PublicPages(full_day, full.store).library.site
    filed = full.store.published.filed()
    later = etree.fromstring(sitemaps.news_sitemap(site, filed, now))
    assert len(list(later.iter("{*}title"))) == 18


@pytest.mark.parametrize(
    ("language", "said"), [("fr-BE", "Dernières nouvelles"), ("nl", "Laatste nieuws")]
)
def test_a_site_speaks_its_language(room: PublicNewsroom, language: str, said: str) -> None:
    brief = room.publish()
    room.publish()
    room.settings = replace(room.settings, languages=(language,))
    assert said in client(room).get("/").get_data(as_text=True)
    page = get(room, f"/news/2026/01/20/{brief.slug}")
    assert page.get("lang") == language
    assert page.xpath("string(//article//time)") in ("20 janv. 2026 11h00", "20 jan 2026 11h00")
    assert page.xpath("//article/@lang") == ["en"]


def test_a_source_page_has_its_headlines_too(full: PublicNewsroom) -> None:
    page = get(full, "/source/le-monde")
    assert page.xpath("string(//h1)") == "Briefs that rest on Le Monde"
    shown = page.xpath("//ol[@class='wire']//a/@href")
    assert shown
    assert all(href.startswith("https://le-monde.example/") for href in shown)
    assert SOURCES[0].republish is Republish.LINK
    assert not page.xpath("//ol[@class='wire']//p[@class='excerpt']")


def test_an_empty_newsroom_says_so(room: PublicNewsroom) -> None:
    assert "Nothing has been published" in client(room).get("/news").get_data(as_text=True)
    assert client(room).get("/sitemap.xml").status_code == 200
    assert get(room, "/").xpath("//ol[@class='wire']")


def test_a_picture_without_a_credit_is_never_shown() -> None:
    for one in (None, Picture("https://p.example/1.jpg", "Alt"), replace(SHOWN, credit="")):
        assert shown_picture(one, None, hotlink=True) is None


def test_a_site_may_do_without_a_search(room: PublicNewsroom) -> None:
    assert get(room, "/").xpath("//form[@role='search']")
    room.settings = replace(room.settings, search=False)
    assert b"/search" not in client(room).get("/").data
    assert client(room).get("/search?q=tunnel").status_code == 404


def test_who_searches_while_others_do_is_asked_to_come_again(room: PublicNewsroom) -> None:
    search = Search(PublicPages(room.settings, room.store).library)
    app = room.app()
    with app.test_request_context("/search?q=one"):
        for _ in range(2):
            assert search._turns.acquire(timeout=1)
        with pytest.raises(TooManyRequests):
            search.answer(request)
        search._turns.release()
        assert search.answer(request).status_code == 200
        search._turns.release()
