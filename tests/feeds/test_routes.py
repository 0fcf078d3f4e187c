"""Every route there is, whoever adds it: who may pass, what changes nothing, what is protected."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import inspect, text
from werkzeug.routing import Rule

from aggregator.domain import Role
from aggregator.store import Store
from tests.databases import opened
from tests.desk.newsroom import DeskRoom
from tests.feeds.desk import Browser, Desk, hire

OPEN = {"/desk/login"}
PRIVATE = ("/desk", "/ops")
FOR_OPERATORS = "/ops"
# What a placeholder stands for, where there is such a thing in the room of these tests.
VALUES = {
    "story_id": 1, "brief_id": 1, "item_id": 1, "alert_id": 1, "number": 1, "version": "0",
    "year": 2026, "month": 1, "day": 20, "series": "born-on", "source_id": "courant",
    "kind": "category", "slug": "transport",
    "ending": "atom",
}  # fmt: skip


@pytest.fixture
def room(sqlite_store: Store, tmp_path: Path) -> DeskRoom:
    made = DeskRoom(sqlite_store, tmp_path)
    made.out()
    for name, role in (("ed", Role.EDITOR), ("pia", Role.PUBLISHER), ("ops", Role.OPERATOR)):
        hire(sqlite_store, name, role)
    return made


@pytest.fixture
def desk(room: DeskRoom) -> Desk:
    return Desk(room.store, now=room.now)


def routes(desk: Desk, *methods: str) -> Iterator[tuple[Rule, str]]:
    """Each route that takes one of the methods, with an address of it."""
    for rule in desk.app.url_map.iter_rules():
        if rule.methods and not rule.methods.isdisjoint(methods):
            values = {name: VALUES.get(name, "nothing") for name in rule.arguments}
            built = desk.app.url_map.bind("localhost").build(
                rule.endpoint, values, method=next(iter(rule.methods.intersection(methods)))
            )
            yield rule, built


def is_private(path: str) -> bool:
    return path.startswith(PRIVATE) and "/static/" not in path and path not in OPEN


def test_there_are_routes_of_each_kind(desk: Desk) -> None:
    gets = [path for _, path in routes(desk, "GET")]
    assert sum(map(is_private, gets)) >= 8
    assert sum(not is_private(path) for path in gets) >= 8


def test_nobody_without_an_account_sees_or_changes_anything_private(desk: Desk) -> None:
    stranger = desk.browser()
    for _, path in routes(desk, "GET"):
        if is_private(path):
            answer = stranger.get(path)
            assert answer.status_code in {302, 303, 308, 401, 403, 404}, path
            assert "Lac-Noir" not in answer.text
    for _, path in routes(desk, "POST", "PUT", "PATCH", "DELETE"):
        if is_private(path):
            assert stranger.post(path, {"csrf": "x"}).status_code in {401, 403}, path


@pytest.mark.parametrize("who", ["ed", "pia"])
def test_operators_pages_are_for_operators(desk: Desk, who: str) -> None:
    browser = desk.browser(who)
    token = browser.csrf()
    for _, path in routes(desk, "GET"):
        if path.startswith(FOR_OPERATORS) and "/static/" not in path:
            assert browser.get(path).status_code in {308, 403}, path
    for _, path in routes(desk, "POST"):
        if path.startswith(FOR_OPERATORS):
            assert browser.post(path, {"csrf": token}).status_code == 403, path


@pytest.mark.parametrize("who", ["ed", "ops"])
def test_no_change_counts_without_the_token_or_from_elsewhere(desk: Desk, who: str) -> None:
    browser = desk.browser(who)
    token = browser.csrf()
    for _, path in routes(desk, "POST", "PUT", "PATCH", "DELETE"):
        if path.startswith(PRIVATE):
            assert browser.post(path).status_code == 403, path
            assert browser.post(path, {"csrf": "0" * 64}).status_code == 403, path
            foreign = browser.post(path, {"csrf": token}, Origin="https://evil.example")
            assert foreign.status_code == 403, path


def contents(url: str, without: set[str]) -> dict[str, list[str]]:
    with opened(url) as connection:
        names = [name for name in inspect(connection).get_table_names() if name not in without]
        assert "briefs" in names
        every = {
            n: connection.execute(text(f'SELECT * FROM "{n}"')) for n in names if "search" not in n
        }
        return {name: sorted(map(str, rows)) for name, rows in every.items()}


def test_looking_changes_nothing(desk: Desk, room: DeskRoom, usual_url: str) -> None:
    browsers = [desk.browser(), desk.browser("ed"), desk.browser("ops")]
    # What somebody has seen, and when they were last here, is what looking is.
    without = {"sessions", "editors", "looks", "seen"}
    before = contents(usual_url, without)
    for browser in browsers:
        for _, path in routes(desk, "GET"):
            browser.get(path)
    assert contents(usual_url, without) == before


def test_every_answer_is_protected(desk: Desk) -> None:
    browsers: list[Browser] = [desk.browser(), desk.browser("ops")]
    for browser in browsers:
        for _, path in routes(desk, "GET"):
            with browser.get(path) as answer:
                policy = answer.headers["Content-Security-Policy"]
                assert "default-src 'none'" in policy, path
                assert "unsafe" not in policy, path
                assert answer.headers["X-Content-Type-Options"] == "nosniff", path
                assert answer.headers["Referrer-Policy"] in {"no-referrer", "same-origin"}, path
                if is_private(path):
                    assert answer.headers["Cache-Control"] == "no-store", path
                elif not path.startswith(PRIVATE):
                    assert "Set-Cookie" not in answer.headers, path
                    assert "Cookie" not in answer.headers.get("Vary", ""), path


SETUP_LIKE = (
    "/console", "/desk/console", "/?__debugger__=yes&cmd=resource&f=debugger.js", "/setup", "/install", "/register", "/signup", "/admin",
    "/desk/setup", "/desk/register", "/desk/users", "/desk/users/add", "/ops/users", "/ops/setup", "/i/?c=user&a=create", "/api/users",
)  # fmt: skip


def test_there_is_no_debugger_and_no_page_that_makes_accounts(desk: Desk, room: DeskRoom) -> None:
    before = room.store.editors.all()
    assert not desk.app.debug
    nobody, operator = desk.browser(), desk.browser("ops")
    for browser, token in ((nobody, "x"), (operator, operator.csrf())):
        form = {"username": "mallory", "password": "four quiet purple tractors", "role": "operator"}
        for path in SETUP_LIKE:
            assert "debugger" not in browser.get(path).text.lower(), path
            assert browser.post(path, form | {"csrf": token}).status_code in {401, 403, 404, 405}, (
                path
            )
    assert room.store.editors.all() == before


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/websub/a%00b", 404),
        ("/search?q=%00", 200),
        ("/desk/?q=%21%00&source=%00&category=%00&language=%00", 200),
        ("/desk/briefs?author=a%00b", 200),
    ],
)
def test_a_character_that_a_database_cannot_have_is_found_nowhere(
    store: Store, path: str, status: int
) -> None:
    hire(store, "quentin")
    assert Desk(store).browser("quentin").get(path).status_code == status
