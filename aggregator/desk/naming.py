"""A brief's slug, and times as the newsroom's clock has them (pure)."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from aggregator.domain import Brief
from aggregator.stories.letters import fold

_LENGTH = 80
_OTHER = re.compile(r"[^a-z0-9]+")


def slug(headline: str) -> str:
    """A headline in lower-case ASCII, cut at a word's end; ``brief`` where nothing is left of it.

    >>> slug("L'Élysée : œuvre « finie » ?")
    'l-elysee-oeuvre-finie'
    """
    words = _OTHER.sub("-", fold(headline)).strip("-")
    if len(words) > _LENGTH:
        words = words[: _LENGTH + 1].rpartition("-")[0] or words[:_LENGTH]
    return words or "brief"


def path(brief: Brief) -> str | None:
    """Where readers find it on the site, for ever; None as long as it is not out."""
    return f"/news/{brief.day:%Y/%m/%d}/{brief.slug}" if brief.day else None


def to_utc(at: datetime, zone: ZoneInfo) -> datetime:
    """A time → UTC; one without a zone is the newsroom's, and the first of two where its clocks go
    back.

    Raises ValueError, for people, for a time that is left out where they go forward.
    """
    if at.tzinfo is not None:
        return at.astimezone(UTC)
    found = at.replace(tzinfo=zone, fold=0).astimezone(UTC)
    if found.astimezone(zone).replace(tzinfo=None) != at:
        raise ValueError(f"there is no {at:%H:%M} on {at:%Y-%m-%d}: the clocks go forward then")
    return found
