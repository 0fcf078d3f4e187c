"""A real HTTP origin on loopback, for tests that poll."""

from __future__ import annotations

import sys
import threading
import time
from dataclasses import dataclass, field
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self


@dataclass
class Answer:
    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Clients that are killed are no news."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


class Origin:
    """Answers what ``answers`` holds for a path; a matching ETag gets a 304; 404 otherwise.

    ``heads`` are the paths of which only the head was asked for; ``clients`` the addresses that
    asked.
    """

    def __init__(self, bind: str = "127.0.0.1") -> None:
        self.answers: dict[str, Answer] = {}
        self.requests: list[tuple[str, Message]] = []
        self.heads: list[str] = []
        self.clients: set[str] = set()
        self.times: list[tuple[str, float]] = []
        self.hanging: set[str] = set()
        self.release = threading.Event()
        self._server = _Server((bind, 0), self._handler())
        self.port: int = self._server.server_port
        self.url = f"http://127.0.0.1:{self.port}"

    def put(self, path: str, body: bytes | str, status: int = 200, **headers: str) -> str:
        """Serve this at the path from now on; returns its URL."""
        data = body.encode() if isinstance(body, str) else body
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.answers[path] = Answer(data, status, named)
        return self.url + path

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.release.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def _handler(origin) -> type[BaseHTTPRequestHandler]:  # noqa: N805 - the handler has a self of its own
        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *args: Any) -> None:
                pass

            def do_HEAD(self) -> None:
                origin.heads.append(self.path)
                self._answer(whole=False)

            def do_GET(self) -> None:
                self._answer(whole=True)

            def _answer(self, *, whole: bool) -> None:
                origin.clients.add(self.client_address[0])
                if self.path != "/robots.txt" or self.path in origin.answers:
                    origin.requests.append((self.path, self.headers))
                    origin.times.append((self.path, time.monotonic()))
                if self.path in origin.hanging:
                    origin.release.wait(60)
                    self.close_connection = True
                    return
                answer = origin.answers.get(self.path, Answer(status=404))
                etag = answer.headers.get("ETag")
                fresh = bool(etag) and self.headers.get("If-None-Match") == etag
                self.send_response(304 if fresh else answer.status)
                for name, value in answer.headers.items():
                    self.send_header(name, value)
                if not fresh:
                    self.send_header("Content-Length", str(len(answer.body)))
                self.end_headers()
                if whole and not fresh:
                    self.wfile.write(answer.body)

        return Handler
