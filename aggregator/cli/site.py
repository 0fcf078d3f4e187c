"""What each of the web's processes runs: the site of the settings in force (a composition root)."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable, Iterable
from functools import cache, partial
from multiprocessing.synchronize import Semaphore
from pathlib import Path
from typing import Any

from granian.utils.proxies import wrap_wsgi_with_proxy_headers

from aggregator import logs
from aggregator.cli.app import utc_now
from aggregator.cli.worker import queue_of
from aggregator.domain import QueueCounts
from aggregator.errors import StoreError
from aggregator.jobs.reloading import Reloading
from aggregator.settings import Settings, load
from aggregator.settings.live import LiveSettings
from aggregator.store import Store
from feeds import create_app
from feeds.asleep import Asleep
from feeds.keep import Keep
from feeds.metrics import Answers, Metrics
from feeds.press import Press
from feeds.ready import ReadyAnswers, Watch, Wsgi

log = logging.getLogger(__name__)

CONFIG = "AGGREGATOR_CONFIG"
"""The variable that tells a process where the operator's files are."""

_PARENT_SECONDS = 0.5
"""Between two looks whether the process that started this one is still there."""


def application(parent: int, ready: Semaphore, answers: Answers) -> Wsgi:
    """The site of this process, which ends with its ``parent``; tells when it is ``ready``. While
    the database is away, the last good documents.
    """
    threading.Thread(target=_end_with, args=(parent,), name="parent", daemon=True).start()
    settings = load(Path(os.environ[CONFIG]), os.environ)
    logs.start(settings.log_format)
    live = LiveSettings(settings, os.environ, utc_now)

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
    wrapped: Wsgi = wrap_wsgi_with_proxy_headers(app, trusted) if trusted else app
    return wrapped


def _end_with(parent: int) -> None:
    """End this process when the one that started it was killed: it would keep the port."""
    never = threading.Event()
    while not never.wait(_PARENT_SECONDS):
        if os.getppid() != parent:
            os._exit(1)
