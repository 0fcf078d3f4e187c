"""Coming in and going out: the real application over a real store, with a set clock."""

from __future__ import annotations

import logging
import re
import time
from datetime import timedelta
from statistics import median

import pytest
from flask import Blueprint

from aggregator.desk.sessions import IDLE, LONGEST
from aggregator.domain import Role
from aggregator.store import Store
from aggregator.store.database import parse_url
from feeds.desk import requires
from tests.databases import away
from tests.feeds.desk import PASSWORD, Desk, hire, kept

LOGIN, LOGOUT, CHANGE = "/desk/login", "/desk/logout", "/desk/password"
NEW = "eleven purple tractors"


@pytest.fixture
def desk(sqlite_store: Store) -> Desk:
    hire(sqlite_store)
    hire(sqlite_store, "paula", Role.PUBLISHER)
    return Desk(sqlite_store)


def test_logging_in_and_out(desk: Desk) -> None:
    browser = desk.browser()
    asked = browser.get("/desk/?since=2")
    assert (asked.status_code, asked.location) == (302, "/desk/login?next=/desk/?since%3D2")
    entered = browser.login("quentin", goal="/desk/?since=2")
    assert (entered.status_code, entered.location) == (303, "/desk/?since=2")
    assert "Quentin" in browser.get("/desk/").text
    before = browser.cookies()
    left = browser.submit("/desk/", LOGOUT)
    assert (left.status_code, left.location) == (303, LOGIN)
    assert "desk" not in browser.cookies()
    browser.plant("desk", before["desk"])
    assert not browser.is_in(), "the session has ended on the server"


def test_a_username_is_written_in_any_case(desk: Desk) -> None:
    assert desk.browser().login("  Quentin ").status_code == 303


def test_the_cookies(desk: Desk, sqlite_store: Store) -> None:
    secure = Desk(sqlite_store, base_url="https://localhost")
    for where, prefix, ending in ((desk, "", ""), (secure, "__Host-", "Secure; ")):
        set_cookie = where.browser().login("quentin").headers.getlist("Set-Cookie")[-1]
        assert re.fullmatch(
            rf"{prefix}desk=[\w-]{{43}}; {ending}HttpOnly; Path=/; SameSite=Lax", set_cookie
        )


def test_a_login_makes_a_new_session_and_ends_the_one_before(desk: Desk) -> None:
    browser = desk.browser()
    browser.plant("desk", "planted-by-somebody-else")
    browser.login("quentin")
    first = browser.cookies()["desk"]
    assert first != "planted-by-somebody-else"
    browser.post(
        LOGIN,
        {"csrf": _form_token(desk, browser), "username": "quentin", "password": PASSWORD},
    )
    assert browser.cookies()["desk"] != first
    other = desk.browser()
    for planted in (first, "planted-by-somebody-else"):
        other.plant("desk", planted)
        assert not other.is_in()


def _form_token(desk: Desk, browser) -> str:
    """Of a login form that was loaded before somebody logged in."""
    token = desk.browser().csrf(LOGIN)
    browser.plant("desk-login", token)
    return token


def test_unknown_wrong_and_disabled_are_told_the_same(desk: Desk, sqlite_store: Store) -> None:
    hire(sqlite_store, "dora")
    sqlite_store.editors.disable("dora", desk.now)
    pages = []
    for username, password in (("nobody", PASSWORD), ("quentin", "wrong"), ("dora", PASSWORD)):
        answer = desk.browser().login(username, password)
        assert answer.status_code == 401
        pages.append(re.sub(r'value="[^"]*"|content="[^"]*"', "", answer.text))
    assert pages[0] == pages[1] == pages[2]


def test_a_name_that_nobody_has_costs_as_much_work_as_a_wrong_password(desk: Desk) -> None:
    """In the processor's time, which no other program disturbs: hashing is nearly all of it."""

    def cost(username: str) -> float:
        spent = []
        for number in range(5):
            browser = desk.browser(address=f"198.51.100.{number}")
            form = {"csrf": browser.csrf(LOGIN), "username": username, "password": "wrong"}
            began = time.process_time()
            assert browser.post(LOGIN, form).status_code == 401
            spent.append(time.process_time() - began)
        return median(spent)

    known, unknown = cost("quentin"), cost("nobody")
    assert known / 2 < unknown < known * 2


