"""Faults while the service runs: readers are served on, and it recovers by itself."""

from __future__ import annotations

import re
import signal
import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from aggregator.jobs.polling import lease_of
from tests.conftest import Install
from tests.faults.serving import PATIENCE, Editor, Service
from tests.faults.victim import Victim
from tests.origin import Origin

Tool = Callable[[str], str]


@pytest.fixture
def victim(origin: Origin, install: Install) -> Victim:
    """An installation that polls every second."""
    return Victim(install(allow="127.0.0.0/8"), origin, hour=12, interval="1s")


@pytest.fixture
def service(victim: Victim) -> Iterator[Service]:
    running = Service(victim)
    try:
        running.wait_for("paper-0 7")
        yield running
    finally:
        running.kill()


def limit_files(service: Service, size: str, tool: Tool) -> None:
    """From now on no file of the service grows beyond so many bytes, as on a full disk."""
    limit = [tool("prlimit"), "--pid", str(service.process.pid), f"--fsize={size}:unlimited"]
    subprocess.run(limit, check=True)


@pytest.mark.sqlite("a fault of its own writes")
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


@contextmanager
def locked(database: Path) -> Iterator[None]:
    """Another program keeps the database to itself."""
    other = sqlite3.connect(database, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        other.execute("ROLLBACK")
        other.close()


@pytest.mark.sqlite("the lock on its file")
def test_a_lock_held_by_another_program_is_waited_for(victim: Victim, service: Service) -> None:
    with locked(victim.database):
        victim.show(2)
        until = time.monotonic() + 8
        while time.monotonic() < until:
            assert service.get("/feed.atom")[0] == 200
            assert service.get("/desk/login")[0] == 200
            time.sleep(0.2)
        assert "paper-0 9" not in service.get("/feed.atom")[1], "it could not be stored"
    service.wait_for("paper-0 9")
    service.stop()
    victim.recover()


class Brief:
    """One that an editor has begun, and what becomes of it."""

    def __init__(self, victim: Victim, service: Service) -> None:
        self.victim = victim
        self.editor = Editor(victim, service)
        self.body = victim.house.folder / "body"
        self.body.write_text("As it was.")
        new = ("--item", "1", "--editor", "quentin", "--headline", "H", "--body", str(self.body))
        self.path = f"/desk/briefs/{victim.house.run('briefs', 'new', *new).stdout.strip()}"
        self.version = re.findall(r'name="version" value="(\d+)"', self.editor.get(self.path))[0]
        self.form = self.editor.token() | {
            "version": self.version, "headline": "Typed", "body": "As it was typed.", "do": "save",
            "language": "en", "byline": "Q", "item": "1",
        }  # fmt: skip

    def save(self) -> tuple[int, str]:
        """Press the button that saves what was typed."""
        return self.editor.post(self.path, self.form)

    def wordings(self) -> list[str]:
        """What is stored of it, with all that was ever saved."""
        connection = sqlite3.connect(self.victim.database)
        query = "SELECT headline FROM brief_revisions ORDER BY number"
        found = [row[0] for row in connection.execute(query)]
        connection.close()
        return found


@pytest.fixture
def brief(victim: Victim, service: Service) -> Brief:
    return Brief(victim, service)


@pytest.mark.sqlite("the lock on its file")
def test_an_editor_who_saves_while_it_is_locked_waits_and_has_saved(
    victim: Victim, brief: Brief
) -> None:
    with ThreadPoolExecutor() as pool:
        with locked(victim.database):
            saving = pool.submit(brief.save)
            time.sleep(3)
            assert not saving.done(), "it cannot be saved yet"
        assert saving.result()[0] == 200
    assert brief.wordings() == ["H", "Typed"]


@pytest.mark.sqlite("the lock on its file")
def test_a_web_process_is_killed_in_the_middle_of_saving(
    victim: Victim, service: Service, brief: Brief
) -> None:
    """The editor's browser gets no answer and sends it again: it is saved, and once."""
    with ThreadPoolExecutor() as pool, locked(victim.database):
        saving = pool.submit(brief.save)
        time.sleep(3)
        assert not saving.done(), "it is in the middle of it"
        service.kill()
        assert saving.result()[0] == 0, "nobody answers"
    assert brief.wordings() == ["H"]
    again = Service(victim, port=service.port)
    try:
        again.wait_for("paper-0 7")
        assert brief.save()[0] == 200
        assert brief.wordings() == ["H", "Typed"]
        assert brief.save()[0] == 200
        assert brief.wordings() == ["H", "Typed"], "sent twice, it is one"
    finally:
        again.kill()


def test_a_leader_that_was_stopped_for_a_while_doubles_nothing(
    victim: Victim, service: Service
) -> None:
    second = victim.house.start("schedule")
    try:
        service.process.send_signal(signal.SIGSTOP)
        asked = len(victim.origin.requests)
        victim.show(2)
        # Longer than leases last: others might think that it is dead.
        time.sleep(lease_of(timedelta(seconds=12)).total_seconds() + 2)
        assert len(victim.origin.requests) == asked, "the one that stands by does not poll, too"
        service.process.send_signal(signal.SIGCONT)
        service.wait_for("paper-0 9")
    finally:
        second.kill()
        second.communicate()
    service.stop()
    victim.recover()


def test_restarts_do_not_poll_again(origin: Origin, install: Install) -> None:
    victim = Victim(install(allow="127.0.0.0/8"), origin)
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


@pytest.mark.sqlite("its file is moved while it is open")
def test_the_database_is_moved_away_and_back_while_it_is_read(
    victim: Victim, service: Service
) -> None:
    """Who has it open goes on in it; nobody makes another one in its place."""
    tag, feed = service.tag("/feed.atom"), service.get("/feed.atom")
    away = victim.database.with_name("away.db")
    files = [victim.database.with_name(victim.database.name + end) for end in ("", "-wal", "-shm")]
    moved = [away.with_name(away.name + end) for end in ("", "-wal", "-shm")]
    for here, there in zip(files, moved, strict=True):
        here.rename(there)
    until = time.monotonic() + 5
    while time.monotonic() < until:
        assert service.get("/feed.atom") == feed
        assert service.get("/feed.atom", {"If-None-Match": tag})[0] == 304
        time.sleep(0.2)
    assert not victim.database.exists()
    for here, there in zip(files, moved, strict=True):
        there.rename(here)
    victim.show(2)
    service.wait_for("paper-0 9")
    service.stop()
    victim.recover()


def test_a_day_without_the_network(origin: Origin, install: Install) -> None:
    """Readers are served; sources are asked less and less, and one by one when it is back."""
    victim = Victim(install(allow="127.0.0.0/8"), origin, hour=0.5, interval="1s")
    victim.house.environ |= {"AGGREGATOR_FETCH_TIMEOUT": "1s", "AGGREGATOR_HOST_RATE": "4"}
    service = Service(victim)
    try:
        for key in victim.ids:
            service.wait_for(f"{key} 7")
        origin.hanging |= {f"/{key}" for key in victim.ids}
        asked = len(origin.requests)
        until = time.monotonic() + 24 * 0.5
        while time.monotonic() < until:
            status, feed = service.get("/feed.atom")
            assert (status, "paper-0 7" in feed) == (200, True)
            time.sleep(0.2)
        states = {one["state"] for one in victim.house.lines("sources", "list")}
        assert states == {"failing"}
        assert len(origin.requests) - asked <= 5 * len(victim.ids)
        victim.show(2)
        origin.hanging.clear()
        began = len(origin.times)
        for key in victim.ids:
            service.wait_for(f"{key} 9")
        times = [at for _, at in origin.times[began:]]
        six = [later - first for first, later in zip(times, times[5:], strict=False)]
        assert min(six) > 5 / 4 - 0.3, "four a second at most"
        service.stop()
    finally:
        service.kill()
    victim.recover()
