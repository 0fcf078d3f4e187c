"""What a feed says of its own rhythm: ttl, skipHours, skipDays, sy:updatePeriod (pure)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from aggregator.domain import Hints

_PERIODS = {
    "hourly": timedelta(hours=1),
    "daily": timedelta(days=1),
    "weekly": timedelta(days=7),
    "monthly": timedelta(days=30),
    "yearly": timedelta(days=365),
}
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_SKIP = re.compile(rb"<(skip(?:Hours|Days))\s*>(.{0,2000}?)</\1\s*>", re.DOTALL)
_SKIPPED = re.compile(rb"<(?:hour|day)\s*>\s*([A-Za-z0-9]{1,9})\s*</")


def read_hints(feed: Mapping[str, Any], body: bytes) -> Hints:
    """From feedparser's reading of the feed, and its bytes.

    RSS 2.0 ``ttl`` in minutes, RSS 1.0 syndication module ``updatePeriod`` / ``updateFrequency``,
    RSS 2.0 ``skipHours`` and ``skipDays`` (of which feedparser keeps the last one only). What
    makes no sense is left out; so are hours or days that leave none to poll in.
    """
    ttl = _number(feed.get("ttl"))
    period = _PERIODS.get(str(feed.get("sy_updateperiod") or "").strip().lower())
    frequency = _number(feed.get("sy_updatefrequency")) or 1
    asked = [timedelta(minutes=min(ttl, 1_000_000))] if ttl else []
    asked += [period / frequency] if period else []
    hours, days = set[int](), set[int]()
    for kind, inside in _SKIP.findall(body[: _first_entry(body)]):
        words = [word.decode().lower() for word in _SKIPPED.findall(inside)]
        if kind == b"skipHours":
            # RSS 0.91 counted from 1 to 24.
            hours |= {int(word) % 24 for word in words if word.isdecimal() and int(word) <= 24}
        else:
            days |= {_DAYS.index(word) for word in words if word in _DAYS}
    return Hints(
        interval=max(asked, default=None),
        skip_hours=tuple(sorted(hours)) if len(hours) < 24 else (),
        skip_days=tuple(sorted(days)) if len(days) < 7 else (),
    )


def _first_entry(body: bytes) -> int:
    """Where the entries begin: the elements stand before them in every feed that was seen."""
    at = body.find(b"<item")
    return at if at >= 0 else len(body)


def _number(value: object) -> int | None:
    text = str(value or "").strip()
    return int(text) if text.isdecimal() and len(text) < 10 and int(text) > 0 else None
