"""``aggregator serve``: granian's processes (a composition root).

The processes share nothing but the database. Each looks twice a second whether something has
changed there, and makes its documents again.
"""

from __future__ import annotations

import logging
import multiprocessing
import os
import socket
import threading
from collections.abc import Callable
from contextlib import ExitStack, suppress
from functools import partial
from typing import Any

import click
from granian.constants import HTTPModes, Interfaces
from granian.log import LogLevels
from granian.server.mp import MPServer

from aggregator import logs
from aggregator.cli.app import config_option, load_settings, opened, utc_now
from aggregator.cli.measuring import measured
from aggregator.cli.site import CONFIG, application
from aggregator.errors import StoreError
from aggregator.settings import Settings
from feeds.metrics import Answers, Metrics

log = logging.getLogger(__name__)

_THREADS = 4
"""For requests at once in one process; what is ready takes one of them for some microseconds."""

_BACKLOG = 1024
_STOP_SECONDS = 8
_LOOK_SECONDS = 0.5
_CONNECTS = 200

host_option = click.option("--host", default="127.0.0.1", show_default=True, help="Bind here.")
port_option = click.option(
    "--port", type=click.IntRange(1, 65535), default=8000, show_default=True, help="Listen here."
)
processes_option = click.option(
    "--processes",
    type=click.IntRange(1, 64),
    default=1,
    show_default=True,
    help="So many answer requests; one per core is enough.",
)


@click.command()
@host_option
@port_option
@processes_option
@config_option
def serve(host: str, port: int, processes: int) -> None:
    """Serve the site, until stopped; what was good last while the database is away."""
    settings = load_settings()
    logs.start(settings.log_format)
    answers = Answers()
    with ExitStack() as stack:
        try:
            store = stack.enter_context(opened(settings, declare=False))
            stack.enter_context(measured(settings, Metrics(store, utc_now, answers)))
        except StoreError:
            if not any(settings.published_dir.glob("*.kept")):
                raise
        serve_until_stopped(settings, host, port, processes, answers)


def serve_until_stopped(
    settings: Settings, host: str, port: int, processes: int, answers: Answers
) -> None:
    """Serve the site. SIGHUP replaces each process by a new one, which reads the files again, and
    no request is lost; SIGTERM ends them all.

    Raises ClickException when nobody can listen there.
    """
    _check_address(host, port)
    os.environ[CONFIG] = str(settings.config_dir)
    # A fork would copy locks that threads of the scheduler hold.
    multiprocessing.set_start_method("spawn", force=True)
    server = _Server(
        "aggregator",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=processes,
        blocking_threads=_THREADS,
        backlog=_BACKLOG,
        http=HTTPModes.http1,
        websockets=False,
        log_level=LogLevels.warning,
        respawn_failed_workers=True,
        workers_kill_timeout=_STOP_SECONDS,
    )
    server.serve(
        target_loader=partial(application, os.getpid(), server.ready, answers), wrap_loader=False
    )


class _Interrupt(threading.Event):
    """What granian's main loop waits for, for ever: that a process has ended, or ``signalled``."""

    def __init__(self, signalled: Callable[[], bool]) -> None:
        super().__init__()
        self._signalled = signalled

    def wait(self, timeout: float | None = None) -> bool:
        if timeout is not None:
            return super().wait(timeout)
        while not (super().wait(_LOOK_SECONDS) or self._signalled()):
            pass
        return True


class _Server(MPServer):
    """Granian ends an old process some seconds after it has started the new one, whether that
    answers by then or not; here it waits for ``ready``, which a process releases when it is about
    to. Says once that it serves, when somebody can connect.
    """

    _said = False
    ready = multiprocessing.get_context("spawn").Semaphore(0)

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        self.main_loop_interrupt = _Interrupt(lambda: self.interrupt_signal or self.reload_signal)

    def signal_handler_interrupt(self, *_args: object, **_named: object) -> None:
        """Granian's sets the event at once: where the main thread has just been woken by a process
        that ended, as Ctrl-C ends them all, it holds the event's lock, and waits for itself.
        """
        self.interrupt_signal = True

    def signal_handler_reload(self, *_args: object, **_named: object) -> None:
        """As above."""
        self.reload_signal = True

    def shutdown(self, exit_code: int = 0) -> None:
        """A process that ended when all were told to is no failure, to be told by the exit code."""
        shutdown: Any = super().shutdown  # granian says nothing of its types
        try:
            shutdown(exit_code)
        except SystemExit:
            if not self.interrupt_signal:
                raise

    def _spawn_worker(self, *args: Any, **named: Any) -> Any:
        spawn: Any = super()._spawn_worker
        worker: Any = spawn(*args, **named)
        start = worker.start

        def start_and_wait() -> None:
            start()
            while worker.is_alive() and not self.interrupt_signal:
                if self.ready.acquire(timeout=_LOOK_SECONDS):
                    self._say()
                    return

        worker.start = start_and_wait
        return worker

    def _say(self) -> None:
        if self._said:
            return
        self._said = True
        host, port = self.bind_addr, self.bind_port
        for _ in range(_CONNECTS):
            with suppress(OSError), socket.create_connection((host, port), timeout=1):
                break
            threading.Event().wait(0.02)
        log.info("serving on http://%s:%d (the feed: /feed.atom)", host, port)


def _check_address(host: str, port: int) -> None:
    """Granian would say in a traceback that it cannot listen there."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_STREAM) as tried:
            tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            tried.bind((host, port))
    except OSError as error:
        raise click.ClickException(
            f"cannot listen on {host}:{port}: {error.strerror}; choose another with --port"
        ) from error
