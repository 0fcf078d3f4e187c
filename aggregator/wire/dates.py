"""Dates as feeds write them → aware UTC."""

from __future__ import annotations

import re
from calendar import timegm
from datetime import UTC, datetime, timedelta
from time import struct_time
from typing import Any

_EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
_TOLERANCE = timedelta(days=1)
# Zones that feedparser knows; others (CET, BST …) it silently reads as UTC.
_SURE = re.compile(r"(?:\d|GMT|UTC?|Z|[ECMP][SD]T|[+-]\d\d:?\d\d|[AP]M)\s*$", re.IGNORECASE)
_ZONED_NAME = re.compile(r"(?:GMT|UTC)\s*[+-]\d", re.IGNORECASE)


def read_date(
    raw: str, parsed: struct_time | None, language: str | None, now: datetime
) -> datetime | None:
    """The time that an entry states, or None when it is unreadable or impossible.

    ``parsed`` is feedparser's reading of ``raw``, in UTC. What lies before 1990 or over a day
    ahead of ``now`` is impossible; what lies less ahead is a wrong zone or clock: it becomes now.
    """
    sure = parsed is not None and _SURE.search(raw) and not _ZONED_NAME.search(raw)
    found = _from_struct(parsed) if sure and parsed else _from_words(raw, language)
    if found is None and parsed is not None:
        found = _from_struct(parsed)
    if found is None or not _EARLIEST <= found <= now + _TOLERANCE:
        return None
    return min(found, now)


def _from_struct(parsed: struct_time) -> datetime | None:
    try:
        return datetime.fromtimestamp(timegm(parsed), UTC)
    except (OverflowError, ValueError, OSError):
        return None


def _from_words(raw: str, language: str | None) -> datetime | None:
    # Slow to import (0.1 s) and seldom needed.
    import dateparser  # noqa: PLC0415

    text = raw.strip()[:100].replace(" 24:00:00", " 00:00:00")
    rolled = timedelta(days=1) if " 24:00:00" in raw else timedelta(0)
    settings: Any = {
        "TIMEZONE": "UTC",
        "RETURN_AS_TIMEZONE_AWARE": True,
        "PARSERS": ["absolute-time"],
    }
    languages = [language.split("-")[0].lower()] if language else None
    for attempt in (languages, None) if languages else (None,):
        try:
            found = dateparser.parse(text, languages=attempt, settings=settings)
            if found is not None:
                return found.astimezone(UTC) + rolled
        except (ValueError, OverflowError, TypeError):
            continue
    return None
