"""An editor's day in a real browser, on the real service: from the wire to a correction."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection
from io import BytesIO
from typing import Any

import feedparser
import pytest
from selenium.webdriver.common.keys import Keys

from tests.conftest import Install
from tests.journeys.browser import NARROW, WIDE, Browser, browser
from tests.journeys.service import Installation, free_port
from tests.journeys.test_service import get
from tests.origin import Origin

PASSWORD = "four quiet purple tractors"
FRENCH = (
    "Après neuf ans de travaux, le tunnel du Lac-Noir ouvre à la circulation",
    "Le tunnel du Lac-Noir, long de 14 kilomètres, a été inauguré lundi par la ministre Hélène "
    "Marsault. Le chantier a coûté 2,3 milliards d'euros.",
)
ENGLISH = (
    "Lac-Noir tunnel opens after nine years and 2.3 billion euros",
    "Transport minister Hélène Marsault opened the 14-kilometre Lac-Noir tunnel on Monday.",
)


PAGE = (
    "<html><body><article><h1>Lac-Noir tunnel</h1><p>The minister cut the ribbon with the scissors "
    "that her grandmother had used in 1953, and spoke of a day that nobody expected.</p></article>"
    "</body></html>"
)


def rss(title: str, text: str, number: int = 1, url: str = "") -> str:
    url = url or f"https://paper.example/{number}"
    return (
        '<rss version="2.0"><channel><title>F</title><item>'
        f"<title>{title}</title><guid>g{number}</guid><link>{url}</link>"
        f"<description>{text}</description></item></channel></rss>"
    )


@dataclass
class House:
    """A newsroom in fast time with two sources that tell of one event, and one editor."""

    house: Installation
    origin: Origin
    port: int
    service: subprocess.Popen[str] | None = None

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        self.service = self.house.start("run", "--port", str(self.port))
        self.wait(lambda: bool(get(f"{self.base}/health")))

    def kill(self) -> None:
        """As a machine does that loses its power: kill -9."""
        assert self.service
        self.service.kill()
        self.service.communicate()

    def wait(self, holds: Callable[[], bool], seconds: float = 60) -> None:
        deadline = time.monotonic() + seconds
        while True:
            with suppress(OSError):
                if holds():
                    return
            assert time.monotonic() < deadline
            time.sleep(0.1)

    def brief(self, number: int = 1) -> dict[str, Any]:
        return self.house.lines("briefs", "show", str(number))[0]

    def entries(self) -> list[Any]:
        return list(feedparser.parse(BytesIO(get(f"{self.base}/feed.atom"))).entries)

    def hire(self, username: str, name: str) -> None:
        subprocess.run(
            [sys.executable, "-m", "aggregator", "users", "add", username, "--name", name, "--role", "publisher"],
            cwd=self.house.folder, env=self.house.environ, input=PASSWORD + "\n", text=True, check=True,
        )  # fmt: skip


@pytest.fixture
def newsroom(install: Install, origin: Origin) -> Iterator[House]:
    house = install(allow=f"127.0.0.1:{origin.port}")
    made = House(house, origin, free_port())
    house.environ |= {"AGGREGATOR_BASE_URL": made.base, "AGGREGATOR_HOUR": "12"}
    page = origin.put("/page", PAGE, Content_Type="text/html; charset=utf-8")
    house.declare(
        [
            {"id": "monde", "name": "Le Monde", "language": "fr", "interval": "1s", "url": origin.put("/1", rss(*FRENCH), ETag='"1"')},
            {"id": "courant", "name": "The Courant", "language": "en", "interval": "1s", "article": True, "url": origin.put("/2", rss(*ENGLISH, 2, page), ETag='"1"')},
        ]
    )  # fmt: skip
    (house.folder / "config" / "aggregator.yaml").write_text(
        "title: Test newsroom\nseries:\n- {slug: rip, title: RIP, headline: 'RIP ', at: 10h00}\n"
    )
    house.run("db", "upgrade")
    made.hire("quentin", "Quentin Gérard")
    made.start()
    made.wait(lambda: any(len(story["items"]) == 2 for story in house.lines("stories")))
    yield made
    made.kill()


@pytest.fixture
def running(newsroom: House) -> tuple[str, Installation, Origin]:
    return newsroom.base, newsroom.house, newsroom.origin


def log_in(window: Browser, username: str = "quentin") -> None:
    window.open("/desk/")
    window.fill("Username", username)
    window.fill("Password", PASSWORD)
    window.press("Log in")


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["desktop", "phone"])
def test_from_the_wire_to_a_correction(
    running: tuple[str, Installation, Origin], size: tuple[int, int]
) -> None:
    base, _house, origin = running
    with browser(base, size) as window:
        log_in(window)
        assert ENGLISH[0] in window.text
        assert not window.overflows()
        window.follow(ENGLISH[0])
        window.until(lambda: "/desk/stories/" in window.driver.current_url)
        assert FRENCH[0] in window.text
        assert not window.overflows()

        window.press("Write")
        assert not window.overflows()
        window.fill("Headline", "Lac-Noir tunnel opens, nine years on")
        window.fill(
            "Text", "According to French newspaper Le Monde, the tunnel of Lac-Noir is open."
        )
        window.fill("Its address", "https://pictures.example/tunnel.jpg")
        window.fill("What it shows", "The entrance of the tunnel")
        window.press("Publish now")
        assert "Not done yet" in window.text, "a picture needs its credit"
        window.fill("Credit", "© Unsplash")
        window.until(lambda: "Picture: © Unsplash)" in window.text)
        window.press("Publish now")
        assert "On the site" in window.text

        entry = feedparser.parse(BytesIO(get(f"{base}/feed.atom"))).entries[0]
        assert entry.title == "Lac-Noir tunnel opens, nine years on"
        vias = {(link.href, link.hreflang) for link in entry.links if link.rel == "via"}
        assert vias == {("https://paper.example/1", "fr"), (f"{origin.url}/page", "en")}
        window.open(entry.link.removeprefix(base))
        for part in ("QG", "h", "© Unsplash", "(QG - Sources: The Courant, Le Monde - Picture: © Unsplash)"):  # fmt: skip
            assert part in window.text
        assert not window.overflows()

        changed = FRENCH[1].replace("2,3 milliards", "3,1 milliards")
        origin.put("/1", rss(FRENCH[0], changed), ETag='"2"')
        window.open("/desk/briefs")
        deadline = time.monotonic() + 60
        while "3,1" not in window.text:
            assert time.monotonic() < deadline, "the editor hears that a source changed"
            window.open("/desk/briefs")
        window.follow("Lac-Noir tunnel opens")
        window.fill("Text", "According to Le Monde, the tunnel is open; it cost 3.1 billion euros.")
        window.fill("Note to readers", "The cost is 3.1 billion euros.")
        window.press("Correct")
        # The feed is made again within a second.
        window.until(lambda: b"The cost is 3.1 billion euros." in get(f"{base}/feed.atom"))
        after = feedparser.parse(BytesIO(get(f"{base}/feed.atom"))).entries[0]
        assert (after.id, after.link, after.published) == (entry.id, entry.link, entry.published)
        assert after.updated > entry.updated
        assert "The cost is 3.1 billion euros." in after.content[0].value
        assert window.complaints() == []


def tab_to(window: Browser, wanted: str, *, back: bool = False) -> None:
    """Press Tab until what has this id or text has the focus."""
    for _ in range(80):
        window.keys(Keys.TAB, shift=back)
        focused = window.driver.switch_to.active_element
        if wanted in (focused.get_attribute("id"), focused.text):
            return
    raise AssertionError(f"no Tab leads to {wanted}")


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["desktop", "phone"])
def test_by_keys_alone(newsroom: House, size: tuple[int, int]) -> None:
    with browser(newsroom.base, size) as window:
        log_in(window)
        window.keys("?")
        window.until(lambda: "write about it" in window.text)
        window.keys(Keys.ESCAPE)
        window.until(lambda: "write about it" not in window.text)
        window.keys("j")
        window.keys("w")
        window.until(lambda: "/desk/briefs/" in window.driver.current_url)
        tab_to(window, "headline")
        window.keys("Lac-Noir tunnel opens, nine years on")
        tab_to(window, "body")
        window.keys("According to Le Monde, the tunnel of Lac-Noir is open.")
        window.until(lambda: "Saved" in window.text)
        tab_to(window, "Publish now", back=True)
        window.keys(Keys.ENTER)
        window.until(lambda: "On the site" in window.text)
        assert newsroom.entries()[0].title == "Lac-Noir tunnel opens, nine years on"
        assert window.complaints() == []


def write(window: Browser, headline: str) -> None:
    """From the wire to a draft that may go out."""
    window.open("/desk/")
    window.follow(ENGLISH[0])
    window.until(lambda: "/desk/stories/" in window.driver.current_url)
    window.press("Write")
    window.fill("Headline", headline)
    window.fill("Text", "According to Le Monde, the tunnel of Lac-Noir is open.")


def test_two_browsers_on_one_brief(newsroom: House) -> None:
    newsroom.hire("paula", "Paula Ek")
    with browser(newsroom.base) as window, browser(newsroom.base) as other:
        log_in(window)
        write(window, "Lac-Noir tunnel opens")
        window.until(lambda: newsroom.brief()["headline"] == "Lac-Noir tunnel opens")
        log_in(other, "paula")
        other.open("/desk/briefs/1")
        other.fill("Headline", "The tunnel that nobody expected")
        other.until(lambda: "Saved" in other.text)
        window.fill("Headline", "A tunnel, nine years late")
        window.until(lambda: "Somebody else saved this meanwhile" in window.text)
        window.press("Save")
        for words in ("paula saved this", "The tunnel that nobody expected", "nine years late"):
            assert words in window.text
        assert not window.overflows()
        window.press("Save")
        assert newsroom.brief()["headline"] == "A tunnel, nine years late"
        window.open("/desk/briefs/1/history")
        assert "The tunnel that nobody expected" in window.text, "theirs is kept"
        assert window.complaints() == []


def test_what_was_typed_outlives_kill_9(newsroom: House) -> None:
    with browser(newsroom.base) as window:
        log_in(window)
        write(window, "Saved before the crash")
        window.until(lambda: newsroom.brief()["headline"] == "Saved before the crash")
        newsroom.kill()
        window.fill("Headline", "Typed while nobody listened")
        window.until(lambda: "the server does not answer" in window.text)
        assert newsroom.brief()["headline"] == "Saved before the crash"
        newsroom.start()
        window.until(lambda: newsroom.brief()["headline"] == "Typed while nobody listened")


def test_scheduled_once_in_time_and_after_a_restart_then_withdrawn(newsroom: House) -> None:
    with browser(newsroom.base) as window:
        log_in(window)
        write(window, "Lac-Noir tunnel opens")
        field = window.driver.find_element("id", "publish_at")
        window.driver.execute_script("arguments[0].value = '2199-06-23T10:00'", field)  # type: ignore[no-untyped-call]
        window.press("Schedule")
        assert "goes out 23 Jun 2199 10h00" in window.text
        window.press("Back to draft")

        def schedule(brief: str) -> datetime:
            began = time.monotonic()
            newsroom.brief()
            ahead = timedelta(seconds=5 + 3 * (time.monotonic() - began))
            at = (datetime.now(UTC) + ahead).replace(microsecond=0)
            newsroom.house.run("briefs", "schedule", brief, "--at", at.isoformat(), "--editor", "quentin")  # fmt: skip
            return at

        at = schedule("1")
        newsroom.wait(lambda: bool(newsroom.entries()))
        assert datetime.now(UTC) < at + timedelta(seconds=5)

        write(window, "A second brief about the tunnel")
        window.until(lambda: "Saved" in window.text)
        at = schedule("2")
        newsroom.kill()
        newsroom.wait(lambda: datetime.now(UTC) > at)
        newsroom.start()
        newsroom.wait(lambda: len(newsroom.entries()) == 2)
        newsroom.kill()
        newsroom.start()
        assert newsroom.brief(2)["published_at"] == f"{at:%Y-%m-%dT%H:%M:%SZ}", "the planned time"
        done = newsroom.house.run("briefs", "show", "2").stdout
        assert done.count("  published\n") == 1

        entry = next(e for e in newsroom.entries() if e.title == "Lac-Noir tunnel opens")
        window.open("/desk/briefs/1")
        window.fill("Why", "It was a hoax.")
        window.press("Withdraw")
        assert "Withdrawn: It was a hoax." in window.text
        assert window.complaints() == []
    with closing(HTTPConnection("127.0.0.1", newsroom.port, timeout=20)) as connection:
        connection.request("GET", entry.link.removeprefix(newsroom.base))
        assert connection.getresponse().status == 410
    tombstone = f'<at:deleted-entry ref="{entry.id}"'.encode()
    newsroom.wait(lambda: tombstone in get(f"{newsroom.base}/feed.atom").replace(b"\n", b" "))
    assert [e.title for e in newsroom.entries()] == ["A second brief about the tunnel"]


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["desktop", "phone"])
def test_no_barriers_on_any_page_of_the_desk(newsroom: House, size: tuple[int, int]) -> None:
    with browser(newsroom.base, size) as window:

        def look(page: str) -> None:
            assert window.barriers() == [], page
            assert not window.overflows(), page

        window.open("/desk/")
        look("login")
        log_in(window)
        look("wire")
        window.open("/desk/?q=tunnel&covered=no")
        look("wire with filters")
        window.follow(ENGLISH[0])
        window.until(lambda: "/desk/stories/" in window.driver.current_url)
        look("story")
        window.press("Fetch its text to read it here")
        window.until(lambda: "the scissors that her grandmother had used" in window.text, 60)
        look("story with an article")
        window.press("Write")
        window.fill("Headline", "Lac-Noir tunnel opens")
        window.fill("Text", "The minister cut the ribbon with the scissors that her grandmother had used in 1953.")  # fmt: skip
        window.until(lambda: "copy overlap" in window.text)
        look("brief")
        window.fill("Its address", "javascript:alert(1)")
        window.press("Publish now")
        look("brief, refused")
        window.fill("Its address", "https://pictures.example/tunnel.jpg")
        window.fill("What it shows", "The entrance of the tunnel")
        window.fill("Credit", "© Unsplash")
        window.press("Publish now")
        changed = FRENCH[1].replace("2,3 milliards", "3,1 milliards") + " Rectificatif : non 2,3."
        newsroom.origin.put("/1", rss(FRENCH[0], changed), ETag='"2"')
        newsroom.origin.put("/page", "", status=410)
        newsroom.wait(lambda: _told(window), 120)
        look("briefs with alerts and slots")
        window.open("/desk/briefs/1")
        look("brief with alerts")
        window.open("/desk/briefs/1/history")
        look("history")
        window.open("/desk/password")
        look("password")
        window.open("/desk/nothing")
        look("nothing here")


def _told(window: Browser) -> bool:
    window.open("/desk/briefs")
    return "corrected a report" in window.text and "took away a report" in window.text