@pytest.mark.parametrize(
    "goal",
    [
        "//evil.example", "/\\evil.example", "/%09/evil.example", " //evil.example",
        "https:evil.example", "https://evil.example/desk/", "/desk/\r\nSet-Cookie: a=b", "/desk",
        "\\desk/", "/desk/\\evil", "javascript:alert(1)", "/", "/desk/\n", "/deskevil/", "/desk/@e:x",
    ],
)  # fmt: skip
def test_a_login_leads_to_the_desk_and_nowhere_else(desk: Desk, goal: str) -> None:
    answer = desk.browser().login("quentin", goal=goal)
    assert answer.location == "/desk/"
    assert "a=b" not in str(answer.headers)


@pytest.mark.parametrize("path", [LOGIN, LOGOUT, CHANGE])
def test_no_form_counts_without_its_own_token(desk: Desk, path: str) -> None:
    browser, other = desk.browser("quentin"), desk.browser("paula")
    form = {"username": "quentin", "password": PASSWORD, "old": PASSWORD, "new": NEW, "again": NEW}
    foreign = other.csrf() if path != LOGIN else desk.browser().csrf(LOGIN)
    for token in ({}, {"csrf": ""}, {"csrf": "é"}, {"csrf": foreign}):
        assert browser.post(path, form | token).status_code == 403
    assert browser.post(path, form, X_CSRF_Token=foreign).status_code == 403
    assert browser.is_in()
    assert desk.store.editors.password("quentin") == kept()


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"}, {"Origin": "http://localhost:81"},
    ],
)  # fmt: skip
def test_no_form_counts_from_another_origin(desk: Desk, headers: dict[str, str]) -> None:
    browser = desk.browser("quentin")
    assert browser.post(LOGOUT, {"csrf": browser.csrf()}, **headers).status_code == 403
    newcomer = desk.browser()
    form = {"csrf": newcomer.csrf(LOGIN), "username": "quentin", "password": PASSWORD}
    assert newcomer.post(LOGIN, form, **headers).status_code == 403
    own = {"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"}
    assert browser.post(LOGOUT, {"X": ""}, X_CSRF_Token=browser.csrf(), **own).status_code == 303


def test_over_https_only_the_public_origin_counts(sqlite_store: Store) -> None:
    hire(sqlite_store)
    browser = Desk(sqlite_store, base_url="https://localhost").browser("quentin")
    token = browser.csrf()
    assert browser.post(LOGOUT, {"csrf": token}, Origin="http://localhost").status_code == 403
    assert browser.post(LOGOUT, {"csrf": token}, Origin="https://localhost").status_code == 303


def test_a_form_or_script_without_a_session_is_told_so(desk: Desk) -> None:
    assert desk.browser().post(CHANGE, {"csrf": "x"}).status_code == 401
    assert desk.browser().get("/desk/", Sec_Fetch_Dest="empty").status_code == 401
    assert desk.browser().get("/desk/", Sec_Fetch_Dest="document").status_code == 302


def test_a_changed_password_ends_all_other_sessions(desk: Desk) -> None:
    here, there, paula = desk.browser("quentin"), desk.browser("quentin"), desk.browser("paula")
    before = here.cookies()["desk"]
    done = here.submit(CHANGE, CHANGE, old=PASSWORD, new=NEW, again=NEW)
    assert "Your password is changed" in done.text
    assert (here.is_in(), there.is_in(), paula.is_in()) == (True, False, True)
    assert here.cookies()["desk"] != before
    assert here.submit("/desk/", LOGOUT).status_code == 303, "the page has the new token"
    assert desk.browser().login("quentin").status_code == 401
    assert desk.browser().login("quentin", NEW).status_code == 303


@pytest.mark.parametrize(
    ("old", "new", "again", "said"),
    [
        ("wrong", NEW, NEW, "this is not your password"),
        (PASSWORD, NEW, NEW + "s", "differ"),
        (PASSWORD, "short", "short", "at least 12"),
        (PASSWORD, "password1234567", "password1234567", "most common"),
    ],
)
def test_a_password_that_will_not_do_is_refused(
    desk: Desk, old: str, new: str, again: str, said: str
) -> None:
    answer = desk.browser("quentin").submit(CHANGE, CHANGE, old=old, new=new, again=again)
    assert answer.status_code == 422
    assert said in answer.text
    assert desk.store.editors.password("quentin") == kept()


