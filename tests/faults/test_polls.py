"""Faults while polls are recorded: nothing acknowledged is lost, nothing doubled, nothing broken."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.faults.victim import Victim
from tests.origin import Origin

Tool = Callable[[str], str]


@pytest.fixture
def victim(origin: Origin, tmp_path: Path) -> Victim:
    """An installation that has polled once, and whose sources have something new."""
    made = Victim(tmp_path / "house", origin)
    assert made.poll().returncode == 0
    made.show(3)
    return made


@pytest.mark.parametrize(
    "when", ["pwrite64:3", "pwrite64:17", "pwrite64:40", "fdatasync:1", "fdatasync:2", "fsync:1"]
)
def test_killed_at_a_certain_write(victim: Victim, tool: Tool, when: str) -> None:
    tool("strace")
    call, number = when.split(":")
    victim.poll(injected=[f"{call}:signal=KILL:when={number}"])
    victim.recover()


def test_the_disk_is_full_from_some_write_on(victim: Victim, tool: Tool) -> None:
    tool("strace")
    done = victim.poll(injected=["pwrite64:error=ENOSPC:when=12+"])
    assert done.returncode in (1, 2)
    assert re.search("disk is full|disk I/O error", done.stdout + done.stderr)
    victim.recover()


def test_a_commit_meets_an_input_output_error(victim: Victim, tool: Tool) -> None:
    tool("strace")
    done = victim.poll(injected=["fdatasync:error=EIO:when=1+"])
    assert done.returncode == 2
    assert "aggregator.db: disk I/O error" in done.stderr
    victim.recover()


def test_the_file_may_not_grow(victim: Victim, tool: Tool) -> None:
    done = victim.poll(tool("prlimit"), "--fsize=40000")
    assert done.returncode != 0
    victim.recover()


@pytest.mark.parametrize("limit", ["--nofile=10", "--nofile=14", "--as=300000000"])
def test_descriptors_or_memory_run_out(victim: Victim, tool: Tool, limit: str) -> None:
    victim.poll(tool("prlimit"), limit)
    victim.recover()
