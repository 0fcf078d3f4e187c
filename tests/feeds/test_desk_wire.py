"""The wire and the story page: the real application, a real store, logged in through the login."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from aggregator.domain import Claim, Picture, WireQuery
from aggregator.store import Store
from feeds.desk.times import age, read_time
from feeds.desk.wire_query import number_in, place_in, place_text
from feeds.desk.wire_rows import Badge, to_row
from tests.build import NOW, source
from tests.feeds.desk import SETTINGS, Browser, Desk, hire
from tests.stories.newsroom import FLOOD, TUNNEL, Newsroom

EVIL = '<p>It is <b>open</b>.</p><img src="https://tracker.example/p.gif" alt="a tunnel">'


@pytest.fixture
def newsroom(sqlite_store: Store, tmp_path: Path) -> Newsroom:
    """Two events of three reports each, items 1 to 6 in turn."""
    hire(sqlite_store)
    newsroom = Newsroom(sqlite_store, tmp_path)
    for n in range(3):
        newsroom.publish(
            TUNNEL[n], by=n, hours=3 - n, text=f"The ministers came. {n}", content=EVIL
        )
        newsroom.publish(FLOOD[n], by=n, hours=3 - n)
    newsroom.group()
    return newsroom


@pytest.fixture
def desk(newsroom: Newsroom) -> Desk:
    return Desk(newsroom.store)


@pytest.fixture
def browser(desk: Desk) -> Browser:
    return desk.browser("quentin")


def headlines(page: str) -> list[str]:
    return re.findall(r'class="open" href="[^"]+">([^<]+)<', page)


class TestWire:
    def test_nobody_reads_it_without_an_account(self, desk: Desk) -> None:
        for path in ("/desk/", "/desk/wire/news?since=1", "/desk/stories/1"):
            assert desk.browser().get(path).status_code == 302

    def test_a_story_is_told_in_a_few_lines(self, browser: Browser) -> None:
        page = browser.get("/desk/").text
        assert set(headlines(page)) == {TUNNEL[0], FLOOD[0]}
        for said in (
            'lang="en"', "Courant, Herald, Post", "3 reports", "3 sources in 2 hours", "1 h</time>",
            "20 Jan 2026 08h43", "The ministers came. 0", 'href="https://courant.example/1"',
        ):  # fmt: skip
            assert said in page

    def test_words_and_filters(self, browser: Browser) -> None:
        assert headlines(browser.get("/desk/?q=sambrel").text) == [FLOOD[0]]
        page = browser.get('/desk/?q="><script>&unseen=1').text
        assert "No story answers to this" in page
        assert "<script>" not in page
        assert (
            len(headlines(browser.get("/desk/?since=nonsense&until=x&state=x&after=x").text)) == 2
        )
        assert headlines(browser.get("/desk/?since=30m&state=closed").text) == []

    def test_filters_by_who_tells_it_and_who_is_on_it(
        self, newsroom: Newsroom, browser: Browser
    ) -> None:
        papers = (
            source("mirror", categories=("city",)),
            source("post", categories=("city", "sea")),
        )
        browser = Desk(newsroom.store, settings={"sources": papers}).browser("quentin")
        newsroom.publish("A cat is found in a tree", by=3)
        newsroom.group()
        for asked, count in (
            ("category=city", 3), ("category=sea", 2), ("category=none", 0),
            ("category=sea&source=mirror", 0), ("category=city&source=mirror", 1),
            ("claimed=quentin", 0),
        ):  # fmt: skip
            assert len(headlines(browser.get(f"/desk/?{asked}").text)) == count, asked
        browser.submit("/desk/", f"/desk/stories/{newsroom.story_of(1)}/claim")
        assert headlines(browser.get("/desk/?claimed=quentin").text) == [TUNNEL[0]]

    def test_what_is_closed_says_so(self, newsroom: Newsroom, browser: Browser) -> None:
        newsroom.now += timedelta(days=8)
        newsroom.chatter()
        newsroom.group()
        page = browser.get("/desk/?state=closed").text
        assert set(headlines(page)) == {TUNNEL[0], FLOOD[0]}
        assert page.count('<span class="badge closed">closed</span>') == 2

    def test_a_newsroom_without_stories_says_so(self, sqlite_store: Store) -> None:
        hire(sqlite_store)
        assert "No stories yet" in Desk(sqlite_store).browser("quentin").get("/desk/").text

    def test_the_pages_follow_each_other(self, newsroom: Newsroom, browser: Browser) -> None:
        newsroom.chatter(130)
        newsroom.group()
        found, path = [], "/desk/"
        while path:
            page = browser.get(path).text
            found += re.findall(r'class="open" href="([^"]+)"', page)
            more = re.search(r'href="([^"]+)" rel="next"', page)
            path = more[1].replace("&amp;", "&") if more else ""
        assert len(found) == len(set(found)) == len(newsroom.stories())

    def test_what_is_new_since_the_last_look(
        self, newsroom: Newsroom, desk: Desk, browser: Browser
    ) -> None:
        assert "since you looked" not in browser.get("/desk/").text
        desk.later(timedelta(minutes=20))
        assert "Nothing new since you looked at 10h00" in browser.get("/desk/").text
        newsroom.publish("A cat is found in a tree", by=3)
        newsroom.group()
        for _ in range(2):
            page = browser.get("/desk/").text
            assert "<strong>1 new story</strong> since you looked at 10h20" in page, "one look"
            assert '<span class="badge new">new</span>' in page
            desk.later(timedelta(minutes=2))
        assert "since you looked at" not in browser.get("/desk/?q=tunnel").text

    def test_news_for_the_page_that_is_open(self, newsroom: Newsroom, browser: Browser) -> None:
        found = re.search(r'data-news="([^"]+)"', browser.get("/desk/?source=mirror").text)
        assert found
        news = found[1].replace("&amp;", "&")
        assert browser.get(news).json == {"stories": 0, "text": "0 new stories"}
        newsroom.publish("A cat is found in a tree", by=3)
        newsroom.publish("A dog is found in a lake", by=2)
        newsroom.group()
        answer = browser.get(news)
        assert answer.json == {"stories": 1, "text": "1 new story"}
        newsroom.chatter(260)
        newsroom.group()
        many = browser.get("/desk/wire/news?since=1").json
        assert many == {"stories": 100, "text": "100 new stories or more"}
        assert answer.headers["Cache-Control"] == "no-store"
        for since in ("", "x", "-1", "99999999999999999999"):
            assert browser.get(f"/desk/wire/news?since={since}").json["stories"] == 0

    def test_claims_are_offered_and_shown(self, newsroom: Newsroom, browser: Browser) -> None:
        page = browser.get("/desk/").text
        assert page.count(">Claim</button>") == page.count(">Write</button>") == 2
        assert f'action="/desk/stories/{newsroom.story_of(1)}/claim"' in page
        (row, _) = newsroom.store.wire.find(WireQuery(), "quentin")
        claim = Claim(row.story.id, "paula", NOW, NOW)
        shown = to_row(row, claim, None, NOW, SETTINGS.time_zone, me="quentin")
        assert shown.badges == (Badge("claimed", "paula is on it"),)

    def test_what_one_is_on_is_released_where_it_was_claimed(
        self, newsroom: Newsroom, browser: Browser
    ) -> None:
        story = f"/desk/stories/{newsroom.story_of(1)}"
        browser.submit("/desk/", f"{story}/claim")
        page = browser.get("/desk/").text
        assert "you are on it" in page
        assert page.count(f'action="{story}/release"') == page.count(">Release</button>") == 1
        browser.submit("/desk/", f"{story}/release")
        assert "on it" not in browser.get("/desk/").text


class TestStory:
    def test_its_items_stand_side_by_side(self, newsroom: Newsroom, browser: Browser) -> None:
        page = browser.get(f"/desk/stories/{newsroom.story_of(1)}").text
        assert re.findall(r'id="item-(\d)"', page) == ["1", "3", "5"]
        for said in (
            "20 Jan 2026 06h42", "It is <b>open</b>.", "it began story", f"like item 1 &#34;{TUNNEL[0]}&#34;",
            '<a href="https://courant.example/1" rel="noopener noreferrer" target="_blank" hreflang="en">',
        ):  # fmt: skip
            assert said in page

    def test_nothing_of_a_source_runs_or_is_loaded(
        self, newsroom: Newsroom, browser: Browser
    ) -> None:
        picture = Picture("https://tracker.example/big.jpg", '"><script>x</script>', "M. Lens")
        newsroom.publish(
            "<script>x</script> Lac-Noir tunnel opens", by=3, picture=picture,
            text="<img src=x onerror=x>", summary='<p><img src="https://tracker.example/2.gif">Yes</p>',
        )  # fmt: skip
        newsroom.group()
        for path in ("/desk/", f"/desk/stories/{newsroom.story_of(7)}"):
            page = browser.get(path)
            assert "Picture: M. Lens" in page.text
            loaded = re.findall(
                r'<(?:script|link|img|iframe|source|video)\b[^>]*?(?:src|href)="([^"]*)', page.text
            )
            assert loaded
            assert {urlsplit(address).netloc for address in loaded} == {""}
            assert "<img" not in page.text
            assert "tracker.example" not in page.text
            assert "<script>" not in page.text

    def test_opening_it_marks_it_seen(self, newsroom: Newsroom, browser: Browser) -> None:
        path = f"/desk/stories/{newsroom.story_of(1)}"
        assert "New since you looked" not in browser.get(path).text
        assert headlines(browser.get("/desk/?unseen=1").text) == [FLOOD[0]]
        newsroom.publish("Tunnel of Lac-Noir opened after nine years by Marsault", by=3)
        newsroom.group()
        assert "1 more since you looked" in browser.get("/desk/").text
        assert browser.get(path).text.count("New since you looked") == 1
        assert "more since you looked" not in browser.get("/desk/").text

    @pytest.mark.parametrize("number", ["99", "0", "2147483648", "99999999999999999999", "x"])
    def test_there_is_no_such_story(self, browser: Browser, number: str) -> None:
        assert browser.get(f"/desk/stories/{number}").status_code == 404


class TestDecisions:
    def test_merging_leads_the_old_address_to_the_new_one(
        self, newsroom: Newsroom, browser: Browser
    ) -> None:
        tunnel, flood = newsroom.story_of(1), newsroom.story_of(2)
        page = f"/desk/stories/{tunnel}"
        assert browser.submit(page, f"{page}/merge", other=str(flood)).location == page
        assert newsroom.groups() == {(1, 2, 3, 4, 5, 6)}
        assert browser.get(f"/desk/stories/{flood}").location == page
        assert "(quentin)" in browser.get(page).text

    def test_splitting_moving_and_covering(self, newsroom: Newsroom, browser: Browser) -> None:
        page = f"/desk/stories/{newsroom.story_of(1)}"
        split = browser.submit(page, f"{page}/split", item="5")
        assert split.location == f"/desk/stories/{newsroom.story_of(5)}"
        browser.submit(page, f"{page}/move", item="3", other=str(newsroom.story_of(5)))
        assert newsroom.groups() == {(1,), (3, 5), (2, 4, 6)}
        browser.submit(page, f"{page}/cover", covered="1")
        assert "Not covered after all" in browser.get(page).text
        browser.submit(page, f"{page}/cover", covered="0")
        assert "Mark as covered" in browser.get(page).text

    def test_a_copy_is_marked_and_can_be_unlinked(
        self, newsroom: Newsroom, browser: Browser
    ) -> None:
        newsroom.publish(
            "Lac-Noir tunnel opens after nine years", by=3, url="https://courant.example/1"
        )
        newsroom.group()
        item = newsroom.store.items.get(7)
        assert item
        assert item.duplicate_of == 1
        page = f"/desk/stories/{item.story}"
        assert re.search(r"Copy of\s+(Courant, )?item 1", browser.get(page).text)
        browser.submit(page, f"{page}/unlink", item="7")
        item = newsroom.store.items.get(7)
        assert item
        assert item.duplicate_of is None

    @pytest.mark.parametrize(
        ("what", "form", "said"),
        [
            ("merge", {"other": "99"}, "there is no story 99"),
            ("merge", {"other": "x"}, "give the other story&#39;s number"),
            ("split", {}, "tick the reports"),
            ("move", {"item": "3", "other": "99"}, "there is no story 99"),
            ("unlink", {"item": "1"}, "not linked"),
        ],
    )
    def test_what_makes_no_sense_is_refused_at_its_form(
        self, newsroom: Newsroom, browser: Browser, what: str, form: dict[str, str], said: str
    ) -> None:
        before = newsroom.groups()
        page = f"/desk/stories/{newsroom.story_of(1)}"
        answer = browser.submit(page, f"{page}/{what}", **form)
        assert answer.status_code == 422
        assert said in answer.text
        if what == "move":
            assert re.search(r'value="3" form="pick"[^>]*checked', answer.text)
            assert 'value="99"' in answer.text
        assert newsroom.groups() == before

    def test_nothing_is_decided_without_the_forms_token(self, browser: Browser) -> None:
        for what in ("merge", "split", "move", "cover", "unlink"):
            assert browser.post(f"/desk/stories/1/{what}", {"other": "2"}).status_code == 403


def test_times() -> None:
    spans = {"now": 0.5, "12 min": 12, "59 min": 59, "1 h": 60, "47 h": 2879, "2 d": 2880}
    assert {age(timedelta(minutes=span)): span for span in spans.values()} == spans
    zone = SETTINGS.time_zone
    assert read_time("6h", NOW, zone) == NOW - timedelta(hours=6)
    assert read_time("2026-01-20", NOW, zone) == NOW.replace(hour=0) - timedelta(hours=1)
    assert [read_time(bad, NOW, zone) for bad in ("", "6", "2026-13-01", "٣h", "99999d")] == [
        None
    ] * 5


def test_places_and_numbers_in_addresses() -> None:
    place = place_in("81234.123456789012_7")
    assert place
    assert place_in(place_text(place)) == place
    assert [place_in(bad) for bad in ("", "nan_1", "inf_1", "1.5", "1_x", "1_-1")] == [None] * 6
    assert [number_in(n) for n in ("7", "٧", "-1", "2147483648", "9" * 5000)] == [7] + [None] * 4


def test_what_a_source_changed_stands_beside_its_report(
    newsroom: Newsroom, browser: Browser
) -> None:
    for cost in ("2.3", "3.1"):
        said = f"The bridge cost {cost} billion euros."
        newsroom.publish("A bridge is built", by=3, guid="g", url="https://m.example/b", content=f"<p>{said}</p>", text=said)  # fmt: skip
        newsroom.group()
    page = browser.get(f"/desk/stories/{newsroom.story_of(7)}").get_data(as_text=True)
    assert "Changed by its source" in page
    assert "<del>2.3</del><ins>3.1</ins>" in page
