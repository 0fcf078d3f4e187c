"""Ready bytes: what encodings, deltas, the short way and the disk make of them."""

from __future__ import annotations

import gzip
import time
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import brotli
import feedparser
import pytest
from werkzeug.test import Client

from aggregator.errors import StoreError
from aggregator.store import Store
from feeds.asleep import Asleep
from feeds.keep import Keep
from feeds.press import Press
from feeds.ready import ReadyAnswers, Watch
from tests.databases import away, opened
from tests.feeds.newsroom import MONDE, PAULA, Newsroom

DELTA = {"A-IM": "feed"}


@pytest.fixture
def newsroom(sqlite_store: Store, tmp_path: Path) -> Newsroom:
    newsroom = Newsroom(sqlite_store, keep=tmp_path / "published")
    newsroom.take(MONDE, 1, 2, 3)
    return newsroom


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [
        ("", None),
        ("identity", None),
        ("gzip", "gzip"),
        ("gzip, deflate, br, zstd", "br"),
        ("br;q=0.5, gzip", "gzip"),
        ("gzip;q=0, *", "br"),
        ("br;q=0, gzip;q=0", None),
        ("*", "br"),
        ("nonsense;;q=", None),
    ],
)
def test_each_client_gets_what_it_can_read(
    newsroom: Newsroom, accepted: str, encoding: str | None
) -> None:
    plain = newsroom.client.get("/feed.atom")
    got = newsroom.client.get("/feed.atom", headers={"Accept-Encoding": accepted})
    assert got.headers.get("Content-Encoding") == encoding
    unpacked = {None: bytes, "gzip": gzip.decompress, "br": brotli.decompress}[encoding]
    assert unpacked(got.data) == plain.data
    assert (got.headers["ETag"] == plain.headers["ETag"]) is (encoding is None)
    assert got.headers["Vary"] == "Accept-Encoding"


def test_the_short_way_answers_as_the_long_one_does(newsroom: Newsroom) -> None:
    short = Client(ReadyAnswers(_nothing, newsroom.press))
    assert short.get("/feed.atom").status_code == 418, "nothing is ready that nobody asked for"
    first = newsroom.client.get("/feed.atom")
    newsroom.press.refresh()
    for headers in (
        {},
        {"Accept-Encoding": "gzip"},
        {"Accept-Encoding": "br", "If-None-Match": first.headers["ETag"]},
        {"If-None-Match": '"x", W/' + first.headers["ETag"]},
        {"If-None-Match": '"x"', "If-Modified-Since": first.headers["Last-Modified"]},
        {"If-Modified-Since": first.headers["Last-Modified"]},
        {"If-Modified-Since": "yesterday"},
        {"If-None-Match": "*"},
    ):
        long = newsroom.client.get("/feed.atom", headers=headers)
        got = short.get("/feed.atom?null", headers=headers)
        assert (got.status_code, got.data) == (long.status_code, long.data)
        # Of a 304 werkzeug takes away what is optional there.
        unlike = {name for name, _ in {*got.headers} ^ {*long.headers}}
        assert unlike <= {"Content-Length", "Last-Modified"}
    for method, headers in (("HEAD", {}), ("POST", {}), ("GET", DELTA)):
        assert short.open("/feed.atom", method=method, headers=headers).status_code == 418


def test_what_changes_is_ready_without_being_asked_for(newsroom: Newsroom) -> None:
    newsroom.client.get("/feed.atom")
    newsroom.press.refresh()
    before = newsroom.press.fresh["/feed.atom"]
    newsroom.press.refresh()
    assert newsroom.press.fresh["/feed.atom"] is before
    newsroom.later(minutes=5)
    newsroom.take(MONDE, 4)
    assert newsroom.press.fresh["/feed.atom"] is before
    newsroom.press.refresh()
    assert b"Title 4" in newsroom.press.fresh["/feed.atom"].identity


def test_another_process_sees_it_within_two_seconds(newsroom: Newsroom) -> None:
    other = Press(newsroom.settings, newsroom.store)
    other.feed("/feed.atom")
    watch = Watch(other, print, every=0.05)
    try:
        newsroom.later(minutes=5)
        newsroom.take(MONDE, 4)
        _eventually(
            lambda: "/feed.atom" in other.fresh and b"Title 4" in other.fresh["/feed.atom"].identity
        )
    finally:
        watch.stop()


def test_a_refresh_that_the_database_cuts_short_is_made_again(
    newsroom: Newsroom, usual_url: str
) -> None:
    newsroom.client.get("/feed.atom")
    newsroom.press.refresh()
    newsroom.later(minutes=5)
    newsroom.take(MONDE, 4)
    newsroom.store.close()
    with away(usual_url):
        with pytest.raises(StoreError):
            newsroom.press.refresh()
        assert b"Title 3" in newsroom.press.fresh["/feed.atom"].identity, "the last good"
    newsroom.press.refresh()
    assert b"Title 4" in newsroom.press.fresh["/feed.atom"].identity


def test_a_page_is_ready_until_something_changes(newsroom: Newsroom) -> None:
    brief = newsroom.publish(1)
    path = f"/news/2026/01/20/{brief.slug}"
    newsroom.press.refresh()
    assert path not in newsroom.press.fresh
    newsroom.client.get(path)
    assert path in newsroom.press.fresh
    newsroom.desk.withdraw(brief.id, brief.version, "Wrong", PAULA)
    newsroom.press.refresh()
    assert path not in newsroom.press.fresh


