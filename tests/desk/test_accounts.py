"""The rules of accounts: names, passwords, sessions, guesses. No database, no clock."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from aggregator.desk.accounts import allows, initials_of, new_editor, username_of
from aggregator.desk.passwords import check_password, hash_password, is_password
from aggregator.desk.sessions import (
    IDLE,
    LONGEST,
    is_over,
    is_seen_long_ago,
    key_of,
    new_session,
    new_token,
)
from aggregator.desk.throttle import address_of, wait
from aggregator.domain import Attempt, Editor, Role
from aggregator.errors import AccountRefused
from tests.build import NOW

SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("name", "initials"),
    [
        ("Quentin Gérard", "QG"), ("Ana-Lou Ek", "ALE"), ("élise", "É"), ("J. R. R. T. Olkien", "JRRT"),
    ],
)  # fmt: skip
def test_initials_are_those_of_the_name(name: str, initials: str) -> None:
    assert new_editor("someone", name, None, Role.EDITOR).initials == initials
    assert initials_of(name) == initials


def test_what_is_given_stands() -> None:
    editor = new_editor("q.g-1", "  Quentin   Gérard ", "Qg", Role.PUBLISHER)
    assert editor == Editor("q.g-1", "Quentin Gérard", "Qg", Role.PUBLISHER)


@pytest.mark.parametrize(
    ("username", "name", "initials"),
    [
        ("", "A B", None), ("Q G", "A B", None), ("Quentin", "A B", None), ("-q", "A B", None),
        ("q" * 33, "A B", None), ("q\n", "A B", None), ("q", "", None), ("q", " ", None),
        ("q", "A\x1bB", None), ("q", "A" * 81, None), ("q", "123", None), ("q", "A B", "ABCDEF"),
        ("q", "A B", "A.B"),
    ],
)  # fmt: skip
def test_what_is_no_name_is_refused(username: str, name: str, initials: str | None) -> None:
    with pytest.raises(AccountRefused):
        new_editor(username, name, initials, Role.EDITOR)


def test_a_username_is_meant_whatever_the_keyboard_made_of_it() -> None:
    assert username_of(" Quentin\t") == "quentin"
    assert len(username_of("x" * 1000)) == 64


def test_roles_include_those_below() -> None:
    table = {(has, needed): allows(has, needed) for has in Role for needed in Role}
    assert [pair for pair, allowed in table.items() if not allowed] == [
        (Role.EDITOR, Role.PUBLISHER), (Role.EDITOR, Role.OPERATOR), (Role.PUBLISHER, Role.OPERATOR),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("password", "said"),
    [
        ("", "at least 12"), ("elevenchars", "at least 12"), ("password1234567", "most common"),
        ("QWERTYUIOP123", "most common"), ("1234567890123456789", "only digits"),
        ("2024!!Football!!2024", "most common"), ("23/06/2025 15:30", "only digits"),
        ("quentin.gerard", "username"), ("Quentin.Gerard2026", "username"), ("aaaabbbbaaaa", "repeats"),
    ],
)  # fmt: skip
def test_passwords_that_would_soon_be_guessed(password: str, said: str) -> None:
    with pytest.raises(AccountRefused, match=said):
        check_password(password, "quentin.gerard")


@pytest.mark.parametrize(
    "password",
    ["twelve chars", "correct horse battery", "x" * 5 + "abcdefg" * 90, "пароль от всего"],
)
def test_passwords_that_will_do(password: str) -> None:
    check_password(password, "quentin")


def test_a_hash_is_argon2id_with_a_salt_of_its_own() -> None:
    one, other = hash_password("correct horse battery"), hash_password("correct horse battery")
    assert one != other
    assert re.match(r"\$argon2id\$v=19\$m=19456,t=2,p=1\$", one)
    assert is_password("correct horse battery", one)
    assert not is_password("Correct horse battery", one)
    assert not is_password("", None)
    assert not is_password("anything", "not a hash")


def test_two_ways_to_type_an_accent_are_one_password() -> None:
    assert is_password("cafe\u0301 cafe\u0301 cafe\u0301", hash_password("café café café"))


def test_tokens_cannot_be_guessed() -> None:
    tokens = {new_token() for _ in range(1000)}
    assert len(tokens) == 1000
    assert min(map(len, tokens)) == 43
    session = new_session("token", "quentin", NOW)
    assert session.key == key_of("token") != "token"
    assert len({session.csrf, new_session("token", "quentin", NOW).csrf}) == 2


@pytest.mark.parametrize(
    ("seen", "now", "over"),
    [
        (timedelta(), IDLE - SECOND, False), (timedelta(), IDLE, True),
        (LONGEST - SECOND, LONGEST - SECOND, False), (LONGEST - SECOND, LONGEST, True),
    ],
)  # fmt: skip
def test_how_long_a_session_lasts(seen: timedelta, now: timedelta, over: bool) -> None:
    session = replace(new_session("token", "quentin", NOW), seen_at=NOW + seen)
    assert is_over(session, NOW + now) is over


def test_use_is_written_down_every_few_minutes() -> None:
    session = new_session("token", "quentin", NOW)
    assert not is_seen_long_ago(session, NOW + timedelta(minutes=4))
    assert is_seen_long_ago(session, NOW + timedelta(minutes=5))


def attempts(number: int, every: timedelta, address: str, username: str) -> list[Attempt]:
    return [Attempt(NOW - every * n, address, username) for n in range(number, 0, -1)]


def test_an_address_waits_until_its_fifth_last_failure_is_a_minute_old() -> None:
    new = Attempt(NOW, "a", "quentin")
    assert wait(attempts(4, SECOND, "a", "other"), new) == timedelta()
    assert wait(attempts(5, SECOND, "a", "other"), new) == timedelta(seconds=55)
    assert wait(attempts(9, SECOND * 10, "a", "other"), new) == timedelta(seconds=10)
    assert wait(attempts(99, timedelta(minutes=1), "a", "other"), new) == timedelta()


def test_an_account_waits_where_it_was_guessed_at() -> None:
    before = attempts(20, timedelta(minutes=2), "a", "quentin")
    assert wait(before, Attempt(NOW, "a", "quentin")) == timedelta(minutes=20)
    assert wait(before, Attempt(NOW, "b", "quentin")) == timedelta()
    assert wait(before[1:], Attempt(NOW, "a", "quentin")) == timedelta()
    assert wait(before, Attempt(NOW, "a", "paula")) == timedelta()


@pytest.mark.parametrize(
    ("remote", "address"),
    [
        ("192.0.2.1", "192.0.2.1"), ("::ffff:192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"), ("fe80::1%eth0", "fe80::/64"),
        (None, "unknown"), ("/run/socket", "unknown"),
    ],
)  # fmt: skip
def test_what_counts_as_one_address(remote: str | None, address: str) -> None:
    assert address_of(remote) == address
