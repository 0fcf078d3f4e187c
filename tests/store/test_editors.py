"""Accounts, sessions and attempts on both databases."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

from aggregator.desk.sessions import LONGEST, new_session
from aggregator.desk.throttle import HOUR, PER_ADDRESS, wait
from aggregator.domain import Attempt, Editor, Role
from aggregator.store import Store
from tests.build import NOW

QUENTIN = Editor("quentin", "Quentin Gérard", "QG", Role.EDITOR)
PAULA = Editor("paula", "Paula Ek", "PE", Role.PUBLISHER)


def test_an_account_is_kept_as_it_was_made(store: Store) -> None:
    assert store.editors.add(QUENTIN, "hash", NOW)
    assert store.editors.add(PAULA, "other", NOW)
    assert store.editors.all() == [PAULA, QUENTIN]
    assert store.editors.find("quentin") == QUENTIN
    assert store.editors.find("Quentin") is None
    assert store.editors.password("quentin") == "hash"
    assert store.editors.password("nobody") is None


def test_a_username_belongs_to_one(store: Store) -> None:
    store.editors.add(QUENTIN, "hash", NOW)
    assert not store.editors.add(replace(PAULA, username="quentin"), "other", NOW)
    assert store.editors.find("quentin") == QUENTIN
    assert store.editors.password("quentin") == "hash"


def test_who_is_disabled_has_no_password_until_enabled(store: Store) -> None:
    store.editors.add(QUENTIN, "hash", NOW)
    assert store.editors.disable("quentin", NOW)
    assert store.editors.find("quentin") == replace(QUENTIN, disabled_at=NOW)
    assert store.editors.password("quentin") is None
    assert store.editors.enable("quentin")
    assert store.editors.password("quentin") == "hash"
    assert not store.editors.disable("nobody", NOW)
    assert not store.editors.enable("nobody")
    assert not store.editors.set_password("nobody", "hash")


def test_a_session_is_found_by_its_key_until_it_ends(store: Store) -> None:
    store.editors.add(QUENTIN, "hash", NOW)
    session = new_session("token", "quentin", NOW)
    assert store.sessions.open(session, "hash")
    assert store.sessions.find(session.key) == (session, QUENTIN)
    assert store.sessions.find("token") is None
    later = NOW + timedelta(minutes=9)
    store.sessions.touch(session.key, later)
    assert store.sessions.find(session.key) == (replace(session, seen_at=later), QUENTIN)
    store.sessions.end(session.key)
    assert store.sessions.find(session.key) is None


def test_a_login_does_not_outrun_disabling_or_another_password(store: Store) -> None:
    """What happens between looking at the password and opening the session."""
    store.editors.add(QUENTIN, "hash", NOW)
    session = new_session("token", "quentin", NOW)
    assert not store.sessions.open(session, "old hash")
    assert not store.sessions.open(replace(session, username="nobody"), "hash")
    store.editors.disable("quentin", NOW)
    assert not store.sessions.open(session, "hash")
    assert store.sessions.find(session.key) is None


def test_whatever_changes_who_may_enter_ends_their_sessions_only(store: Store) -> None:
    store.editors.add(QUENTIN, "hash", NOW)
    store.editors.add(PAULA, "hash", NOW)
    others = new_session("paula's", "paula", NOW)
    store.sessions.open(others, "hash")
    for change in (
        lambda: store.editors.set_password("quentin", "hash"),
        lambda: store.editors.disable("quentin", NOW),
    ):
        session = new_session("token", "quentin", NOW)
        assert store.sessions.open(session, "hash")
        change()
        assert store.sessions.find(session.key) is None
    assert store.sessions.find(others.key) == (others, PAULA)


def test_sessions_that_are_over_are_cleared_away(store: Store) -> None:
    store.editors.add(QUENTIN, "hash", NOW)
    first = new_session("one", "quentin", NOW)
    store.sessions.open(first, "hash")
    store.sessions.open(new_session("two", "quentin", NOW + LONGEST), "hash")
    assert store.sessions.find(first.key) is None


def test_attempts_count_until_they_succeed_or_are_old(store: Store) -> None:
    seen = []

    def judge(before, new):
        seen.append([(a.address, a.username) for a in before])
        return timedelta()

    def begin(address: str, username: str, after: timedelta = timedelta()) -> int:
        _, number = store.attempts.begin(Attempt(NOW + after, address, username), judge, HOUR)
        assert number is not None
        return number

    begin("a", "quentin")
    begin("b", "paula")
    number = begin("a", "paula")
    store.attempts.succeeded(number)
    begin("c", "olga")
    begin("a", "paula")
    begin("a", "paula", HOUR)
    assert seen == [
        [], [], [("a", "quentin"), ("b", "paula")], [], [("a", "quentin"), ("b", "paula")], [],
    ]  # fmt: skip


def test_many_guesses_at_once_are_as_many_as_one_by_one(store: Store) -> None:
    def guess(number: int) -> bool:
        new = Attempt(NOW, "a", f"somebody{number}")
        return store.attempts.begin(new, wait, HOUR)[1] is not None

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(guess, range(30))) == PER_ADDRESS