def test_who_says_what_it_has_gets_what_is_new(newsroom: Newsroom) -> None:
    brief = newsroom.publish(1)
    first = newsroom.client.get("/feed.atom", headers={"Accept-Encoding": "gzip"})
    known = {"If-None-Match": first.headers["ETag"]}
    assert newsroom.client.get("/feed.atom", headers=known | DELTA).status_code == 304
    newsroom.later(hours=1)
    newsroom.take(MONDE, 4)
    newsroom.desk.correct(brief.id, brief.version, brief.wording, "It was later.", PAULA)
    news = newsroom.client.get("/feed.atom", headers=known | DELTA)
    whole = newsroom.client.get("/feed.atom")
    assert (news.status_code, news.headers["IM"]) == (226, "feed")
    entries = feedparser.parse(BytesIO(news.data)).entries
    assert {one.id for one in entries} == {brief.uid, "tag:le-monde,2026:4"}
    assert news.headers["ETag"] == whole.headers["ETag"], "the validator is the whole document's"
    assert "no-store" in news.headers["Cache-Control"]
    assert news.headers["Vary"] == "A-IM, If-None-Match, Accept-Encoding"
    assert newsroom.client.get("/feed.atom", headers=known | DELTA).data == news.data
    again = newsroom.client.get(
        "/feed.atom", headers=DELTA | {"If-None-Match": news.headers["ETag"]}
    )
    assert again.status_code == 304


def test_who_has_an_old_version_gets_the_whole(newsroom: Newsroom) -> None:
    first = newsroom.client.get("/feed.atom", headers={"Accept-Encoding": "identity"})
    for number in range(100, 170):
        newsroom.later(minutes=1)
        newsroom.take(MONDE, number)
        last = newsroom.client.get("/feed.atom", headers={"Accept-Encoding": "identity"})
        known = {"If-None-Match": first.headers["ETag"]}
    whole = newsroom.client.get("/feed.atom", headers=known | DELTA)
    assert (whole.status_code, whole.headers["ETag"]) == (200, last.headers["ETag"])


@pytest.mark.parametrize(
    "headers", [DELTA, {"A-IM": "vcdiff"}, {"A-IM": "feed;q=0"}, {"A-IM": '"'}]
)
def test_nobody_else_gets_a_part(newsroom: Newsroom, headers: dict[str, str]) -> None:
    for known in ({}, {"If-None-Match": '"somebody-elses"'}):
        answer = newsroom.client.get("/feed.atom", headers=headers | known)
        assert (answer.status_code, answer.headers["Vary"]) == (200, "Accept-Encoding")


def test_after_a_start_without_the_database_the_last_good_is_served(
    newsroom: Newsroom, usual_url: str, tmp_path: Path
) -> None:
    brief = newsroom.publish(1)
    paths = [
        "/feed.atom",
        "/feed.json",
        "/",
        f"/news/2026/01/20/{brief.slug}",
        "/archive/2026/01.atom",
    ]
    before = {path: newsroom.client.get(path) for path in paths}

    def wake() -> None:
        raise StoreError("away")

    asleep = Asleep(Keep(tmp_path / "published"), wake, every=0.02)  # type: ignore[arg-type]
    client = Client(asleep)
    try:
        with away(usual_url):
            for path, answer in before.items():
                got = client.get(path)
                assert (got.status_code, got.data) == (200, answer.data)
                for name in ("ETag", "Last-Modified", "Content-Type", "Cache-Control"):
                    assert got.headers[name] == answer.headers[name]
                known = {"If-None-Match": got.headers["ETag"]}
                assert client.get(path, headers=known).status_code == 304
            assert client.get("/feed.rss").status_code == 503
            assert client.post("/feed.atom").status_code == 503
        asleep._wake = lambda: newsroom.app
        _eventually(lambda: client.get("/feed.rss").status_code == 200)
    finally:
        asleep.stop()


def test_what_was_withdrawn_is_not_kept(newsroom: Newsroom, tmp_path: Path) -> None:
    brief = newsroom.publish(1)
    path = f"/news/2026/01/20/{brief.slug}"
    newsroom.client.get(path)
    newsroom.desk.withdraw(brief.id, brief.version, "Wrong", PAULA)
    assert newsroom.client.get(path).status_code == 410
    assert Keep(tmp_path / "published").get(path) is None


def test_a_start_changes_no_validator(newsroom: Newsroom, usual_url: str, tmp_path: Path) -> None:
    before = newsroom.client.get("/feed.atom")
    with opened(usual_url) as connection:
        connection.exec_driver_sql("UPDATE installation SET edition = edition + 1")
    newsroom.later(days=1)
    again = Newsroom(newsroom.store, keep=tmp_path / "published").client.get("/feed.atom")
    for name in ("ETag", "Last-Modified"):
        assert again.headers[name] == before.headers[name]


def test_a_broken_file_is_as_none(tmp_path: Path) -> None:
    keep = Keep(tmp_path)
    assert keep.get("/feed.atom") is None
    keep._file("/feed.atom").write_bytes(b"{half a li")
    assert keep.get("/feed.atom") is None


def _nothing(_environ, start_response):
    start_response("418 I'm a teapot", [])
    return [b""]


def _eventually(done: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not done():
        assert time.monotonic() < deadline
        time.sleep(0.02)
