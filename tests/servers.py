"""Servers of the tests' own, which they may stop and start again."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Self

import psycopg
import redis

from tests.journeys.service import free_port


def postgres_programs() -> Path | None:
    """The folder of ``initdb`` and ``postgres``, where there is one."""
    on_path = shutil.which("initdb")
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))  # Debian's
    return Path(on_path).parent if on_path else found[-1].parent if found else None


class Server:
    """One process that is stopped and started; ``answers`` raises until it is up."""

    def __init__(
        self, command: list[str], answers: Callable[[], object], *, user: str | None
    ) -> None:
        self._command = command
        self._answers = answers
        self._user = user
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        """Start it and wait until it answers."""
        self._process = subprocess.Popen(
            self._command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, user=self._user
        )
        deadline = time.monotonic() + 30
        while True:
            try:
                self._answers()
            except (OSError, psycopg.Error, redis.RedisError):
                assert time.monotonic() < deadline, f"{self._command[0]} does not start"
                time.sleep(0.1)
            else:
                return

    def stop(self) -> None:
        """End it at once, whoever is connected; PostgreSQL recovers when it starts again."""
        if self._process:
            self._process.send_signal(signal.SIGQUIT)
            self._process.wait(timeout=30)
            self._process = None


def postgresql(programs: Path, folder: Path) -> tuple[Server, str]:
    """A PostgreSQL server in a folder that all can enter, and the URL of its database."""
    user = "postgres" if os.geteuid() == 0 else None  # it refuses to be run by root
    data = folder / "postgresql"
    data.mkdir()
    if user:
        shutil.chown(data, user)
        folder.chmod(0o711)
    subprocess.run(
        [programs / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "--no-sync", "-E", "UTF8"],
        check=True, stdout=subprocess.DEVNULL, user=user,
    )  # fmt: skip
    port = free_port()
    url = f"postgresql://postgres@127.0.0.1:{port}/postgres"
    command = [
        str(programs / "postgres"), "-D", str(data), "-p", str(port), "-k", str(data),
        "-c", "listen_addresses=127.0.0.1",
    ]  # fmt: skip
    return Server(command, lambda: psycopg.connect(url, connect_timeout=3).close(), user=user), url


def redis_server(program: str, folder: Path) -> tuple[Server, str]:
    """A Redis server that forgets everything when it ends, and its URL."""
    port = free_port()
    url = f"redis://127.0.0.1:{port}/0"
    command = [
        program,
        "--port",
        str(port),
        "--bind",
        "127.0.0.1",
        "--save",
        "",
        "--dir",
        str(folder),
    ]

    def ping() -> None:
        with redis.Redis.from_url(url) as client:
            client.ping()

    return Server(command, ping, user=None), url
