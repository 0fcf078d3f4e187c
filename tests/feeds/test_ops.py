"""The operators' pages, as a browser sees them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import feedparser
import pytest
from flask import Flask

from aggregator.domain import Incident, PollState, Role, Size, SourceHealth
from aggregator.oversight.forecast import forecast
from aggregator.settings import Settings, load
from aggregator.store import Store
from aggregator.wire.pace import Pace
from feeds.ops.pictures import growth, in_bytes, sparkline
from tests.build import NOW, declare, item, source, take
from tests.feeds.desk import Browser, Desk, hire
from tests.store.test_operations import fail

HOUR = timedelta(hours=1)
YAML = """# Our sources; this stays.
sources:
  # The first one.
  - {id: fanal, name: Fanal, url: "https://fanal.example/feed"}   # good
  - id: other
    name: Other <b>
    url: https://other.example/feed
"""


class Ops(Desk):
    """The application over a folder of an operator's own."""

    def __init__(self, store: Store, settings: Settings) -> None:
        self._settings = settings
        super().__init__(store)

    def __post_init__(self) -> None:
        from feeds import create_app

        settings = replace(self._settings, base_url=self.base_url)
        self.app: Flask = create_app(settings, self.store, lambda: self.now)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "config"
    made.mkdir()
    (made / "sources.yaml").write_text(YAML)
    (made / "aggregator.yaml").write_text("# Ours\ntitle: Courant\nretention: {texts: 365d}\n")
    return made


@pytest.fixture
def ops(sqlite_store: Store, folder: Path) -> Ops:
    settings = load(folder, {"AGGREGATOR_FEED_ENTRIES": "60"})
    declare(sqlite_store, *settings.sources)
    hire(sqlite_store, "olga", Role.OPERATOR)
    return Ops(sqlite_store, settings)


@pytest.fixture
def browser(ops: Ops) -> Iterator[Browser]:
    yield ops.browser("olga")


PAGES = (
    "/ops/",
    "/ops/sources/fanal",
    "/ops/sources.yaml",
    "/ops/config",
    "/ops/incidents",
    "/ops/storage",
    "/ops/audit",
)
BUTTONS = ("/ops/sources/fanal/poll", "/ops/sources/fanal/accept", "/ops/sources.yaml")


@pytest.mark.parametrize("role", [Role.EDITOR, Role.PUBLISHER])
def test_only_operators_come_in(ops: Ops, role: Role) -> None:
    hire(ops.store, "ed", role)
    editor, nobody = ops.browser("ed"), ops.browser()
    csrf = editor.csrf()
    for page in PAGES:
        assert editor.get(page).status_code == 403, page
        assert "/desk/login?next=" in nobody.get(page).headers["Location"]
    for button in BUTTONS:
        assert editor.post(button, {"csrf": csrf}).status_code == 403, button
        assert nobody.post(button).status_code == 401
    assert "/ops/" not in editor.get("/desk/").text


def test_an_operator_is_led_to_where_they_were_going(ops: Ops) -> None:
    response = ops.browser().login("olga", goal="/ops/config")
    assert response.headers["Location"] == "/ops/config"


def test_pages_are_strict_and_kept_by_nobody(ops: Ops, browser: Browser) -> None:
    for page in PAGES:
        response = browser.get(page)
        assert response.status_code == 200, page
        assert "default-src 'none'" in response.headers["Content-Security-Policy"]
        assert response.headers["Cache-Control"] == "no-store"
        assert " style=" not in response.text
        assert "<b>" not in response.text
    assert 'href="/ops/"' in browser.get("/desk/").text


@pytest.mark.parametrize("button", BUTTONS)
def test_nothing_changes_without_a_token(ops: Ops, browser: Browser, button: str) -> None:
    assert browser.post(button, {"csrf": "x"}).status_code == 403


def test_what_is_wrong_stands_first_with_what_to_do(ops: Ops, browser: Browser) -> None:
    fail(ops.store, "other", NOW, "the host's name was not found")
    take(ops.store, source("fanal"), item(1), item(2), next_poll_at=NOW + HOUR)
    page = browser.get("/ops/").text
    assert page.index("sources/other") < page.index("sources/fanal")
    assert "Its host&#39;s name is not known." in page
    assert "Check the URL." in page
    assert "2 items in 30 days" in page
    only = browser.get("/ops/?state=failing").text
    assert "sources/other" in only
    assert "sources/fanal" not in only
    assert "No source answers to this" in browser.get("/ops/?q=nothing").text


def test_without_sources_it_says_how_to_get_some(ops: Ops, browser: Browser) -> None:
    declare(ops.store)
    page = browser.get("/ops/").text
    assert "No sources yet." in page
    assert "aggregator sources add URL" in page


