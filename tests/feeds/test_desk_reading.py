"""Reading an article at the desk, and what it is good for; alerts of what is gone or corrected."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from html import unescape
from pathlib import Path

import pytest

from aggregator.domain import Role
from aggregator.store import Store
from tests.build import declare
from tests.desk.newsroom import ANNA, DeskRoom
from tests.feeds.desk import Browser, Desk, hire
from tests.stories.newsroom import SOURCES

COPIED = "The minister cut the ribbon with the scissors that her grandmother had used in 1953."


@pytest.fixture
def room(sqlite_store: Store, tmp_path: Path) -> DeskRoom:
    """Three reports of one event, of which the first one's source may be read here."""
    hire(sqlite_store)
    hire(sqlite_store, "anna", Role.PUBLISHER)
    room = DeskRoom(sqlite_store, tmp_path)
    declare(sqlite_store, replace(SOURCES[0], article=True), *SOURCES[1:])
    return room


@pytest.fixture
def quentin(room: DeskRoom) -> Browser:
    return Desk(room.store, now=room.now).browser("quentin")


def page(browser: Browser, room: DeskRoom) -> str:
    return unescape(browser.get(f"/desk/stories/{room.story_of(1)}").text)


def ask(browser: Browser, room: DeskRoom, item: int = 1) -> int:
    path = f"/desk/stories/{room.story_of(1)}"
    return browser.post(f"{path}/read", {"csrf": browser.csrf(), "item": str(item)}).status_code


def test_asked_for_waited_for_and_here(room: DeskRoom, quentin: Browser) -> None:
    assert re.findall(r'name="item" value="(\d)"[^>]*>Fetch its text', page(quentin, room)) == ["1"]
    assert ask(quentin, room) == 303
    assert "quentin asked for its text" in page(quentin, room)
    assert "data-waiting" in quentin.get("/desk/items/1/text").text
    room.store.article_texts.keep(1, room.now, f"A <b>tunnel</b>.\n{COPIED}")
    shown = quentin.get(f"/desk/stories/{room.story_of(1)}").text
    assert "Read here: 17 words" in shown
    assert f"<p>{COPIED}</p>" in shown
    assert "A &lt;b&gt;tunnel&lt;/b&gt;." in shown, "it is text, whatever the page had"
    assert COPIED in quentin.get("/desk/items/1/text").text
    assert quentin.get("/desk/items/99/text").status_code == 404


def test_what_could_not_be_fetched_says_why_and_can_be_tried_again(
    room: DeskRoom, quentin: Browser
) -> None:
    ask(quentin, room)
    room.store.article_texts.keep(1, room.now, error="its page answers HTTP 403 Forbidden")
    assert "could not be fetched: its page answers HTTP 403 Forbidden" in page(quentin, room)
    assert "Try again" in page(quentin, room)
    ask(quentin, room)
    assert "asked for its text" in page(quentin, room)


def test_no_other_source_s(room: DeskRoom, quentin: Browser) -> None:
    assert ask(quentin, room, 2) == 422
    assert ask(quentin, room, 99) == 422


def test_the_checks_read_the_article_too(room: DeskRoom) -> None:
    made = room.begin(body=f"According to Courant, it is open. {COPIED}")
    paula = Desk(room.store, now=room.now).browser("anna")
    path = f"/desk/briefs/{made.id}"
    assert "copy overlap" not in paula.get(path).text.lower()
    room.store.article_texts.ask(1, "anna", room.now)
    room.store.article_texts.keep(1, room.now, f"A tunnel is open at last.\n{COPIED}")
    assert "copy overlap" in paula.get(path).text.lower()


def test_alerts_say_what_became_of_a_report(room: DeskRoom) -> None:
    out = room.out()
    anna = Desk(room.store, now=room.now + timedelta(hours=1)).browser("anna")
    assert "to look at" not in anna.get("/desk/").text
    room._number = 0
    room.pass_(minutes=1)
    room.publish("Correction: the tunnel of Lac-Noir is shut", by=SOURCES[0], hours=3)
    since = room.now - timedelta(days=7)
    (watch, *_) = room.store.watches.take(since, room.now, room.now, timedelta(hours=2), 1)
    room.store.watches.record([replace(watch, misses=2, status=410, gone_at=room.now)], room.now)
    assert "2 to look at" in anna.get("/desk/").text
    listed = unescape(anna.get("/desk/briefs").text)
    assert "Courant corrected a report that it rests on" in listed
    assert "Courant took away a report that it rests on" in listed
    shown = unescape(anna.get(f"/desk/briefs/{out.id}").text)
    assert "Twice its page said that it is not there" in shown
    for action in ("No change needed", "#note", "#reason"):
        assert action in shown
    room.desk.correct(out.id, out.version, out.wording, "It is shut", ANNA)
    assert "to look at" not in anna.get("/desk/").text
