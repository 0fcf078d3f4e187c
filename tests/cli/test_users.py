"""Accounts by command: the only way to make one."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from contextlib import closing

import pytest

from aggregator.store import Store
from tests.conftest import Install
from tests.journeys.service import Installation

PASSWORD = "correct horse battery"


@pytest.fixture
def house(install: Install) -> Installation:
    house = install(allow="127.0.0.1:1")
    house.declare([])
    house.run("db", "upgrade")
    return house


def users(house: Installation, *args: str, typed: str = PASSWORD) -> tuple[int, str]:
    """Run ``aggregator users`` with a line of stdin; return the exit code and what it complains."""
    done = subprocess.run(
        [sys.executable, "-m", "aggregator", "users", *args],
        cwd=house.folder, env=house.environ, input=typed + "\n", capture_output=True, text=True,
    )  # fmt: skip
    assert done.stdout == ""
    return done.returncode, done.stderr


def test_an_account_from_beginning_to_end(house: Installation) -> None:
    assert users(house, "add", "quentin", "--name", "Quentin Gérard") == (0, "")
    assert users(house, "add", "paula", "--name", "P. Ek", "--initials", "PEk", "--role", "publisher") == (0, "")  # fmt: skip
    assert users(house, "passwd", "quentin", typed="eleven purple tractors") == (0, "")
    assert users(house, "disable", "paula") == (0, "")
    paula, quentin = house.lines("users", "list")
    assert quentin == {
        "username": "quentin", "name": "Quentin Gérard", "initials": "QG", "role": "editor",
        "disabled_at": None,
    }  # fmt: skip
    assert (paula["initials"], paula["role"]) == ("PEk", "publisher")
    assert paula["disabled_at"].endswith("Z")
    assert "(disabled)" in house.run("users", "list").stdout
    assert users(house, "enable", "paula") == (0, "")
    assert house.lines("users", "list")[0]["disabled_at"] is None
    with closing(Store(house.database_url)) as store:
        noted = store.audit.latest(9)
    assert [(one.action, one.detail) for one in reversed(noted)] == [
        ("account made", "quentin, editor"),
        ("account made", "paula, publisher"),
        ("password changed", "quentin"),
        ("account disabled", "paula"),
        ("account enabled", "paula"),
    ]
    assert all(one.who for one in noted)


def test_somebody_marries_and_is_promoted(house: Installation) -> None:
    users(house, "add", "quentin", "--name", "Quentin Gérard")
    assert users(house, "edit", "quentin", "--role", "publisher") == (0, "")
    assert users(house, "edit", "quentin", "--name", "Quentin Ek", "--initials", "QE") == (0, "")
    (quentin,) = house.lines("users", "list")
    assert (quentin["name"], quentin["initials"]) == ("Quentin Ek", "QE")
    assert quentin["role"] == "publisher"


def test_what_cannot_be_is_said_in_one_line(house: Installation) -> None:
    users(house, "add", "quentin", "--name", "Quentin Gérard")
    for args, typed, said in (
        (("add", "quentin", "--name", "Q G"), PASSWORD, "there is already an account quentin"),
        (("add", "Q G", "--name", "Q G"), PASSWORD, "is no username"),
        (("add", "olga", "--name", "O"), "password1234567", "most common"),
        (("add", "olga", "--name", "O"), "", "at least 12 characters"),
        (("passwd", "olga"), PASSWORD, "there is no account olga"),
        (("edit", "olga", "--name", "Olga"), "", "there is no account olga"),
        (("edit", "quentin", "--initials", "Q1"), "", "are no initials"),
        (("edit", "quentin"), "", "say what to change"),
        (("disable", "olga"), "", "there is no account olga"),
        (("enable", "olga"), "", "there is no account olga"),
    ):
        code, complaint = users(house, *args, typed=typed)
        assert (code, len(complaint.splitlines())) == (2, 1)
        assert said in complaint
        assert PASSWORD not in complaint
    assert len(house.lines("users", "list")) == 1


def test_a_password_is_never_an_argument(house: Installation) -> None:
    code, _ = users(house, "add", "quentin", "--name", "Q G", "--password", PASSWORD)
    assert code == 2


def test_at_a_terminal_it_is_typed_twice_and_not_shown(house: Installation) -> None:
    child, terminal = pty.fork()
    if child == 0:
        os.chdir(house.folder)
        command = [sys.executable, "-m", "aggregator", "users", "add", "quentin", "--name", "Q G"]
        os.execve(sys.executable, command, house.environ)
    shown = b""
    for prompt in (b"Password: ", b"Repeat for confirmation: "):
        while not shown.endswith(prompt):
            shown += os.read(terminal, 1024)
        os.write(terminal, PASSWORD.encode() + b"\n")
    _, status = os.waitpid(child, 0)
    os.close(terminal)
    assert os.waitstatus_to_exitcode(status) == 0
    assert PASSWORD.encode() not in shown
    assert len(house.lines("users", "list")) == 1