def test_a_source_shows_its_errors_gaps_and_why_it_is_polled_when(
    ops: Ops, browser: Browser
) -> None:
    for hour in range(3):
        fail(ops.store, "fanal", NOW + hour * HOUR, "HTTP 503 Service Unavailable", 503)
    page = browser.get("/ops/sources/fanal").text
    assert "3 times from" in page
    assert "It failed 3 times in a row" in page
    assert browser.get("/ops/sources/nobody").status_code == 404


@pytest.mark.parametrize(
    ("declared", "state", "said"),
    [
        ({}, {"gone_at": NOW}, "not asked again"),
        ({}, {}, "as soon as there is room"),
        ({}, {"failures": 1, "error": "x"}, "failed once"),
        ({}, {"status": 429, "error": "x"}, "asked us to wait"),
        ({}, {"failures": 4, "error": "x"}, "failed 4 times"),
        ({}, {"status": 200, "fresh_for": 9 * HOUR}, "Its server says"),
        ({}, {"status": 200, "etag": "x", "pushed": True}, "hub tells us"),
        ({}, {"status": 200}, "newest item's age"),
        ({}, {"status": 200, "etag": "x", "pace": HOUR}, "how often it changes"),
        ({"interval": HOUR}, {"status": 200, "etag": "x"}, "You set"),
        ({}, {"status": 200, "etag": "x"}, "default interval"),
    ],
)
def test_why_a_poll_is_when_it_is(declared, state, said: str) -> None:
    fanal = source("fanal", **declared)
    polled = {"polled_at": NOW, "next_poll_at": NOW + HOUR} if state else {}
    known = PollState("fanal", fanal.url, **polled, **state)
    assert said in Pace(HOUR / 2).reason(fanal, known)


def test_polling_at_once_is_a_button(ops: Ops, browser: Browser) -> None:
    take(ops.store, source("fanal"), next_poll_at=NOW + 9 * HOUR, gone_at=NOW)
    browser.submit("/ops/sources/fanal", "/ops/sources/fanal/poll")
    (health,) = [one for one in ops.store.sources.health() if one.source.id == "fanal"]
    assert (health.state.next_poll_at, health.state.gone_at) == (None, None)
    assert "poll asked for" in browser.get("/ops/audit").text


def test_a_new_address_is_accepted_into_the_file(ops: Ops, browser: Browser, folder: Path) -> None:
    take(ops.store, source("other"), moved_to="https://new.example/feed", moved_seen=1)
    assert "Awaiting your yes: 1" in browser.get("/ops/").text
    page, button = "/ops/sources/other", "/ops/sources/other/accept"
    assert browser.submit(page, button).status_code == 303
    new = "https://new.example/feed"
    assert (folder / "sources.yaml").read_text() == YAML.replace(
        "https://other.example/feed", f'"{new}"'
    )
    assert "address accepted" in browser.get("/ops/audit").text
    take(ops.store, source("fanal"), moved_to=new, moved_seen=1)
    twice = browser.submit(page, "/ops/sources/fanal/accept")
    assert twice.status_code == 422
    assert "is already on line" in twice.text
    (folder / "sources.yaml").unlink()
    assert browser.submit(page, "/ops/sources/fanal/accept").status_code == 409
    (folder / "sources.yaml").write_text(YAML)
    take(ops.store, source("fanal"), moved_to=None)
    assert browser.submit(page, "/ops/sources/fanal/accept").status_code == 409


def edit(browser: Browser, text: str, **more: str):
    page = browser.get("/ops/sources.yaml").text
    revision = re.search(r'name="revision" value="(\w+)"', page)
    assert revision
    form = {"csrf": browser.csrf("/ops/sources.yaml"), "revision": revision[1]}
    return browser.post("/ops/sources.yaml", {**form, "text": text, **more})


def test_the_file_is_checked_compared_and_written(ops: Ops, browser: Browser, folder: Path) -> None:
    changed = YAML.replace("name: Fanal", "name: Le Fanal")
    shown = edit(browser, changed.replace("\n", "\r\n"))
    assert shown.status_code == 200
    assert "<ins>+  - {id: fanal, name: Le Fanal" in shown.text
    assert (folder / "sources.yaml").read_text() == YAML
    assert edit(browser, changed.replace("\n", "\r\n"), save="1").status_code == 303
    assert (folder / "sources.yaml").read_bytes() == changed.encode()
    assert "1 lines came, 1 went" in browser.get("/ops/audit").text
    assert list(folder.glob(".*")) == []
    notes = browser.get("/ops/audit").text.count("sources.yaml changed")
    assert edit(browser, changed, save="1").status_code == 303
    assert browser.get("/ops/audit").text.count("sources.yaml changed") == notes, "nothing changed"


def test_a_wrong_draft_is_refused_with_its_line_and_kept(
    ops: Ops, browser: Browser, folder: Path
) -> None:
    wrong = YAML.replace("name: Fanal", "nmae: Fanal")
    answer = edit(browser, wrong, save="1")
    assert answer.status_code == 422
    assert "sources.yaml:4: unknown key &#39;nmae&#39;" in answer.text
    assert "nmae: Fanal" in answer.text
    assert (folder / "sources.yaml").read_text() == YAML


