"""Faults while the service runs: readers are served on, and it recovers by itself."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.faults.serving import PATIENCE, Service
from tests.faults.victim import Victim
from tests.origin import Origin

Tool = Callable[[str], str]


@pytest.fixture
def victim(origin: Origin, tmp_path: Path) -> Victim:
    """An installation that polls every second."""
    return Victim(tmp_path / "house", origin, hour=12, interval="1s")


@pytest.fixture
def service(victim: Victim) -> Iterator[Service]:
    running = Service(victim)
    try:
        running.wait_for("paper-0 7")
        yield running
    finally:
        running.process.kill()
        running.process.communicate()


def limit_files(service: Service, size: str, tool: Tool) -> None:
    """From now on no file of the service grows beyond so many bytes, as on a full disk."""
    limit = [tool("prlimit"), "--pid", str(service.process.pid), f"--fsize={size}:unlimited"]
    subprocess.run(limit, check=True)


def test_a_full_disk_stops_no_reader_and_is_survived(
    victim: Victim, service: Service, tool: Tool
) -> None:
    limit_files(service, "20000", tool)
    victim.show(2)
    until = time.monotonic() + 5
    while time.monotonic() < until:
        status, feed = service.get("/feed.atom")
        assert (status, "paper-0 9" in feed) == (200, False)
        time.sleep(0.2)
    limit_files(service, "unlimited", tool)
    service.wait_for("paper-0 9")
    log = service.stop()
    assert "no poll could be started" in log or "could not be recorded" in log
    victim.recover()


def test_a_lock_held_by_another_program_is_waited_for(victim: Victim, service: Service) -> None:
    other = sqlite3.connect(victim.database, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    victim.show(2)
    until = time.monotonic() + 8
    while time.monotonic() < until:
        assert service.get("/feed.atom")[0] == 200
        assert service.get("/desk/login")[0] == 200
        time.sleep(0.2)
    other.execute("ROLLBACK")
    other.close()
    service.wait_for("paper-0 9")
    service.stop()
    victim.recover()


def test_a_leader_that_was_stopped_for_a_while_doubles_nothing(
    victim: Victim, service: Service
) -> None:
    second = victim.house.start("schedule")
    try:
        service.process.send_signal(signal.SIGSTOP)
        asked = len(victim.origin.requests)
        victim.show(2)
        time.sleep(4)
        assert len(victim.origin.requests) == asked, "the one that stands by does not poll, too"
        service.process.send_signal(signal.SIGCONT)
        service.wait_for("paper-0 9")
    finally:
        second.kill()
        second.communicate()
    service.stop()
    victim.recover()


def test_restarts_do_not_poll_again(origin: Origin, tmp_path: Path) -> None:
    victim = Victim(tmp_path / "house", origin)
    for _ in range(5):
        process = victim.house.start("schedule")
        deadline = time.monotonic() + PATIENCE
        while len(origin.requests) < len(victim.ids):
            assert time.monotonic() < deadline
            time.sleep(0.05)
        time.sleep(0.3)
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=120)
    assert len(origin.requests) == len(victim.ids)
