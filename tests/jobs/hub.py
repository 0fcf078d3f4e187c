"""A real WebSub hub on loopback, that may also lie or die."""

from __future__ import annotations

import hmac
import threading
import urllib.parse
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self
from urllib.error import HTTPError


class Hub:
    """Verifies intent like a hub of the Recommendation; ``publish`` distributes content."""

    def __init__(self) -> None:
        self.status = 202
        self.lease = 864_000
        self.asked: list[dict[str, str]] = []
        self.confirmed: dict[str, dict[str, str]] = {}
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}/"

    def publish(self, body: bytes, secret: str | None = None, method: str = "sha256") -> int:
        """Deliver to every subscriber; returns the last answer's status."""
        status = 0
        for topic, form in self.confirmed.items():
            key = (secret or form["hub.secret"]).encode()
            request = urllib.request.Request(form["hub.callback"], body, method="POST")
            request.add_header("Content-Type", "application/rss+xml")
            request.add_header("Link", f'<{topic}>; rel="self"')
            request.add_header(
                "X-Hub-Signature", f"{method}={hmac.new(key, body, method).hexdigest()}"
            )
            with urllib.request.urlopen(request) as answer:
                status = answer.status
        return status

    def verify(self, form: dict[str, str], **changes: str) -> bool:
        """Ask the subscriber whether it meant it; whether it echoed the challenge."""
        query = {
            "hub.mode": form["hub.mode"],
            "hub.topic": form["hub.topic"],
            "hub.challenge": "challenge-42",
            "hub.lease_seconds": str(self.lease),
        }
        query |= {name.replace("_", "."): value for name, value in changes.items()}
        try:
            url = f"{form['hub.callback']}?{urllib.parse.urlencode(query)}"
            with urllib.request.urlopen(url) as answer:
                return bool(answer.read() == b"challenge-42")
        except HTTPError:
            return False

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
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def _handler(hub) -> type[BaseHTTPRequestHandler]:  # noqa: N805 - the handler has a self of its own
        class Handler(BaseHTTPRequestHandler):
            def log_message(self, *args: Any) -> None:
                pass

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                form = dict(urllib.parse.parse_qsl(body))
                hub.asked.append(form)
                self.send_response(hub.status)
                self.end_headers()
                if hub.status == 202 and hub.verify(form):
                    hub.confirmed[form["hub.topic"]] = form

        return Handler
