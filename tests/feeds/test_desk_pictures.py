"""Pictures at the desk: a file sent by an editor, and what is said of one that is fetched."""

from __future__ import annotations

import re
from io import BytesIO
from pathlib import Path

import pytest

from aggregator.domain import Brief, Role
from aggregator.store import Store
from tests.build import NOW
from tests.desk.newsroom import ANNA, DeskRoom
from tests.feeds.desk import Browser, Desk, hire
from tests.pictures import picture

URL = "https://pictures.example/1.jpg"


@pytest.fixture
def room(sqlite_store: Store, tmp_path: Path) -> DeskRoom:
    return DeskRoom(sqlite_store, tmp_path)


@pytest.fixture
def paula(room: DeskRoom, tmp_path: Path) -> Browser:
    hire(room.store, "paula", Role.PUBLISHER)
    desk = Desk(room.store, now=room.now, settings={"pictures_dir": tmp_path / "pictures"})
    return desk.browser("paula")


def send(browser: Browser, brief: Brief, body: bytes, do: str = "save", **fields: str):
    path = f"/desk/briefs/{brief.id}"
    form = {
        "csrf": browser.csrf(path), "version": str(brief.version), "do": do,
        "headline": "H", "body": "B", "byline": "PA", "language": "en", "item": "1",
        "alt": "A tunnel", "credit": "© Us", "file": (BytesIO(body), "x.jpg"),
    }  # fmt: skip
    return browser.post(path, form | fields)


def test_a_file_becomes_the_picture(room: DeskRoom, paula: Browser) -> None:
    brief = room.begin()
    assert send(paula, brief, picture(), "publish").status_code == 303
    after = room.get(brief.id)
    assert after.wording.picture
    assert re.fullmatch(
        r"http://localhost/pictures/[0-9a-f]{32}-1280\.jpg", after.wording.picture.url
    )
    assert after.hosted
    shown = paula.get(after.wording.picture.url.removeprefix("http://localhost"))
    assert shown.content_type == "image/jpeg"
    page = paula.get(f"/news/{after.day:%Y/%m/%d}/{after.slug}").text
    assert 'width="1280"' in page
    assert "Readers get it from us" in paula.get(f"/desk/briefs/{brief.id}").text


@pytest.mark.parametrize("body", [b"<svg xmlns='x'/>", b"", picture()[:3000]])
def test_what_is_no_picture_loses_nothing_that_was_typed(
    room: DeskRoom, paula: Browser, body: bytes
) -> None:
    brief = room.begin()
    answer = send(paula, brief, body, headline="Typed a moment ago")
    assert answer.status_code == 422
    assert "The file: " in answer.text
    assert "Typed a moment ago" in answer.text


def test_what_is_too_large_is_refused(room: DeskRoom, paula: Browser) -> None:
    answer = paula.client.post(
        f"/desk/briefs/{room.begin().id}",
        base_url=paula.base_url,
        content_type="multipart/form-data; boundary=x",
        data=bytes(13 << 20),
    )
    assert answer.status_code == 413


def test_nobody_sends_files_without_an_account(room: DeskRoom, tmp_path: Path) -> None:
    folder = {"pictures_dir": tmp_path / "pictures"}
    stranger = Desk(room.store, now=room.now, settings=folder).browser()
    path = f"/desk/briefs/{room.begin().id}"
    answer = stranger.post(path, {"file": (BytesIO(picture()), "x.jpg")})
    assert answer.status_code == 401
    assert not (tmp_path / "pictures").exists()


def test_the_editor_sees_how_far_a_picture_is(room: DeskRoom, paula: Browser) -> None:
    brief = room.begin()
    path = f"/desk/briefs/{brief.id}"
    assert 'id="hosted"' not in paula.get(path).text
    room.desk.publish(brief.id, brief.version, ANNA)
    assert "It is being fetched" in paula.get(path).text
    room.store.pictures.fail(URL, "HTTP 503", NOW, NOW)
    assert "It is not there yet: HTTP 503. It is tried again at" in paula.get(path).text
    room.store.pictures.fail(URL, "HTTP 404 Not Found", NOW, None)
    assert "It cannot be shown: HTTP 404 Not Found." in paula.get(path).text
