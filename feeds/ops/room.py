"""What the operators' pages share."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from flask import g

from aggregator.domain import AuditEntry, QueueCounts
from aggregator.errors import ConfigError
from aggregator.settings import Settings, validate
from aggregator.settings.live import ConfigState
from aggregator.store import Store
from aggregator.wire.pace import Pace
from feeds.public.times import newsroom_time

DAYS = 30
"""So many days a sparkline has."""


@dataclass(frozen=True, slots=True)
class Room:
    """The settings in force, the store, the clock (aware UTC), and how the operator's files stand,
    where they are followed; ``messages`` counts those of the queue, where there is one.
    """

    settings: Settings
    store: Store
    clock: Callable[[], datetime]
    config: Callable[[], ConfigState] | None = None
    messages: Callable[[], QueueCounts] | None = None

    @property
    def sources_file(self) -> Path:
        """The file that says which sources there are."""
        return self.settings.config_dir / "sources.yaml"

    def wrong_with(self, drafts: Mapping[str, str]) -> list[str]:
        """All that would be wrong with the config if files had these texts, with their lines."""
        try:
            validate(self.settings.config_dir, os.environ, drafts)
        except ConfigError as error:
            return list(error.problems)
        return []

    @property
    def pace(self) -> Pace:
        """The rules of when to poll."""
        return Pace(self.settings.default_interval, self.settings.hour)

    def time(self, value: datetime | None) -> str:
        """A time as the newsroom writes it; a dash for none."""
        return newsroom_time(value, self.settings.time_zone) if value else "–"

    def per_day(self, source_ids: list[str]) -> dict[str, list[int]]:
        """For each source, how many items each of the last days brought, the first one first."""
        now = self.clock()
        start = datetime.combine(now.date() - timedelta(days=DAYS - 1), datetime.min.time())
        found = self.store.figures.per_day(source_ids, start.replace(tzinfo=now.tzinfo))
        days: list[date] = [start.date() + timedelta(days=number) for number in range(DAYS)]
        return {name: [found.get(name, {}).get(day, 0) for day in days] for name in source_ids}

    def note(self, action: str, detail: str) -> None:
        """Write down what the operator who asks has done."""
        entry = AuditEntry(self.clock(), g.editor.username, action, detail=detail)
        self.store.audit.add(entry)
