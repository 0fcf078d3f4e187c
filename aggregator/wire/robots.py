"""robots.txt (RFC 9309): a Disallow that names our agent is obeyed.

Rules for everybody (``*``) are not: they are meant for crawlers that find addresses by themselves,
and a feed is there to be polled.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from datetime import datetime, timedelta
from functools import lru_cache, partial
from http import HTTPStatus
from urllib.parse import urlsplit

from protego import Protego

from aggregator.domain import Document, Request, RobotsFile
from aggregator.errors import FetchStopped
from aggregator.wire.fetch import Fetcher

_MOST = 500 << 10
"""Bytes of a robots.txt that are read (RFC 9309 section 2.5)."""

Verdict = Callable[[str | None], None]
"""Gets the reason why an address may not be asked, or None when it may."""


class Robots:
    """Knows each host's robots.txt, asked for once a day at most; ``agent`` is our product name,
    ``known`` what was found before, by scheme and host. ``everybody``: rules for all count too,
    for who looks for addresses by himself.
    """

    def __init__(
        self,
        known: Mapping[str, RobotsFile],
        fetcher: Fetcher,
        agent: str,
        *,
        day: timedelta,
        clock: Callable[[], datetime],
        everybody: bool = False,
    ) -> None:
        self._everybody = everybody
        self._fetcher = fetcher
        self._agent = agent
        self._names_us = re.compile(rf"^\s*user-agent\s*:\s*{re.escape(agent)}\b", re.I | re.M)
        self._day = day
        self._clock = clock
        self._known = dict(known)
        self._found: dict[str, RobotsFile] = {}
        self._asking: dict[str, list[tuple[str, Verdict]]] = {}
        self._lock = threading.Lock()

    def check(self, url: str, verdict: Verdict) -> None:
        """Tell ``verdict`` whether we may ask; at once where that is known, else when it is."""
        host = site_of(url)
        known = self._fresh(host)
        if known is not None:
            verdict(self._reason(known, url))
            return
        with self._lock:
            waiting = self._asking.setdefault(host, [])
            waiting.append((url, verdict))
            if len(waiting) > 1:
                return
        asked = self._fetcher.submit(Request(f"{host}/robots.txt"))
        asked.add_done_callback(partial(self._answered, host))

    def know(self, found: Mapping[str, RobotsFile]) -> None:
        """Take what another process found, by scheme and host."""
        with self._lock:
            self._known |= found

    def changed(self) -> dict[str, RobotsFile]:
        """What was found and is not :meth:`kept` yet, by host."""
        with self._lock:
            return dict(self._found)

    def kept(self, files: Mapping[str, RobotsFile]) -> None:
        """These need not be told again, unless others were found meanwhile."""
        with self._lock:
            for host, file in files.items():
                if self._found.get(host) is file:
                    del self._found[host]

    def _fresh(self, host: str) -> RobotsFile | None:
        known = self._known.get(host)
        young = known is not None and abs(self._clock() - known.at) < self._day
        return known if young else None

    def _answered(self, host: str, asked: Future[Document]) -> None:
        """Whatever is no robots.txt forbids nothing; an outage is not asked about again today."""
        text = None
        if asked.exception() is None and asked.result().status == HTTPStatus.OK:
            text = asked.result().body[:_MOST].decode("utf-8", "replace")
        concerns_us = text and (self._everybody or self._names_us.search(text))
        known = RobotsFile(self._clock(), text if concerns_us else None)
        with self._lock:
            waiting = self._asking.pop(host, [])
            if not isinstance(asked.exception(), FetchStopped):
                self._known[host] = self._found[host] = known
        for url, verdict in waiting:
            verdict(self._reason(known, url))

    def _reason(self, known: RobotsFile, url: str) -> str | None:
        if known.text is None or Protego.parse(known.text).can_fetch(url, self._agent):
            return None
        return f"robots.txt there disallows it for {self._agent}: ask its publisher, or remove it"


@lru_cache(maxsize=20_000)
def site_of(url: str) -> str:
    """Whose robots.txt counts (RFC 9309 section 2.3): scheme and host."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}".lower()