def test_disabling_ends_sessions_at_once_and_enabling_brings_none_back(desk: Desk) -> None:
    browser = desk.browser("quentin")
    desk.store.editors.disable("quentin", desk.now)
    assert not browser.is_in()
    desk.store.editors.enable("quentin")
    assert not browser.is_in()
    assert desk.browser().login("quentin").status_code == 303


def test_a_session_that_is_left_idle_ends(desk: Desk) -> None:
    browser = desk.browser("quentin")
    for _ in range(3):
        desk.later(IDLE - timedelta(seconds=1))
        assert browser.is_in()
    desk.later(IDLE)
    assert not browser.is_in()


def test_no_session_lasts_for_ever(desk: Desk) -> None:
    browser = desk.browser("quentin")
    while desk.now - browser.began < LONGEST - IDLE / 2:
        desk.later(IDLE / 2)
        assert browser.is_in()
    desk.later(IDLE / 2)
    assert not browser.is_in()


def test_an_address_has_five_wrong_guesses_a_minute(desk: Desk) -> None:
    for number in range(5):
        assert desk.browser().login(f"somebody{number}", "x").status_code == 401
        desk.later(timedelta(seconds=2))
    for forged in ("198.51.100.7", "198.51.100.8"):
        browser = desk.browser()
        form = {"csrf": browser.csrf(LOGIN), "username": "quentin", "password": PASSWORD}
        refused = browser.post(LOGIN, form, X_Forwarded_For=forged, Forwarded=f"for={forged}")
        assert (refused.status_code, refused.headers["Retry-After"]) == (429, "50")
    assert desk.browser(address="198.51.100.7").login("quentin").status_code == 303
    desk.later(timedelta(seconds=50))
    assert desk.browser().login("quentin").status_code == 303


def test_an_account_has_twenty_wrong_guesses_an_hour_and_its_owner_elsewhere_may_enter(
    desk: Desk,
) -> None:
    for number in range(20):
        guesser = desk.browser(address=f"198.51.100.{number % 5}")
        assert guesser.login("quentin", "guess").status_code == 401
        desk.later(timedelta(seconds=30))
    refused = desk.browser(address="198.51.100.1").login("quentin")
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "3000")
    assert desk.browser(address="::1").login("quentin").status_code == 303
    assert desk.browser(address="198.51.100.1").login("paula").status_code == 303
    desk.later(timedelta(seconds=3000))
    assert desk.browser(address="198.51.100.1").login("quentin").status_code == 303


def test_right_passwords_are_no_failures(desk: Desk) -> None:
    for _ in range(7):
        desk.browser("quentin")


def test_the_present_password_cannot_be_guessed_in_a_session_either(desk: Desk) -> None:
    browser = desk.browser("quentin")
    for expected in (422, 422, 422, 422, 422, 429):
        answer = browser.submit(CHANGE, CHANGE, old="guess", new=NEW, again=NEW)
        assert answer.status_code == expected


def test_a_role_includes_those_below_it(desk: Desk) -> None:
    extra = Blueprint("extra", __name__)
    desk.app.before_request_funcs["extra"] = desk.app.before_request_funcs["desk"]
    extra.add_url_rule("/publish", "publish", requires(Role.PUBLISHER)(lambda: "done"))
    desk.app.register_blueprint(extra)
    hire(desk.store, "olga", Role.OPERATOR)
    for username, status in (("quentin", 403), ("paula", 200), ("olga", 200)):
        assert desk.browser(username).get("/publish").status_code == status


