"""After publishing: the pages of cited reports are looked at; articles come when asked for."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import ColumnElement, select

from aggregator.desk.desk import Desk
from aggregator.domain import AlertKind, Brief
from aggregator.errors import DeskRefused
from aggregator.jobs.articles import LEASE
from aggregator.jobs.polling import Polling
from aggregator.settings import load
from aggregator.store import Store
from aggregator.store.desk_schema import watches
from tests.build import NOW, declare, item, source, take
from tests.desk.newsroom import ANNA, COMPLETE, RULES
from tests.origin import Origin

ARTICLE = "The tunnel of Lac-Noir, fourteen kilometres long, was opened on Monday by the minister."
HTML = f"<html><body><article><h1>Tunnel</h1><p>{ARTICLE}</p></article></body></html>"


@dataclass
class House:
    """A newsroom whose source has two reports with pages on loopback, and its scheduler's part."""

    store: Store
    origin: Origin
    polling: Polling
    now: datetime = NOW

    def publish(self, *items: int) -> Brief:
        desk = Desk(self.store, RULES, ("en",), lambda: self.now)
        made = desk.begin_from_items(items, ANNA, replace(COMPLETE, citations=()))
        return desk.publish(made.id, made.version, ANNA)

    def later(self, hours: float) -> int:
        """So much later, attend and wait for what comes of it; how many requests were made."""
        self.now += timedelta(hours=hours)
        before = len(self.origin.requests)
        due = self.urls(watches.c.next_at <= self.now)
        self.polling.attend_to_pages()
        due -= self.urls(watches.c.next_at <= self.now)  # nobody cites these any more
        new = self.urls(watches.c.looked_at.is_(None))
        self.until(lambda: due | new <= self.urls(watches.c.looked_at == self.now))
        return len(self.origin.requests) - before

    def urls(self, such: ColumnElement[bool]) -> set[str]:
        """The watches of which this holds, once what came meanwhile is recorded."""
        self.polling._watching._record()
        with self.store._database.read() as connection:
            return set(connection.execute(select(watches.c.url).where(such)).scalars())

    def until(self, holds: Callable[[], bool]) -> None:
        deadline = time.monotonic() + 60
        while not holds():
            assert time.monotonic() < deadline
            time.sleep(0.01)


@pytest.fixture
def house(sqlite_store: Store, origin: Origin, tmp_path: Path) -> Iterator[House]:
    paper = source("fanal", article=True)
    declare(sqlite_store, paper, source("herald"))
    pages = [origin.put(f"/{n}", HTML, Content_Type="text/html", ETag='"1"') for n in (1, 2)]
    take(sqlite_store, paper, *(item(n, url=url) for n, url in enumerate(pages, 1)))
    take(sqlite_store, source("herald"), item(3, url=origin.url + "/3"))
    (tmp_path / "sources.yaml").write_text("sources: []\n")
    environ = {"AGGREGATOR_ALLOW_NETWORKS": "127.0.0.0/8", "AGGREGATOR_HOST_RATE": "0"}
    house = House(sqlite_store, origin, None)  # type: ignore[arg-type]
    house.polling = Polling(load(tmp_path, environ), sqlite_store, lambda: house.now)
    with closing(house.polling):
        yield house


def test_a_page_that_is_there_is_asked_for_its_head_some_times_a_day_for_a_week(
    house: House,
) -> None:
    house.publish(1, 2)
    assert house.later(0.5) == 0
    looks = [house.later(1) for _ in range(8 * 24)]
    assert sum(looks) == 2 * 21
    assert house.origin.heads.count("/1") == 21
    assert house.later(24) == 0
    assert house.store.alerts.open() == []


def test_a_page_that_is_gone_is_told_once_and_never_asked_again(house: House) -> None:
    out = house.publish(1, 2)
    house.later(1)
    house.origin.put("/2", "", status=410)
    assert house.later(8) == 2
    assert house.store.alerts.open() == [], "once is not enough"
    assert house.later(2) == 1
    (alert,) = house.store.alerts.open()
    assert (alert.brief, alert.item, alert.kind, alert.at) == (out.id, 2, AlertKind.GONE, house.now)
    house.store.alerts.dismiss(alert.id, "anna", house.now)
    assert sum(house.later(8) for _ in range(6)) == 6, "only the other page"
    assert house.store.alerts.open() == []
    another = house.publish(2)
    (alert,) = house.store.alerts.open()
    assert (alert.brief, alert.kind) == (another.id, AlertKind.GONE), "it is known already"


