"""A scored day of polling: every rule of politeness that a day exercises, a restart included."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from tests.conftest import Install
from tests.journeys.service import free_port

HOUR = 3
"""Seconds: so long an "hour" lasts in this run."""


@pytest.mark.sqlite("two minutes for what does not come from a database")
def test_no_rule_of_politeness_is_broken(shared: Path, install: Install, tmp_path: Path) -> None:
    tools, log = shared / "tools", tmp_path / "origin.jsonl"
    port, canary = free_port(), free_port()
    origin = subprocess.Popen(
        [sys.executable, tools / "polite_origin.py", "--port", str(port), "--canary-port",
         str(canary), "--log", log, "--unit", str(HOUR)],
        stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        assert origin.stdout
        assert "origin" in origin.stdout.readline()
        base = f"http://127.0.0.1:{port}"
        with urllib.request.urlopen(f"{base}/__paths") as answer:
            paths = [p for p in json.load(answer) if p.endswith(".xml") and "moved" not in p]
        house = install(allow=f"127.0.0.1:{port}")
        house.environ |= {"AGGREGATOR_HOUR": str(HOUR), "AGGREGATOR_HOST_RATE": "8"}
        house.environ |= {
            "AGGREGATOR_FETCH_TIMEOUT": "5s",
            "AGGREGATOR_CONTACT": "https://news.example/contact",
        }
        house.declare(
            [
                {
                    "id": path.strip("/").removesuffix(".xml").replace("_", "-"),
                    "name": path,
                    "url": base + path,
                    "interval": f"{HOUR}s",
                }
                for path in paths
            ]
        )
        house.run("db", "upgrade")
        for seconds in (35, 50):
            service = house.start("schedule")
            time.sleep(seconds)
            service.send_signal(signal.SIGTERM)
            service.communicate(timeout=120)
            mark = urllib.request.Request(f"{base}/__mark?label=restart", method="POST")
            urllib.request.urlopen(mark).close()
    finally:
        origin.kill()
        origin.communicate()
    scored = subprocess.run(
        [sys.executable, tools / "polite_score.py", log, "--json"], capture_output=True, text=True
    )
    rules = json.loads(scored.stdout)["rules"]
    failed = [f"{r['id']} {r['rule']}: {r['evidence']}" for r in rules if r["verdict"] == "FAIL"]
    assert failed == []
    assert sum(r["verdict"] == "PASS" for r in rules) >= 29