def test_every_response_is_protected_and_kept_by_nobody(sqlite_store: Store) -> None:
    hire(sqlite_store)
    desk = Desk(sqlite_store, base_url="https://localhost")
    browser, stranger = desk.browser("quentin"), desk.browser()
    responses = [
        browser.get("/desk/"), browser.get("/desk"), browser.get(CHANGE), browser.get(LOGIN),
        stranger.get("/desk/"), stranger.get(LOGIN), stranger.get(CHANGE), stranger.post(LOGOUT),
        stranger.post(LOGIN), stranger.login("quentin", "x"),
        browser.get("/desk/static/0/nothing.css"),
    ]  # fmt: skip
    for response in responses:
        headers = response.headers
        assert headers["Cache-Control"] == "no-store"
        assert "script-src 'self';" in headers["Content-Security-Policy"]
        assert "require-trusted-types-for 'script'" in headers["Content-Security-Policy"]
        assert headers["Strict-Transport-Security"]
        assert headers["Referrer-Policy"] == "same-origin"
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert not re.search(
            r"<script(?! type=\"module\" src)|<style| style=| on\w+=", response.text
        )
    for astray in (browser.get("/desk/nowhere"), browser.post("/desk/")):
        assert astray.headers["Cache-Control"] == "no-store"
        assert astray.headers["Content-Security-Policy"].startswith("default-src 'none'")


def test_the_public_side_sets_no_cookie(desk: Desk) -> None:
    browser = desk.browser("quentin")
    for path in ("/", "/feed.atom", "/health", "/favicon.ico"):
        with browser.get(path) as response:
            assert "Set-Cookie" not in response.headers
            assert "Cookie" not in response.headers.get("Vary", "")


def test_errors_repeat_nothing_of_the_request(desk: Desk) -> None:
    browser = desk.browser("quentin")
    answers = [
        browser.get("/desk/<script>evil</script>"),
        browser.post("/desk/evil", {"evil": "evil"}),
        browser.post(LOGOUT, {"csrf": "<script>evil</script>"}),
        browser.get("/desk//evil"),
    ]
    assert [answer.status_code for answer in answers] == [404, 404, 403, 404]
    for answer in answers:
        assert "evil" not in answer.text + str(answer.headers)


def test_the_host_header_steers_no_redirect(desk: Desk) -> None:
    for path in ("/desk", "/desk/", "/desk/password", "//desk/"):
        answer = desk.browser().get(path, Host="evil.example")
        assert "evil" not in answer.headers.get("Location", "") + answer.text


def test_a_form_that_is_too_large_is_refused(desk: Desk) -> None:
    browser = desk.browser("quentin")
    form = {"csrf": browser.csrf(), "old": "x" * (1 << 20)}
    assert browser.post(CHANGE, form).status_code == 413


def test_style_and_script_are_kept_for_good_under_their_version(desk: Desk) -> None:
    browser = desk.browser()
    page = browser.get(LOGIN).text
    for address in re.findall(r'(?:href|src)="(/desk/static/[^"]+)"', page):
        with browser.get(address) as versioned:
            assert versioned.status_code == 200
            assert "immutable" in versioned.headers["Cache-Control"]
            assert "Set-Cookie" not in versioned.headers
        with browser.get(re.sub("static/[^/]+", "static/old", address)) as plain:
            assert plain.headers["Cache-Control"] == "no-cache"
            etag = plain.headers["ETag"]
        with browser.get(address, If_None_Match=etag) as again:
            assert again.status_code == 304


@pytest.mark.sqlite("the bytes of its file are looked through")
def test_the_database_keeps_neither_passwords_nor_tokens(desk: Desk, tmp_path) -> None:
    browser = desk.browser("quentin")
    desk.store.close()
    everything = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert b"$argon2id$" in everything
    assert PASSWORD.encode() not in everything
    assert browser.cookies()["desk"].encode() not in everything


def test_what_is_typed_into_the_form_cannot_forge_a_log_line(desk: Desk, caplog) -> None:
    with caplog.at_level(logging.INFO):
        desk.browser().login("quentin\r\nINFO editor=root logged in\x1b[0m", "x")
        desk.browser("quentin")
    assert [record.getMessage() for record in caplog.records if "login" in record.getMessage() or "logged" in record.getMessage()] == [
        "a login from 192.0.2.1 failed", "editor=quentin logged in from 192.0.2.1",
    ]  # fmt: skip


def test_without_its_database_the_desk_says_so(desk: Desk, usual_url: str) -> None:
    browser = desk.browser("quentin")
    desk.store.close()
    with away(usual_url):
        told = browser.get("/desk/")
    assert (told.status_code, told.headers["Retry-After"]) == (503, "60")
    assert "database does not answer" in told.text
    assert str(parse_url(usual_url).database) not in told.text
    assert browser.is_in()
