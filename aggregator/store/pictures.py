"""Pictures: which are to be fetched, which we serve, and why we cannot serve the others."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from aggregator.domain import HostedPicture, PictureState, Rendition
from aggregator.store import edition
from aggregator.store.database import Database, chunks
from aggregator.store.desk_schema import pictures

_P = pictures.c


class Pictures:
    """The pictures of one database; each is known by the address where it was found."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def claim(self, now: datetime, lease: timedelta, limit: int) -> list[PictureState]:
        """Those that are to be fetched now, the longest due first; nobody else gets them before
        the lease ends.
        """
        due = select(_P.key).where(_P.next_try_at <= now).order_by(_P.next_try_at).limit(limit)
        with self._database.read() as connection:
            keys = list(connection.execute(due).scalars())
        if not keys:
            return []
        claimed = update(pictures).where(_P.key.in_(keys), _P.next_try_at <= now)
        with self._database.write() as connection:
            rows = connection.execute(claimed.values(next_try_at=now + lease).returning(*_P))
            return [_state(row) for row in rows]

    def keep(self, url: str, hosted: HostedPicture, now: datetime) -> None:
        """From now on a picture is shown as this; what readers see has changed."""
        values = {
            "digest": hosted.digest,
            "renditions": [asdict(rendition) for rendition in hosted.renditions],
            "error": None,
            "tried_at": now,
            "next_try_at": None,
        }
        with self._database.write() as connection:
            want(connection, url, now)
            connection.execute(update(pictures).where(_P.key == _key(url)).values(values))
            edition.bump(connection, now)

    def fail(self, url: str, why: str, now: datetime, next_try_at: datetime | None) -> None:
        """A picture could not be had; None: it is not tried again by itself."""
        values = {"error": why, "tried_at": now, "next_try_at": next_try_at}
        with self._database.write() as connection:
            this = update(pictures).where(_P.key == _key(url))
            connection.execute(this.values(values | {"attempts": _P.attempts + 1}))

    def state(self, url: str) -> PictureState | None:
        """How far we are with the picture at an address; None if nobody wanted it yet."""
        with self._database.read() as connection:
            row = connection.execute(select(pictures).where(_P.key == _key(url))).one_or_none()
        return _state(row) if row else None


def want(connection: Connection, url: str, now: datetime) -> None:
    """Have a picture fetched, unless we serve it; one that was given up is tried anew."""
    key = _key(url)
    row = connection.execute(select(_P.digest).where(_P.key == key)).one_or_none()
    if row is None:
        first = {"key": key, "url": url, "renditions": [], "attempts": 0, "next_try_at": now}
        connection.execute(insert(pictures).values(first))
    elif row.digest is None:
        again = update(pictures).where(_P.key == key).values(attempts=0, next_try_at=now)
        connection.execute(again)


def hosted(connection: Connection, urls: Iterable[str]) -> dict[str, HostedPicture]:
    """Those of the pictures at these addresses that we serve."""
    found: dict[str, HostedPicture] = {}
    for part in chunks([_key(url) for url in set(urls)]):
        query = select(pictures).where(_P.key.in_(part), _P.digest.is_not(None))
        for row in connection.execute(query):
            state = _state(row)
            if state.hosted:
                found[row.url] = state.hosted
    return found


def _key(url: str) -> str:
    return sha256(url.encode()).hexdigest()


def _state(row: Row[Any]) -> PictureState:
    renditions = tuple(Rendition(**values) for values in row.renditions)
    return PictureState(
        url=row.url,
        hosted=HostedPicture(row.digest, renditions) if row.digest else None,
        error=row.error,
        attempts=row.attempts,
        tried_at=row.tried_at,
        next_try_at=row.next_try_at,
    )
