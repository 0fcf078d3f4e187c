"""A poll of everything that a hostile origin can think of: redirects to inside, bombs, odd bytes."""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.journeys.service import Installation, free_port

STATES = {"ok": "ok", "moved": "ok", "error": "failing", "gone": "gone"}
# What the origin calls an error although what it asks for is done: the redirect is followed and the
# stored address kept, and a header that ends before the injected one is just a header.
FOLLOWED = {"/redir/301_to_302", "/redir/crlf"}
FILE_OF_THE_MACHINE = b"CANARY-FILE-CONTENT"


class Hostile:
    """The hostile origin; what is behind the next port must never be asked for."""

    def __init__(self, tools: Path) -> None:
        port = free_port()
        script = tools / "hostile_origin.py"
        self.address = f"127.0.0.1:{port}"
        self.process = subprocess.Popen(
            [sys.executable, script, "--port", str(port)], stdout=subprocess.PIPE, text=True
        )
        assert self.process.stdout
        self.process.stdout.readline()

    def json(self, path: str) -> Any:
        with urllib.request.urlopen(f"http://{self.address}{path}") as answer:
            return json.load(answer)


@pytest.fixture
def hostile(shared: Path) -> Iterator[Hostile]:
    running = Hostile(shared / "tools")
    yield running
    running.process.kill()
    running.process.communicate()


@pytest.mark.timeout(300)
def test_every_trap_ends_as_it_should_and_nothing_reaches_inside(
    hostile: Hostile, tmp_path: Path
) -> None:
    index = hostile.json("/index.json")
    cases = [case for case in index if not case["off_loopback"]]
    assert len(cases) > 200
    house = Installation(tmp_path / "house", allow=hostile.address)
    house.environ["AGGREGATOR_FETCH_TIMEOUT"] = "8s"
    house.declare(
        [
            {"id": f"case-{number}", "name": case["path"], "url": case["url"]}
            for number, case in enumerate(cases)
        ]
    )
    house.run("db", "upgrade")
    polled = house.run("poll", "--json", expect=1)
    assert "Traceback" not in polled.stderr
    found = {source["name"]: source for source in house.lines("sources", "list")}
    assert hostile.json("/__canary") == []

    wrong = {}
    for case in cases:
        path, expected, source = case["path"], case["expect"], found[case["path"]]
        state = None if path in FOLLOWED else STATES.get(expected["state"])
        if expected["items"] is not None and source["items"] != expected["items"]:
            wrong[path] = (f"{expected['items']} items", case["safe"], source)
        elif state and source["state"] != state:
            wrong[path] = (state, case["safe"], source)
        elif source["state"] == "failing" and not source["error"]:
            wrong[path] = ("an error that says why", case["safe"], source)
    assert wrong == {}
    stored = house.run("items", "--limit", "100000", "--json").stdout.encode()
    assert FILE_OF_THE_MACHINE not in stored
