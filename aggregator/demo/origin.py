"""The demo's sources as an HTTP origin on loopback."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from aggregator.demo.formats import page
from aggregator.demo.landscape import landscape
from aggregator.demo.newsroom import articles, document
from aggregator.demo.papers import CONTENT_TYPES, PAPERS

Answer = tuple[int, dict[str, str], bytes]


def answer(path: str, base_url: str, started_at: datetime, now: datetime) -> Answer:
    """What the origin answers at that time: status, headers, body (pure).

    ``/<paper>/feed`` is a feed; ``/<paper>/new-feed`` the one that moved; ``/pictures/<n>.png`` a
    picture; the rest are pages.
    """
    name, _, rest = path.strip("/").partition("/")
    if name == "pictures" and rest.removesuffix(".png").isdecimal():
        seed = int(rest.removesuffix(".png")) % 1000
        return 200, {"Content-Type": "image/png"}, landscape(seed)
    paper = PAPERS.get(name)
    if paper is None:
        return 404, {}, b""
    if rest in ("feed", "new-feed"):
        if paper.down:
            return 503, {"Retry-After": "120"}, b""
        if paper.moved and rest == "feed":
            return 301, {"Location": f"/{name}/new-feed"}, b""
        if paper.page_only:
            return _html(page(paper.title, "Bienvenue.", feed=f"/{name}/rss.xml"))
        body = document(paper, base_url, started_at, now)
        return 200, {"Content-Type": CONTENT_TYPES[paper.format]}, body
    shown = articles(started_at, now)
    found = next((a for a in shown if a.path == path), None)
    if found and found.is_gone:
        return 410, {}, b""
    return _html(page(found.title, found.text) if found else page(paper.title, ""))


class Origin(ThreadingHTTPServer):
    """Serves :func:`answer`, with strong ETags; raises OSError when the port is taken."""

    daemon_threads = True

    def __init__(self, port: int, clock: Callable[[], datetime]) -> None:
        self.clock = clock
        self.started_at = clock()
        super().__init__(("127.0.0.1", port), _Handler)
        self.url = f"http://127.0.0.1:{self.server_port}"


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Origin

    def do_GET(self) -> None:
        self._answer(whole=True)

    def do_HEAD(self) -> None:
        self._answer(whole=False)

    def _answer(self, *, whole: bool) -> None:
        path = self.path.partition("?")[0]
        origin = self.server
        status, headers, body = answer(path, origin.url, origin.started_at, origin.clock())
        etag = f'"{sha256(body).hexdigest()[:16]}"'
        if status == 200 and self.headers.get("If-None-Match") == etag:
            status, body = 304, b""
        self.send_response(status)
        for name, value in (headers | {"ETag": etag} if status in (200, 304) else headers).items():
            self.send_header(name, value)
        if status != 304:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if whole:
            self.wfile.write(body)

    def log_message(self, *_args: object) -> None:
        """The program's own log says enough."""


def _html(text: str) -> Answer:
    return 200, {"Content-Type": "text/html; charset=utf-8"}, text.encode()
