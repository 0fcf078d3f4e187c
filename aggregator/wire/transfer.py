"""One fetch in progress: its hops, its headers, its body, and what all that comes to."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from urllib.parse import urljoin, urlsplit

from aggregator.domain import Document, Request
from aggregator.errors import FetchError, FetchRefused
from aggregator.wire.budgets import host_of

MAX_HOPS = 5
_MAX_HEADERS = 200
Observe = Callable[[str, int, bytes], None]
"""Gets what goes over the wire for a URL: libcurl's kind (1 an answer's header line, 2 a request's
header lines) and the bytes. Called in the fetcher's thread.
"""

_PERMANENT = (301, 308)
_REDIRECTS = (301, 302, 303, 307, 308)


@dataclass(slots=True)
class Transfer:
    """The state of one fetch; ``spent`` is the seconds used so far by earlier hops."""

    request: Request
    future: Future[Document]
    max_bytes: int
    url: str
    moved_to: str | None = None
    hops: int = 0
    spent: float = 0.0
    started: float = 0.0
    owner: str = ""
    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    body: bytearray = field(default_factory=bytearray)
    too_large: bool = False
    refused: str | None = None
    unopened: str | None = None

    @property
    def host(self) -> str:
        """Who is asked: the name and port of the URL."""
        return host_of(self.url)

    @property
    def is_redirect(self) -> bool:
        """Whether the answer sends a GET elsewhere (RFC 9110 section 15.4); a form stays."""
        return self.status in _REDIRECTS and self.request.form is None

    @property
    def is_enough(self) -> bool:
        """Whether a transfer that we ended was ended because its body was not wanted."""
        return self.status not in (0, 200)

    def on_header(self, line: bytes) -> None:
        """Take one header line; a status line begins a new set (interim answers are dropped)."""
        text = line.decode("latin-1").strip()
        if text.startswith("HTTP/"):
            self.headers.clear()
            self.status = int(text.split(None, 2)[1])
            return
        name, colon, value = text.partition(":")
        if colon and len(self.headers) < _MAX_HEADERS:
            name, value = name.strip().lower(), value.strip()
            before = self.headers.get(name)
            self.headers[name] = value if before is None else f"{before}, {value}"

    def on_body(self, chunk: bytes) -> int | None:
        """Take decoded bytes; 0 tells libcurl to stop.

        Only a 200's body is wanted: what comes with a redirect or an error is never read.
        """
        if self.status != 200:
            return 0
        self.too_large = len(self.body) + len(chunk) > self.max_bytes
        if self.too_large:
            return 0
        self.body += chunk
        return None

    def follow(self) -> None:
        """Turn to where the redirect points; raises FetchError when that cannot be."""
        location = self.headers.get("location", "")
        if not location:
            raise FetchError(f"HTTP {self.status} sends us elsewhere without saying where")
        if self.hops == MAX_HOPS:
            raise FetchError(f"redirected more than {MAX_HOPS} times, last to {shown(location)}")
        target = urljoin(self.url, location)
        check_url(target)
        unbroken = self.hops == 0 or self.moved_to == self.url
        if unbroken and self.status in _PERMANENT:
            self.moved_to = target
        self.url = target
        self.hops += 1
        self.status = 0
        self.headers.clear()
        self.body.clear()

    def document(self, fetched_at: datetime) -> Document:
        """What was answered, at the end of the last hop."""
        body = bytes(self.body)
        self.body = bytearray()  # libcurl's handle still knows this transfer until its next one
        return Document(
            url=self.url,
            status=self.status,
            headers=dict(self.headers),
            body=body,
            fetched_at=fetched_at,
            moved_to=self.moved_to,
        )


@lru_cache(maxsize=20_000)
def check_url(url: str) -> None:
    """Raise FetchRefused unless the URL is http(s) with a host and without a user or password."""
    try:
        parts = urlsplit(url)
        port_is_readable = parts.port is None or parts.port > 0
    except ValueError:
        raise FetchRefused(f"{shown(url)} is no web address") from None
    if parts.scheme.lower() not in ("http", "https"):
        raise FetchRefused(f"{shown(url)} is no http or https address")
    if not parts.hostname or not port_is_readable or not url.isprintable():
        raise FetchRefused(f"{shown(url)} is no web address")
    if "@" in parts.netloc:
        raise FetchRefused(f"the address at {parts.hostname} carries a user name or password")


def shown(url: str) -> str:
    """A URL as messages show it: printable, short, without a user name or password."""
    text = "".join(c if c.isprintable() else "?" for c in url)
    scheme, slashes, rest = text.partition("://")
    netloc, slash, path = rest.partition("/")
    text = f"{scheme}{slashes}{netloc.rpartition('@')[2]}{slash}{path}" if slashes else text
    return text if len(text) <= 200 else f"{text[:200]}…"
