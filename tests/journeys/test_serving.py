"""The web server as operators meet it: replaced, killed, started without its database."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from aggregator.store import Store
from tests.build import NOW, declare, item, take
from tests.conftest import Install
from tests.databases import away
from tests.feeds.newsroom import MONDE
from tests.journeys.service import Installation, free_port
from tests.journeys.test_service import get


@pytest.fixture
def house(install: Install) -> Installation:
    house = install(allow="")
    house.declare([])
    house.run("db", "upgrade")
    store = Store(house.database_url)
    declare(store, MONDE)
    take(store, MONDE, *(item(number) for number in range(60)), now=NOW)
    store.close()
    return house


@contextmanager
def serving(house: Installation, *more: str) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    port = free_port()
    house.environ["AGGREGATOR_BASE_URL"] = f"http://127.0.0.1:{port}"
    process = house.start("serve", "--port", str(port), *more)
    try:
        yield f"http://127.0.0.1:{port}", process
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=120)


def workers(process: subprocess.Popen[str]) -> list[int]:
    """The processes that answer requests; beside them Python has one that tidies up."""
    text = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text()
    return [
        int(pid)
        for pid in text.split()
        if b"spawn_main" in Path(f"/proc/{pid}/cmdline").read_bytes()
    ]


def test_every_promise_is_kept_by_the_real_server(house: Installation, shared: Path) -> None:
    with serving(house) as (url, _):
        get(f"{url}/feed.atom")
        check = shared / "tools" / "subscriber_check.py"
        command = [sys.executable, check, f"{url}/feed.atom"]
        done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout
    assert "S43 PASS" in done.stdout


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["ctrl-c", "terminated"])
def test_a_signal_to_all_its_processes_ends_it(house: Installation, number: int) -> None:
    """As a terminal sends it: those that answer end at the same time as the one that has them."""
    port = free_port()
    process = house.start("run", "--port", str(port), wrap=("setsid",))
    try:
        get(f"http://127.0.0.1:{port}/feed.atom")
        os.killpg(process.pid, number)
        _, said = process.communicate(timeout=120)
    finally:
        process.kill()
    assert process.returncode == 0, said
    assert "Traceback" not in said


def test_new_processes_take_over_without_losing_a_request(house: Installation) -> None:
    with serving(house) as (url, process):
        get(f"{url}/feed.atom")
        old = workers(process)
        trouble, stopped = [], threading.Event()

        def ask() -> None:
            while not stopped.wait(0.01):
                try:
                    with urllib.request.urlopen(f"{url}/feed.atom", timeout=20) as answer:
                        answer.read()
                except OSError as error:
                    trouble.append(error)

        asking = threading.Thread(target=ask)
        asking.start()
        (house.folder / "config" / "aggregator.yaml").write_text("title: Another title\n")
        process.send_signal(signal.SIGHUP)
        deadline = time.monotonic() + 60
        while set(old) & set(workers(process)):
            assert time.monotonic() < deadline
            time.sleep(0.1)
        stopped.set()
        asking.join()
        assert trouble == []
        assert b"Another title" in get(f"{url}/feed.atom")


def test_a_killed_server_leaves_nobody_behind(house: Installation) -> None:
    with serving(house, "--processes", "2") as (url, process):
        get(f"{url}/feed.atom")
        left = workers(process)
        process.kill()
        deadline = time.monotonic() + 20
        while any(Path(f"/proc/{pid}").exists() for pid in left):
            assert time.monotonic() < deadline
            time.sleep(0.1)


def test_it_starts_without_its_database(house: Installation) -> None:
    with serving(house) as (url, _):
        good = get(f"{url}/feed.atom")
    with ExitStack() as lost:
        lost.enter_context(away(house.database_url))
        with serving(house) as (url, process):
            assert get(f"{url}/feed.atom") == good
            lost.close()
            deadline = time.monotonic() + 30
            while b'"status"' not in _health(url):
                assert time.monotonic() < deadline
                time.sleep(0.2)
            assert process.poll() is None


def _health(url: str) -> bytes:
    try:
        with urllib.request.urlopen(f"{url}/health") as answer:
            return bytes(answer.read())
    except OSError:
        return b""
