"""Ready bytes, answered before Flask sees the request: most requests of a crowd end here."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from typing import Any

from aggregator.errors import AggregatorError
from feeds.press import Press

EVERY = 0.5
"""Seconds between two looks at what is stored: what changes is seen in all processes so soon."""

Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

_STATUS = {200: "200 OK", 304: "304 Not Modified"}


class ReadyAnswers:
    """A WSGI application before another: answers GET for what is fresh at a press, and has each of
    its answers counted.

    Everything else is the other's: what is not ready, HEAD, deltas, pages with a query.
    """

    def __init__(
        self, app: Wsgi, press: Press, count: Callable[[int], None] = lambda _status: None
    ) -> None:
        self._app = app
        self._press = press
        self._count = count

    def __call__(
        self, environ: dict[str, Any], start_response: Callable[..., Any]
    ) -> Iterable[bytes]:
        """WSGI (PEP 3333)."""
        press, path = self._press, environ["PATH_INFO"]
        document = press.fresh.get(path)
        if (
            document is None
            or environ["REQUEST_METHOD"] != "GET"
            or "HTTP_A_IM" in environ
            or (environ["QUERY_STRING"] and path not in press.feeds)
        ):
            return self._app(environ, start_response)
        answer = document.reply(
            environ.get("HTTP_ACCEPT_ENCODING", ""),
            environ.get("HTTP_IF_NONE_MATCH", ""),
            environ.get("HTTP_IF_MODIFIED_SINCE", ""),
        )
        self._count(answer.status)
        start_response(_STATUS[answer.status], answer.headers)
        return [answer.body]


class Watch:
    """A thread that keeps a press fresh; to be stopped.

    ``also`` is called at each look and must be quick. While the database is away, what is fresh
    stays what it is: the last good.
    """

    def __init__(
        self,
        press: Press,
        log: Callable[[str], None],
        every: float = EVERY,
        also: Callable[[], None] = lambda: None,
    ) -> None:
        self._press = press
        self._also = also
        self._log = log
        self._every = every
        self._trouble = ""
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="press", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Refresh nothing more."""
        self._stopped.set()
        self._thread.join()

    def _run(self) -> None:
        while True:
            self._also()
            trouble = self._refreshed()
            if trouble and trouble != self._trouble:
                self._log(f"the published documents stay as they are: {trouble}")
            self._trouble = trouble
            if self._stopped.wait(self._every):
                return

    def _refreshed(self) -> str:
        try:
            self._press.refresh()
        except AggregatorError as error:
            return str(error)
        except Exception as error:  # noqa: BLE001 - the last good is served, the next look may do
            return repr(error)
        return ""
