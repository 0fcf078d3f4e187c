"""Databases that are broken, foreign or half there: refused with the reason, never written to."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest

from tests.conftest import Install
from tests.faults.victim import Victim

Tool = Callable[[str], str]

pytestmark = pytest.mark.sqlite("files that are broken, foreign or half there")


def overwrite(path: Path, at: int, data: bytes) -> None:
    with path.open("r+b") as file:
        file.seek(at)
        file.write(data)


def test_a_truncated_file_is_refused_and_left_alone(victim: Victim) -> None:
    os.truncate(victim.database, victim.database.stat().st_size - 4096)
    before = sha256(victim.database.read_bytes()).digest()
    done = victim.poll()
    assert done.returncode == 2
    assert "aggregator.db" in done.stderr
    assert "malformed" in done.stderr
    assert sha256(victim.database.read_bytes()).digest() == before


def test_a_corrupt_page_is_named_not_overwritten(victim: Victim) -> None:
    connection = sqlite3.connect(victim.database)
    query = "SELECT rootpage FROM sqlite_master WHERE name = 'poll_states'"
    (page,) = connection.execute(query).fetchone()
    connection.close()
    overwrite(victim.database, (page - 1) * 4096, os.urandom(4096))
    done = victim.poll()
    assert done.returncode == 2
    assert "malformed" in done.stderr


def test_a_file_of_another_kind_is_left_alone(victim: Victim) -> None:
    victim.database.write_bytes(b"%PDF-1.7 not a database at all" * 100)
    before = victim.database.read_bytes()
    done = victim.poll()
    assert (done.returncode, victim.database.read_bytes()) == (2, before)
    assert "this is no SQLite database" in done.stderr


@pytest.mark.parametrize("lost", [("-wal", "-shm"), ("-shm",)])
def test_what_sqlite_keeps_beside_it_is_lost(
    victim: Victim, tool: Tool, lost: tuple[str, ...]
) -> None:
    tool("strace")
    # Killed, it leaves both behind.
    assert victim.poll(injected=["fdatasync:signal=KILL:when=2"]).returncode != 0
    victim.let_leases_lapse()
    victim.acknowledged.clear() if "-wal" in lost else None
    for suffix in lost:
        victim.database.with_name(victim.database.name + suffix).unlink(missing_ok=True)
    victim.recover()


@pytest.mark.parametrize("journal", [b"", bytes(4096), os.urandom(4096)], ids=["none", "0", "any"])
def test_a_journal_is_left_beside_it(victim: Victim, journal: bytes) -> None:
    """As a copy of another program's folder, or a program that was killed long ago, leaves one."""
    victim.database.with_name(victim.database.name + "-journal").write_bytes(journal)
    victim.recover()


@pytest.mark.parametrize(
    "when", ["openat:60", "pwrite64:2", "pwrite64:8", "pwrite64:20", "fdatasync:1", "fdatasync:2"]
)
def test_making_the_tables_is_interrupted(install: Install, tool: Tool, when: str) -> None:
    house = install(allow="127.0.0.0/8")
    house.declare([])
    call, number = when.split(":")
    kill = f"inject={call}:signal=KILL:when={number}"
    killed = house.run(
        "db", "upgrade", expect=None,
        wrap=(tool("strace"), "-f", "-qq", "-o", "/dev/null", "-e", f"trace={call}", "-e", kill),
    )  # fmt: skip
    assert killed.returncode != 0, "it was killed"
    house.run("db", "upgrade")
    house.run("sources", "list")


@pytest.mark.parametrize("when", ["pwrite64:2", "pwrite64:30", "pwrite64:90", "fdatasync:1"])
def test_changing_the_tables_is_interrupted(victim: Victim, tool: Tool, when: str) -> None:
    """They are the old ones or the new ones, and nothing that was stored is lost."""
    new = schema(victim)
    victim.house.run("db", "downgrade", "0007", "--yes")
    call, number = when.split(":")
    kill = f"inject={call}:signal=KILL:when={number}"
    killed = victim.house.run(
        "db", "upgrade", expect=None,
        wrap=(tool("strace"), "-f", "-qq", "-o", "/dev/null", "-e", f"trace={call}", "-e", kill),
    )  # fmt: skip
    assert killed.returncode != 0, "it was killed"
    assert schema(victim) in ("0007", new)
    assert victim.complaints() == []
    victim.house.run("db", "upgrade")
    assert schema(victim) == new
    victim.recover()


def schema(victim: Victim) -> str:
    connection = sqlite3.connect(victim.database)
    (found,) = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    connection.close()
    return str(found)
