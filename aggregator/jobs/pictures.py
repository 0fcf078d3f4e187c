"""Fetching the pictures of briefs, so that they are served from here.

Not while publishing: no editor and no reader waits for somebody else's server. A picture follows
its brief within seconds, and is there before it where the brief was submitted or scheduled.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from concurrent.futures import Future, wait
from datetime import datetime, timedelta
from http.client import responses

from aggregator.domain import Document, PictureState, Request
from aggregator.errors import (
    FetchError,
    FetchRefused,
    FetchStopped,
    PictureRefused,
)
from aggregator.jobs.background import Background
from aggregator.store import Store
from aggregator.store.folder import PictureFolder
from aggregator.wire.darkroom import Darkroom
from aggregator.wire.fetch import Fetcher

log = logging.getLogger(__name__)

EVERY = 1.0
"""Seconds between two looks: an index, which seldom has anything."""

_GLANCE = 0.5
"""Seconds after which one that waits for an answer looks whether it is to stop."""

_AT_ONCE = 10
_MOST_ATTEMPTS = 8
_LEASE = timedelta(minutes=5)
_MAY_PASS = (408, 425, 429)


class PictureFetching:
    """Brings the pictures that are wanted; ``minute`` is what the pacing rules call one."""

    def __init__(
        self,
        store: Store,
        folder: PictureFolder,
        fetcher: Fetcher,
        minute: timedelta,
        clock: Callable[[], datetime],
    ) -> None:
        self._store = store
        self._folder = folder
        self._fetcher = fetcher
        self._minute = minute
        self._clock = clock
        self._darkroom = Darkroom()
        self.stopped = threading.Event()

    def fetch_due(self) -> int:
        """Fetch what is due now; return how many of them can be shown.

        Once ``stopped`` is set it waits for no answer: what it leaves is due when its lease ends.
        """
        due = self._store.pictures.claim(self._clock(), _LEASE, _AT_ONCE)
        asked = [(state, self._fetcher.submit(Request(state.url))) for state in due]
        return sum([self._take(state, answer) for state, answer in asked if self._is_there(answer)])

    def close(self) -> None:
        """Stop the child process that decodes."""
        self._darkroom.close()

    def _is_there(self, answer: Future[Document]) -> bool:
        while not answer.done() and not self.stopped.is_set():
            wait([answer], timeout=_GLANCE)
        return answer.done()

    def _take(self, state: PictureState, answer: Future[Document]) -> bool:
        try:
            developed = self._darkroom.develop(_body(answer.result()))
        except FetchStopped:
            # We are being stopped: it is due again when its lease ends.
            return False
        except (PictureRefused, FetchRefused) as error:
            self._give_up(state, str(error))
            return False
        except FetchError as error:
            self._try_later(state, str(error))
            return False
        self._folder.keep(developed.hosted.digest, developed.files)
        self._store.pictures.keep(state.url, developed.hosted, self._clock())
        log.info("picture kept: %s", state.url)
        return True

    def _try_later(self, state: PictureState, why: str) -> None:
        if state.attempts + 1 >= _MOST_ATTEMPTS:
            self._give_up(state, why)
            return
        now = self._clock()
        self._store.pictures.fail(state.url, why, now, now + self._minute * 2**state.attempts)
        log.info('picture not there yet: %s error="%s"', state.url, why)

    def _give_up(self, state: PictureState, why: str) -> None:
        self._store.pictures.fail(state.url, why, self._clock(), None)
        log.warning('picture cannot be shown: %s error="%s"', state.url, why)


class BackgroundPictures(Background):
    """Fetches pictures; ends soon, whatever is still to come."""

    def __init__(self, fetching: PictureFetching) -> None:
        self._fetching = fetching
        super().__init__("pictures", "pictures could not be fetched", EVERY)

    def stop(self) -> None:
        """End soon, whatever is still to come."""
        self._fetching.stopped.set()
        super().stop()
        self._fetching.close()

    def _turn(self) -> None:
        self._fetching.fetch_due()


def _body(document: Document) -> bytes:
    """The picture's bytes. Raises FetchError where another answer may come later, PictureRefused
    where not.
    """
    status = document.status
    if status == 200:
        return document.body
    said = f"HTTP {status} {responses.get(status, '')}".strip()
    if status in _MAY_PASS or status >= 500:
        raise FetchError(said)
    raise PictureRefused(f"{said}: look whether its address is right")
