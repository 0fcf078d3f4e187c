"""What grouping sees of an item."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Report:
    """An item as one source reports what happened.

    ``id`` is the item's; ``at`` (UTC) when it was published, or first seen where its source does
    not say; ``language`` an ISO 639 code or None; ``title`` and ``text`` plain text (``text`` the
    summary, "" where there is none).
    """

    id: int
    source: str
    at: datetime
    language: str | None
    title: str
    text: str
    url: str | None = None
