"""The program as a user runs it: its own process, its own folder."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Any

DATABASE = Path("var", "aggregator.db")
"""Where the database is, when nothing else is said."""
# By the last one `make coverage` tells a child process that it is measured.
_PASSED_ON = ("PATH", "HOME", "LANG", "PYTHONPATH", "COVERAGE_PROCESS_CONFIG")


def free_port() -> int:
    """A port of loopback that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


class Installation:
    """A folder with config/ and var/, and the ``aggregator`` command run in it."""

    def __init__(self, folder: Path, *, allow: str, database_url: str | None = None) -> None:
        self.folder = folder
        self.database_url = database_url or f"sqlite:///{folder / DATABASE}"
        (folder / "config").mkdir(parents=True)
        self.environ = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
        self.environ |= {"AGGREGATOR_ALLOW_NETWORKS": allow, "AGGREGATOR_HOST_RATE": "0"}
        # The program beside these tests, whichever is installed.
        self.environ["PYTHONPATH"] = str(Path(__file__).parents[2])
        if database_url:
            self.environ["AGGREGATOR_DATABASE_URL"] = database_url
        (folder / "config" / "aggregator.yaml").write_text("title: Test newsroom\n")

    def declare(self, sources: list[dict[str, Any]]) -> None:
        """Write sources.yaml (JSON is YAML)."""
        text = json.dumps({"sources": sources}, indent=1)
        (self.folder / "config" / "sources.yaml").write_text(text)

    def run(
        self, *args: str, expect: int | None = 0, wrap: Sequence[str] = (), answers: str = ""
    ) -> subprocess.CompletedProcess[str]:
        """Run a command to its end, under another one if need be, with ``answers`` to what it asks;
        its exit code must be the expected one, unless any will do.
        """
        done = subprocess.run(
            [*wrap, sys.executable, "-m", "aggregator", *args],
            cwd=self.folder, env=self.environ, capture_output=True, text=True, timeout=300,
            input=answers,
        )  # fmt: skip
        assert expect in (None, done.returncode), (
            done.returncode,
            done.stdout[-2000:],
            done.stderr[-4000:],
        )
        return done

    def lines(self, *args: str, expect: int = 0) -> list[dict[str, Any]]:
        """Run a command with ``--json`` and read its lines."""
        done = self.run(*args, "--json", expect=expect)
        return [json.loads(line) for line in done.stdout.splitlines()]

    def start(
        self, *args: str, output: IO[bytes] | int = subprocess.PIPE, wrap: Sequence[str] = ()
    ) -> subprocess.Popen[str]:
        """Start a command that stays up, under another one that becomes it if need be."""
        return subprocess.Popen(
            [*wrap, sys.executable, "-m", "aggregator", *args],
            cwd=self.folder, env=self.environ, stderr=output, stdout=output,
            text=True,
        )  # fmt: skip