def test_a_draft_of_an_older_file_is_refused(ops: Ops, browser: Browser, folder: Path) -> None:
    page = browser.get("/ops/sources.yaml").text
    revision = re.search(r'name="revision" value="(\w+)"', page)
    assert revision
    theirs = YAML + "  - {id: third, name: Third, url: 'https://third.example/'}\n"
    (folder / "sources.yaml").write_text(theirs)
    mine = YAML.replace("name: Fanal", "name: Le Fanal")
    form = {"csrf": browser.csrf("/ops/sources.yaml"), "revision": revision[1]}
    answer = browser.post("/ops/sources.yaml", {**form, "text": mine, "save": "1"})
    assert answer.status_code == 409
    assert "Le Fanal" in answer.text
    assert "<del>-  - {id: third" in answer.text
    assert (folder / "sources.yaml").read_text() == theirs


def test_settings_are_shown_with_where_they_come_from(ops: Ops, browser: Browser) -> None:
    page = re.sub(r"<[^>]+>", " ", browser.get("/ops/config").text)
    assert re.search(r"title\s+Courant\s+\S+aggregator\.yaml:2", page)
    assert re.search(r"feed_entries\s+60\s+AGGREGATOR_FEED_ENTRIES", page)
    assert re.search(r"retention\s+.*texts: 365 days.*\s+\S+aggregator\.yaml:3", page)
    assert re.search(r"four_eyes\s+False\s+default", page)
    assert "sqlite" not in page
    assert re.search(r"smtp_password\s+not set", page)


def test_incidents_are_a_private_feed(ops: Ops, browser: Browser) -> None:
    from aggregator.desk.sessions import key_of

    nobody = ops.browser()
    ops.store.tokens.add("reader", key_of("the-token"), "olga", NOW)
    begun = Incident("fanal", NOW, NOW, "It <is> down.", NOW + HOUR, "https://new.example/")
    ops.store.incidents.record([begun])
    for bad in ("/incidents.atom", "/incidents/wrong.atom", "/incidents/x.json"):
        assert nobody.get(bad).status_code == 404
    answer = nobody.get("/incidents/the-token.atom")
    assert answer.headers["Cache-Control"] == "private, no-cache"
    assert "Set-Cookie" not in answer.headers
    assert "the-token" not in answer.text
    (entry,) = feedparser.parse(answer.data).entries
    assert entry.title == "Fanal (fanal): failing"
    assert "A replacement was found: https://new.example/" in entry.content[0].value
    assert "Next try" in entry.content[0].value
    same = nobody.get("/incidents/the-token.atom", If_None_Match=answer.headers["ETag"])
    assert same.status_code == 304

    (stored,) = ops.store.incidents.open()
    ops.store.incidents.record([replace(stored, next_try_at=None, replacement=None)])
    (entry,) = feedparser.parse(nobody.get("/incidents/the-token.atom").data).entries
    assert "It is not tried again by itself." in entry.content[0].value
    assert "replacement" not in entry.content[0].value
    declare(ops.store)  # removed, it is called what it was called
    ops.store.incidents.record([replace(stored, resolved_at=NOW + HOUR, updated_at=NOW + HOUR)])
    by_header = nobody.get("/incidents.json", Authorization="Bearer the-token")
    (resolved,) = json.loads(by_header.text)["items"]
    assert resolved["id"] == entry.id
    assert resolved["title"] == "Fanal (fanal): over"
    assert "Resolved" in resolved["content_html"]
    ops.store.tokens.revoke("reader", "olga", NOW)
    assert nobody.get("/incidents/the-token.atom").status_code == 404
    assert "It &lt;is&gt; down." in browser.get("/ops/incidents").text


def test_plots_say_in_words_what_they_show() -> None:
    drawn = sparkline([0, 3, 1], 'three "days"')
    assert drawn.count("<rect") == 2
    assert "three &#34;days&#34;" in drawn
    sizes = [Size(date(2026, 1, day), day * 1000, day) for day in (1, 3)]
    assert "From 1000 B on 01 Jan 2026 to 2.9 KiB on 03 Jan 2026" in growth(sizes)
    assert growth(sizes[:1]) == ""
    assert in_bytes(5 << 30) == "5.0 GiB"
    assert in_bytes(3 << 40) == "3.0 TiB"


def test_growth_is_forecast() -> None:
    sizes = [Size(date(2026, 1, day), day * 1000, day) for day in (1, 3)]
    found = forecast(sizes, 3000, 10_000)
    assert found is not None
    assert (found.per_day, found.in_month, found.days_left) == (1000, 33_000, 10)
    assert forecast(sizes[:1], 1000, None) is None


def test_coverage_is_shown(sqlite_store: Store) -> None:
    assert SourceHealth(source("x"), PollState("x", "u", compared=4), 0, gaps=1).coverage == 0.75
