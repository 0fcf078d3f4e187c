"""What is served from a start until the database answers: the last good documents."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable
from typing import Any

from aggregator.errors import StoreError
from feeds.keep import Keep
from feeds.ready import Wsgi
from feeds.representation import Representation

log = logging.getLogger(__name__)

EVERY = 2.0
"""Seconds between two attempts at the database."""

_PLAIN = [("Content-Type", "text/plain; charset=utf-8"), ("Cache-Control", "no-store")]
_SORRY = b"The newsroom's database does not answer just now. Please try again in a minute.\n"


class Asleep:
    """A WSGI application that becomes another as soon as ``wake`` can build that one.

    ``wake`` raises StoreError as long as it cannot.
    """

    def __init__(self, keep: Keep, wake: Callable[[], Wsgi], every: float = EVERY) -> None:
        self._keep = keep
        self._wake = wake
        self._every = every
        self._known: dict[str, Representation | None] = {}
        self._stopped = threading.Event()
        self._app: Wsgi = self._last_good
        self._thread = threading.Thread(target=self._run, name="waking", daemon=True)
        self._thread.start()

    def __call__(
        self, environ: dict[str, Any], start_response: Callable[..., Any]
    ) -> Iterable[bytes]:
        """WSGI (PEP 3333)."""
        return self._app(environ, start_response)

    def stop(self) -> None:
        """Try no more."""
        self._stopped.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stopped.wait(self._every):
            try:
                self._app = self._wake()
            except StoreError as error:
                log.warning("serving the last good documents: %s", error)
            else:
                log.info("the database answers again")
                return

    def _last_good(
        self, environ: dict[str, Any], start_response: Callable[..., Any]
    ) -> Iterable[bytes]:
        path = environ["PATH_INFO"]
        found = self._document(path) if environ["REQUEST_METHOD"] in ("GET", "HEAD") else None
        if found is None:
            start_response("503 Service Unavailable", [*_PLAIN, ("Retry-After", "60")])
            return [_SORRY]
        answer = found.reply(
            environ.get("HTTP_ACCEPT_ENCODING", ""),
            environ.get("HTTP_IF_NONE_MATCH", ""),
            environ.get("HTTP_IF_MODIFIED_SINCE", ""),
        )
        start_response(f"{answer.status} ", answer.headers)
        return [answer.body if environ["REQUEST_METHOD"] == "GET" else b""]

    def _document(self, path: str) -> Representation | None:
        """What is kept of a path; only what there is, is remembered."""
        known = self._known.get(path) or self._keep.get(path)
        if known is not None:
            self._known[path] = known
        return known
