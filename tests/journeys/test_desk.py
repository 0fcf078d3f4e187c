"""An editor's day in a real browser, on the real service: from the wire to a correction."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import feedparser
import pytest

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


def rss(title: str, text: str, number: int = 1) -> str:
    return (
        '<rss version="2.0"><channel><title>F</title><item>'
        f"<title>{title}</title><guid>g{number}</guid><link>https://paper.example/{number}</link>"
        f"<description>{text}</description></item></channel></rss>"
    )


@pytest.fixture
def running(tmp_path: Path, origin: Origin) -> Iterator[tuple[str, Installation, Origin]]:
    """A newsroom in fast time with two sources that tell of one event, and one editor."""
    house = Installation(tmp_path / "house", allow=f"127.0.0.1:{origin.port}")
    port = free_port()
    base = f"http://127.0.0.1:{port}"
    house.environ |= {"AGGREGATOR_BASE_URL": base, "AGGREGATOR_HOUR": "12"}
    house.declare(
        [
            {"id": "monde", "name": "Le Monde", "language": "fr", "interval": "1s", "url": origin.put("/1", rss(*FRENCH), ETag='"1"')},
            {"id": "courant", "name": "The Courant", "language": "en", "interval": "1s", "url": origin.put("/2", rss(*ENGLISH, 2), ETag='"1"')},
        ]
    )  # fmt: skip
    house.run("db", "upgrade")
    subprocess.run(
        [sys.executable, "-m", "aggregator", "users", "add", "quentin", "--name", "Quentin Gérard", "--role", "publisher"],
        cwd=house.folder, env=house.environ, input=PASSWORD + "\n", text=True, check=True,
    )  # fmt: skip
    process = house.start("run", "--port", str(port))
    deadline = time.monotonic() + 60
    while not any(len(story["items"]) == 2 for story in house.lines("stories")):
        assert time.monotonic() < deadline, "the two reports are one story"
    yield base, house, origin
    process.kill()
    process.communicate()


def log_in(window: Browser) -> None:
    window.open("/desk/")
    window.fill("Username", "quentin")
    window.fill("Password", PASSWORD)
    window.press("Log in")


@pytest.mark.timeout(240)
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
        assert vias == {("https://paper.example/1", "fr"), ("https://paper.example/2", "en")}
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
        after = feedparser.parse(BytesIO(get(f"{base}/feed.atom"))).entries[0]
        assert (after.id, after.link, after.published) == (entry.id, entry.link, entry.published)
        assert after.updated > entry.updated
        assert "The cost is 3.1 billion euros." in after.content[0].value
        assert window.complaints() == []


@pytest.mark.timeout(240)
def test_by_keys_alone_and_what_is_typed_outlives_the_service(
    running: tuple[str, Installation, Origin],
) -> None:
    base, house, _origin = running
    with browser(base) as window:
        log_in(window)
        window.keys("?")
        window.until(lambda: "next" in window.text.lower())
        window.keys("\ue00c")  # Escape
        window.keys("j")
        window.keys("\ue007")  # Enter
        window.until(lambda: "/desk/stories/" in window.driver.current_url)
        window.press("Write")
        window.fill("Headline", "Typed and not saved by hand")
        (brief,) = house.lines("briefs", "list")
        window.until(
            lambda: (
                house.lines("briefs", "show", str(brief["id"]))[0]["headline"]
                == "Typed and not saved by hand"
            )
        )
        assert window.complaints() == []
