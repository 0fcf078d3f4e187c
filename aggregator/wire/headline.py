"""Headlines as keys: what they say, without who says it (pure)."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from hashlib import blake2b

from aggregator.wire.address import REMEMBERED, hides_target
from aggregator.wire.likeness import words

_WORDS = 4
"""A headline of fewer tells nothing: many are called "Editorial"."""

_NAME_WORDS = 4
_SEPARATORS = tuple(f" {mark} " for mark in "-–—|·")


def without_publisher(title: str, canonical: str | None) -> str:
    """A headline without the name of its publisher, where that stands at the end after a dash:
    ``Rain all week - Sky News``.

    It counts as a name when a word of it is in the URL's host, and always at Google News, whose
    every headline ends so.
    """
    at, mark = max((title.rfind(mark), mark) for mark in _SEPARATORS)
    if at <= 0 or canonical is None:
        return title
    return title[:at] if _is_publisher(title[at + len(mark) :], canonical) else title


@lru_cache(REMEMBERED)
def headline_of(title: str, canonical: str | None) -> str | None:
    """The words of a headline; None for one that is too short to tell articles apart."""
    said = words(without_publisher(title, canonical))
    return said if said.count(" ") >= _WORDS - 1 else None


@lru_cache(REMEMBERED)
def headline_key(title: str, canonical: str | None, published_at: datetime | None) -> str | None:
    """A digest of headline and date, under which an item is found whose address has changed."""
    said = headline_of(title, canonical)
    if said is None:
        return None
    return blake2b(f"{said}\n{published_at}".encode("utf-8", "replace"), digest_size=12).hexdigest()


def _is_publisher(name: str, canonical: str) -> bool:
    parts = words(name).split()
    if not 0 < len(parts) <= _NAME_WORDS:
        return False
    host = canonical.split("/", 3)[2] if canonical.count("/") > 2 else ""
    return hides_target(canonical) or any(len(part) > 2 and part in host for part in parts)
