"""The pictures of briefs: fetched soon after they go out, or the editor sees why not."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from aggregator.domain import Brief, Editor, Picture, Role
from aggregator.jobs.pictures import BackgroundPictures, PictureFetching
from aggregator.store import Store
from aggregator.store.folder import PictureFolder
from aggregator.wire.fetch import Fetcher
from aggregator.wire.guard import Guard
from tests.build import NOW
from tests.feeds.published import PAULA, PublicNewsroom
from tests.origin import Origin
from tests.pictures import picture

WRITER = Editor("ben", "Ben Claes", "BC", Role.EDITOR)


class Studio:
    """A newsroom whose pictures lie on an origin, and what fetches them."""

    def __init__(self, store: Store, folder: Path, origin: Origin, fetcher: Fetcher) -> None:
        self.room = PublicNewsroom(store, folder)
        self.store = store
        self.origin = origin
        kept = PictureFolder(self.room.settings.pictures_dir)
        minute, clock = timedelta(minutes=1), self.room.clock
        self.fetching = PictureFetching(store, kept, fetcher, minute, clock)

    def publish(self, path: str, **changes: object) -> Brief:
        shown = Picture(self.origin.url + path, "A tunnel", "© Jan Maes")
        return self.room.publish(picture=shown, **changes)

    def page(self, brief: Brief) -> str:
        browser = self.room.app().test_client()
        path = f"/news/{brief.day:%Y/%m/%d}/{brief.slug}"
        return browser.get(path).get_data(as_text=True)


@pytest.fixture
def studio(sqlite_store: Store, tmp_path: Path, origin: Origin) -> Iterator[Studio]:
    guard = Guard.allowing([f"127.0.0.1:{origin.port}"])
    made: list[Studio] = []
    fetcher = Fetcher(
        user_agent="Test/1 (+https://n.example)",
        guard=guard,
        utc_now=lambda: NOW,
        max_bytes=200_000,
        host_rate=0,
    )
    with closing(fetcher):
        made.append(Studio(sqlite_store, tmp_path, origin, fetcher))
        yield made[0]
        made[0].fetching.close()


def test_the_picture_follows_its_brief(studio: Studio) -> None:
    studio.origin.put("/tunnel.jpg", picture(), Content_Type="image/jpeg")
    brief = studio.publish("/tunnel.jpg")
    assert "<img" not in studio.page(brief)
    assert studio.fetching.fetch_due() == 1
    shown = studio.page(brief)
    assert 'width="1280" height="800"' in shown
    assert studio.origin.url not in shown
    (src,) = re.findall(r'<img src="([^"]+)"', shown)
    kept = studio.room.app().test_client().get(src)
    assert kept.data.startswith(b"\xff\xd8")
    assert studio.fetching.fetch_due() == 0, "once"
    assert len(studio.origin.requests) == 1


def test_it_is_there_before_a_brief_that_was_submitted(studio: Studio) -> None:
    studio.origin.put("/tunnel.jpg", picture())
    draft = studio.room.desk.begin_from_items([1], WRITER)
    shown = Picture(studio.origin.url + "/tunnel.jpg", "A tunnel", "© Jan Maes")
    wording = replace(draft.wording, headline="H", body="B", picture=shown)
    draft = studio.room.desk.save(draft.id, draft.version, wording, WRITER)
    assert studio.fetching.fetch_due() == 0, "a draft's address may be half typed"
    draft = studio.room.desk.submit(draft.id, draft.version, WRITER)
    assert studio.fetching.fetch_due() == 1
    brief = studio.room.desk.publish(draft.id, draft.version, PAULA)
    assert "<img" in studio.page(brief)


@pytest.mark.parametrize(
    ("body", "status", "why"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", 200, "no picture that we can show"),
        (b"", 404, "HTTP 404 Not Found"),
        (picture(2000, 2000, "PNG", compress_level=0), 200, "larger than"),
    ],
    ids=["svg", "404", "large"],
)
def test_what_cannot_be_had_says_why(studio: Studio, body: bytes, status: int, why: str) -> None:
    studio.origin.put("/x.svg", body, status)
    brief = studio.publish("/x.svg")
    studio.fetching.fetch_due()
    state = studio.store.pictures.state(studio.origin.url + "/x.svg")
    assert state
    assert why in (state.error or "")
    assert "<img" not in studio.page(brief)


def test_an_address_inside_is_never_asked(studio: Studio) -> None:
    brief = studio.room.publish(picture=Picture("http://127.0.0.1:9/x.jpg", "A", "© B"))
    studio.fetching.fetch_due()
    state = studio.store.pictures.state("http://127.0.0.1:9/x.jpg")
    assert state
    assert "not a public address" in (state.error or "")
    assert "<img" not in studio.page(brief)


def test_trouble_passes(studio: Studio) -> None:
    studio.origin.put("/tunnel.jpg", b"", 503)
    brief = studio.publish("/tunnel.jpg")
    studio.fetching.fetch_due()
    studio.origin.put("/tunnel.jpg", picture())
    assert studio.fetching.fetch_due() == 0, "not at once"
    studio.room.clock.now += timedelta(minutes=1)
    assert studio.fetching.fetch_due() == 1
    assert "<img" in studio.page(brief)


def test_it_is_given_up_in_the_end_and_tried_anew_with_a_correction(studio: Studio) -> None:
    url = studio.origin.put("/tunnel.jpg", b"", 503)
    brief = studio.publish("/tunnel.jpg")
    for _ in range(12):
        studio.fetching.fetch_due()
        studio.room.clock.now += timedelta(days=1)
    assert len(studio.origin.requests) == 8
    studio.origin.put("/tunnel.jpg", picture())
    wording = replace(brief.wording, headline="The tunnel")
    studio.room.desk.correct(brief.id, brief.version, wording, "A slip.", PAULA)
    assert studio.fetching.fetch_due() == 1
    state = studio.store.pictures.state(url)
    assert state
    assert state.error is None


def test_stopping_waits_for_no_answer(studio: Studio) -> None:
    studio.origin.put("/slow.jpg", picture())
    studio.origin.hanging.add("/slow.jpg")
    studio.publish("/slow.jpg")
    background = BackgroundPictures(studio.fetching)
    while not studio.origin.requests:
        time.sleep(0.05)
    began = time.monotonic()
    background.stop()
    assert time.monotonic() - began < 5


def test_two_processes_fetch_a_picture_once(studio: Studio) -> None:
    studio.publish("/tunnel.jpg")
    now, lease = studio.room.clock(), timedelta(minutes=5)
    assert len(studio.store.pictures.claim(now, lease, 10)) == 1
    assert studio.store.pictures.claim(now, lease, 10) == []
    assert len(studio.store.pictures.claim(now + lease, lease, 10)) == 1


def test_on_each_database(store: Store, tmp_path: Path) -> None:
    room = PublicNewsroom(store, tmp_path)
    brief = room.publish()
    (state,) = store.pictures.claim(room.clock(), timedelta(minutes=5), 10)
    before = store.edition()
    room.clock.now += timedelta(minutes=1)
    room.host(state.url)
    found = store.briefs.get(brief.id)
    assert found
    assert found.hosted
    assert store.edition().number > before.number
    assert store.pictures.claim(room.clock() + timedelta(days=9), timedelta(minutes=5), 10) == []
