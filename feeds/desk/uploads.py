"""Pictures that editors send: kept as those that we fetch are, and served from here."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from datetime import datetime
from zoneinfo import ZoneInfo

from aggregator.domain import PictureState
from aggregator.settings import Settings
from aggregator.store import Store
from aggregator.store.folder import PictureFolder
from aggregator.wire.darkroom import Darkroom
from feeds.desk.times import clock_time

LARGEST = 12 << 20
"""Bytes of a form with a picture."""


class Uploads:
    """Where the desk's pictures go."""

    def __init__(self, settings: Settings, store: Store, clock: Callable[[], datetime]) -> None:
        self._settings = settings
        self._store = store
        self._clock = clock

    def keep(self, body: bytes) -> str:
        """Keep a picture; return its address on our site. Raises PictureRefused."""
        with closing(Darkroom()) as darkroom:
            developed = darkroom.develop(body)
        hosted = developed.hosted
        PictureFolder(self._settings.pictures_dir).keep(hosted.digest, developed.files)
        url = f"{self._settings.base_url}{hosted.path(hosted.largest)}"
        self._store.pictures.keep(url, hosted, self._clock())
        return url

    def said(self, url: str) -> str:
        """What the editor is told of the picture at an address; "" where nobody asked for it."""
        state = self._store.pictures.state(url) if url else None
        return told(state, self._settings.time_zone, self._clock()) if state else ""


def told(state: PictureState, zone: ZoneInfo, now: datetime) -> str:
    """How far we are with a picture, in an editor's words (pure)."""
    if state.hosted:
        shown = state.hosted.largest
        return f"Readers get it from us, in {shown.width} x {shown.height} pixels at most."
    if state.error is None:
        return "It is being fetched; the brief is shown without it until then."
    if state.next_try_at is None:
        return f"It cannot be shown: {state.error}. The brief is shown without it."
    again = clock_time(state.next_try_at, zone, now)
    return f"It is not there yet: {state.error}. It is tried again at {again}."
