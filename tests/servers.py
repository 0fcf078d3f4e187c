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
from pika import BlockingConnection, URLParameters
from pika.exceptions import AMQPError

from tests.journeys.service import free_port

LOOPBACK = "127.0.0.1"


def postgres_programs() -> Path | None:
    """The folder of ``initdb`` and ``postgres``, where there is one."""
    on_path = shutil.which("initdb")
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))  # Debian's
    return Path(on_path).parent if on_path else found[-1].parent if found else None


def rabbitmq_program() -> Path | None:
    """RabbitMQ's own script, where there is one: the one on PATH would change to another user."""
    path = Path("/usr/lib/rabbitmq/bin/rabbitmq-server")  # Debian's
    return path if path.exists() else None


class Server:
    """One process that is stopped and started; ``answers`` raises until it is up."""

    def __init__(
        self,
        command: list[str],
        answers: Callable[[], object],
        *,
        user: str | None = None,
        environ: dict[str, str] | None = None,
        ends_by: signal.Signals = signal.SIGINT,
    ) -> None:
        self._command = command
        self._answers = answers
        self._user = user
        self._environ = environ
        self._ends_by = ends_by
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        """Start it and wait until it answers."""
        self._process = subprocess.Popen(
            self._command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, user=self._user,
            env=self._environ, start_new_session=True,
        )  # fmt: skip
        deadline = time.monotonic() + 90
        while True:
            try:
                self._answers()
            except (OSError, psycopg.Error, redis.RedisError, AMQPError):
                assert time.monotonic() < deadline, f"{self._command[0]} does not start"
                time.sleep(0.1)
            else:
                return

    def stop(self) -> None:
        """End it at once, whoever is connected; PostgreSQL recovers when it starts again."""
        if self._process:
            # RabbitMQ's program is a script that waits for another one: to all of them.
            os.killpg(self._process.pid, self._ends_by)
            self._process.wait(timeout=120)
            self._process = None


def postgresql(programs: Path, folder: Path, host: str = LOOPBACK) -> tuple[Server, str]:
    """A PostgreSQL server in a folder that all can enter, and the URL of its database.

    ``host`` is the address that it listens on; whoever can connect to it may.
    """
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
    with (data / "pg_hba.conf").open("a") as rules:
        rules.write("host all all all trust\n")
    port = free_port()
    url = f"postgresql://postgres@{host}:{port}/postgres"
    command = [
        str(programs / "postgres"), "-D", str(data), "-p", str(port), "-k", str(data),
        "-c", f"listen_addresses={host}",
    ]  # fmt: skip
    return Server(
        command,
        lambda: psycopg.connect(url, connect_timeout=3).close(),
        user=user,
        ends_by=signal.SIGQUIT,  # at once; it recovers when it starts again
    ), url


def redis_server(program: str, folder: Path, host: str = LOOPBACK) -> tuple[Server, str]:
    """A Redis server that forgets everything when it ends, and its URL."""
    port = free_port()
    url = f"redis://{host}:{port}/0"
    command = [
        program, "--port", str(port), "--bind", host, "--protected-mode", "no", "--save", "",
        "--dir", str(folder),
    ]  # fmt: skip

    def ping() -> None:
        with redis.Redis.from_url(url) as client:
            client.ping()

    return Server(command, ping), url


def rabbitmq_server(program: Path, folder: Path) -> tuple[Server, str]:
    """A RabbitMQ server that keeps what it has, and its URL."""
    port, between_nodes = free_port(), free_port()
    url = f"amqp://guest:guest@127.0.0.1:{port}"
    environ = os.environ | {
        "HOME": str(folder),
        "RABBITMQ_NODENAME": f"test{port}@localhost",
        "RABBITMQ_NODE_IP_ADDRESS": LOOPBACK,
        "RABBITMQ_NODE_PORT": str(port),
        "RABBITMQ_DIST_PORT": str(between_nodes),
        "RABBITMQ_MNESIA_BASE": str(folder / "mnesia"),
        "RABBITMQ_LOGS": "-",
        "RABBITMQ_CONFIG_FILE": str(folder / "none"),
        "RABBITMQ_CONF_ENV_FILE": "/dev/null",
        "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "plugins"),
        "RABBITMQ_PID_FILE": str(folder / "pid"),
    }
    connect = URLParameters(url)
    return Server(
        [str(program)],
        lambda: BlockingConnection(connect).close(),
        environ=environ,
        ends_by=signal.SIGTERM,
    ), url
