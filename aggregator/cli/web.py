"""``aggregator serve``: granian's processes, and what each of them runs (a composition root).

The processes share nothing but the database. Each looks twice a second whether something has
changed there, and makes its documents again.
"""

from __future__ import annotations

import logging
import multiprocessing
import os
import socket
import threading
from collections.abc import Callable, Iterable
from contextlib import ExitStack, suppress
from functools import cache, partial
from multiprocessing.synchronize import Semaphore
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from granian.constants import HTTPModes, Interfaces
from granian.log import LogLevels
from granian.server.mp import MPServer

from aggregator import logs
from aggregator.cli.app import config_option, load_settings, opened, utc_now
from aggregator.cli.worker import queue_of
from aggregator.domain import QueueCounts
from aggregator.errors import StoreError
from aggregator.jobs.reloading import Reloading
from aggregator.settings import Settings, load
from aggregator.settings.live import LiveSettings
from aggregator.store import Store

if TYPE_CHECKING:
    from feeds.metrics import Answers
    from feeds.ready import Watch, Wsgi

log = logging.getLogger(__name__)

_THREADS = 4
"""For requests at once in one process; what is ready takes one of them for some microseconds."""

_BACKLOG = 1024
_STOP_SECONDS = 8
_LOOK_SECONDS = 0.5
_CONNECTS = 200
_CONFIG = "AGGREGATOR_CONFIG"

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
    from aggregator.cli.measuring import measured  # noqa: PLC0415 - as below
    from feeds.metrics import Answers, Metrics  # noqa: PLC0415 - as below

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
    os.environ[_CONFIG] = str(settings.config_dir)
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


class _Server(MPServer):
    """Granian ends an old process some seconds after it has started the new one, whether that
    answers by then or not; here it waits for ``ready``, which a process releases when it is about
    to. Says once that it serves, when somebody can connect.
    """

    _said = False
    ready = multiprocessing.get_context("spawn").Semaphore(0)

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


def application(parent: int, ready: Semaphore, answers: Answers) -> Wsgi:
    """The site of this process, which ends with its ``parent``; tells when it is ``ready``. While
    the database is away, the last good documents.
    """
    threading.Thread(target=_end_with, args=(parent,), name="parent", daemon=True).start()
    settings = load(Path(os.environ[_CONFIG]), os.environ)
    logs.start(settings.log_format)
    live = LiveSettings(settings, os.environ, utc_now)
    from feeds.asleep import Asleep  # noqa: PLC0415 - the process that starts others needs none
    from feeds.keep import Keep  # noqa: PLC0415 - the same

    app: Wsgi
    try:
        app = Site(live, answers)
    except StoreError as error:
        log.warning("serving the last good documents: %s", error)
        app = Asleep(Keep(settings.published_dir), lambda: Site(live, answers))
    Reloading(live)
    ready.release()
    return app


class Site:
    """The WSGI application of the settings in force, with what is ready answered first.

    A change of the settings makes another one; requests that are being answered end with the old.
    Making the first raises StoreError while the database is away.
    """

    def __init__(self, live: LiveSettings, answers: Answers) -> None:
        self._live = live
        self._answers = answers
        self._store = Store(live.settings.database_url)
        self._watch: Watch | None = None
        self._adopt(live.settings)
        live.on_change(self._adopt)

    def __call__(
        self, environ: dict[str, Any], start_response: Callable[..., Any]
    ) -> Iterable[bytes]:
        """WSGI (PEP 3333)."""
        return self._app(environ, start_response)

    def _messages(self) -> Callable[[], QueueCounts]:
        """What counts the queue's messages; who asks first joins the broker."""
        queue = cache(partial(queue_of, self._live.settings, self._store))
        return lambda: queue().counts()

    def _adopt(self, settings: Settings) -> None:
        from feeds import create_app  # noqa: PLC0415 - the process that starts others needs none
        from feeds.keep import Keep  # noqa: PLC0415 - the same
        from feeds.metrics import Metrics  # noqa: PLC0415 - the same
        from feeds.press import Press  # noqa: PLC0415 - the same
        from feeds.ready import ReadyAnswers, Watch  # noqa: PLC0415 - the same

        press = Press(settings, self._store, Keep(settings.published_dir))
        app = create_app(
            settings,
            self._store,
            utc_now,
            press,
            config=lambda: self._live.state,
            metrics=Metrics(self._store, utc_now, self._answers),
            messages=self._messages() if settings.broker_url else None,
        )
        ours = proxied(app, settings.trusted_proxy)
        self._app = ReadyAnswers(ours, press, self._answers.count)
        before, self._watch = self._watch, Watch(press, log.warning, also=self._answers.share)
        if before:
            before.stop()


def proxied(app: Wsgi, trusted: str | None) -> Wsgi:
    """The application that sees visitors' addresses behind this proxy, if there is one.

    Without it every visitor is the proxy, and one who guesses passwords locks out the others.
    """
    from granian.utils.proxies import wrap_wsgi_with_proxy_headers  # noqa: PLC0415 - seldom

    wrapped: Wsgi = wrap_wsgi_with_proxy_headers(app, trusted) if trusted else app
    return wrapped


def _end_with(parent: int) -> None:
    """End this process when the one that started it was killed: it would keep the port."""
    never = threading.Event()
    while not never.wait(_LOOK_SECONDS):
        if os.getppid() != parent:
            os._exit(1)


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