def test_what_has_not_gone_out_is_not_looked_at(house: House) -> None:
    desk = Desk(house.store, RULES, ("en",), lambda: house.now)
    made = desk.begin_from_items([1], ANNA, replace(COMPLETE, citations=()))
    assert house.later(9) == 0
    out = desk.publish(made.id, made.version, ANNA)
    assert house.later(9) == 1
    desk.withdraw(out.id, out.version, "A hoax", ANNA)
    assert house.later(9) == 0


def test_whom_robots_txt_forbids_it_is_not_asked(house: House) -> None:
    house.origin.put("/robots.txt", "User-agent: Aggregator\nDisallow: /\n")
    house.publish(1)
    house.later(9)
    assert [path for path, _ in house.origin.requests if path == "/1"] == []


def known(house: House, item_id: int = 1):
    return house.store.article_texts.of([item_id]).get(item_id)


def test_an_article_comes_when_it_is_asked_for(house: House) -> None:
    house.polling.attend_to_pages()
    assert house.origin.requests == []
    house.store.article_texts.ask(1, "anna", house.now)
    assert known(house).ended_at is None
    house.polling.attend_to_pages()
    house.polling.attend_to_pages()
    house.until(lambda: known(house).ended_at is not None)
    assert ARTICLE in known(house).text
    house.store.article_texts.ask(1, "ben", house.now)
    house.polling.attend_to_pages()
    assert [path for path, _ in house.origin.requests] == ["/1"], "once"


def test_an_article_that_cannot_be_had_can_be_asked_for_again(house: House) -> None:
    house.origin.put("/1", "", status=403)
    house.store.article_texts.ask(1, "anna", house.now)
    house.polling.attend_to_pages()
    house.until(lambda: known(house).ended_at is not None)
    assert known(house).error == "its page answers HTTP 403 Forbidden"
    house.origin.put("/1", HTML, Content_Type="text/html")
    house.store.article_texts.ask(1, "anna", house.now)
    house.polling.attend_to_pages()
    house.until(lambda: known(house).ended_at is not None)
    assert (known(house).error, ARTICLE in known(house).text) == (None, True)


@pytest.mark.parametrize(
    ("path", "body", "said"),
    [
        ("/robots.txt", "User-agent: Aggregator\nDisallow: /\n", "robots.txt there disallows it"),
        ("/1", "x" * (11 << 20), "the answer is larger than"),
        ("/1", "<html>", "no article was found"),
    ],
)
def test_why_an_article_cannot_be_had_is_said(
    house: House, path: str, body: str, said: str
) -> None:
    house.origin.put(path, body, Content_Type="text/html")
    house.store.article_texts.ask(1, "anna", house.now)
    house.polling.attend_to_pages()
    house.until(lambda: known(house).ended_at is not None)
    assert said in known(house).error


def test_who_asks_while_it_is_under_way_waits_for_the_same(house: House) -> None:
    house.origin.hanging.add("/1")
    house.store.article_texts.ask(1, "anna", house.now)
    house.polling.attend_to_pages()
    house.until(lambda: house.origin.requests != [])
    house.store.article_texts.ask(1, "ben", house.now)
    house.polling.attend_to_pages()
    house.polling.close()
    assert [path for path, _ in house.origin.requests] == ["/1"]
    assert known(house).ended_at is None, "whoever runs next asks"


def test_only_of_sources_that_the_operator_said_yes_for(house: House) -> None:
    with pytest.raises(DeskRefused):
        house.store.article_texts.ask(3, "anna", house.now)
    house.store.article_texts.ask(1, "anna", house.now)
    declare(house.store, source("fanal"), source("herald"))
    house.polling.attend_to_pages()
    assert house.origin.requests == []
    assert known(house) is None


def test_what_a_killed_process_was_at_is_taken_up_again(house: House) -> None:
    house.store.article_texts.ask(1, "anna", house.now)
    assert house.store.article_texts.take(house.now, LEASE, 5) != []
    assert house.store.article_texts.take(house.now, LEASE, 5) == []
    house.now += LEASE
    house.polling.attend_to_pages()
    house.until(lambda: known(house).ended_at is not None)
