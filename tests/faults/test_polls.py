"""Faults while polls are recorded: nothing acknowledged is lost, nothing doubled, nothing broken."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable

import pytest

from tests.faults.victim import Victim

Tool = Callable[[str], str]


@pytest.mark.sqlite("a fault of its own writes")
@pytest.mark.parametrize(
    "when",
    ["pwrite64:3", "pwrite64:17", "pwrite64:40", "fdatasync:1", "fdatasync:2", "pwrite64:30"],
)
def test_killed_at_a_certain_write(victim: Victim, tool: Tool, when: str) -> None:
    """At each of them: ``python -m tests.faults.writes``."""
    tool("strace")
    call, number = when.split(":")
    killed = victim.poll(injected=[f"{call}:signal=KILL:when={number}"])
    assert killed.returncode != 0, "it was killed"
    assert victim.struck
    victim.recover()


@pytest.mark.sqlite("a fault of its own writes")
def test_the_disk_is_full_from_some_write_on(victim: Victim, tool: Tool) -> None:
    tool("strace")
    done = victim.poll(injected=["pwrite64:error=ENOSPC:when=12+"])
    assert done.returncode in (1, 2)
    assert re.search("disk is full|disk I/O error", done.stdout + done.stderr)
    victim.recover()


@pytest.mark.sqlite("a fault of its own writes")
def test_a_commit_meets_an_input_output_error(victim: Victim, tool: Tool) -> None:
    tool("strace")
    done = victim.poll(injected=["fdatasync:error=EIO:when=1+"])
    assert done.returncode == 2
    assert "aggregator.db: disk I/O error" in done.stderr
    victim.recover()


@pytest.mark.sqlite("a fault of its own writes")
def test_the_file_may_not_grow(victim: Victim, tool: Tool) -> None:
    done = victim.poll(tool("prlimit"), "--fsize=40000")
    assert done.returncode != 0
    victim.recover()


@pytest.mark.parametrize("limit", ["--nofile=10", "--nofile=14"])
def test_descriptors_run_out(victim: Victim, tool: Tool, limit: str) -> None:
    assert victim.poll(tool("prlimit"), limit).returncode != 0
    victim.recover()


@pytest.mark.sqlite("its WAL")
def test_a_reader_that_never_ends(victim: Victim) -> None:
    """It keeps its view and nobody waits; the WAL cannot be emptied before it is gone."""
    wal = victim.database.with_name(victim.database.name + "-wal")
    reader = sqlite3.connect(victim.database, isolation_level=None)
    reader.execute("BEGIN")
    (before,) = reader.execute("SELECT count(*) FROM items").fetchone()
    for document in range(4, 10):
        victim.show(document)
        assert victim.poll().returncode == 0
    assert wal.stat().st_size > 500_000, "it had to grow"
    assert reader.execute("SELECT count(*) FROM items").fetchone() == (before,)
    reader.execute("COMMIT")
    reader.close()
    victim.recover()
    assert not wal.exists()


def test_a_memory_limit_below_ours_is_kept_to(victim: Victim, tool: Tool) -> None:
    # Children that read documents take less than they otherwise would, and read all the same. Below
    # 330 MB the program itself has no room for its threads where psycopg is loaded, too.
    assert victim.poll(tool("prlimit"), "--as=400000000").returncode == 0
    victim.recover()
