"""Made-up reports, an encoder that needs no package, and a store in memory."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from random import Random
from typing import Any
from zlib import crc32

import numpy as np

from aggregator.domain import Kept, Placement, Report
from aggregator.stories.encoder import Encoder
from aggregator.stories.grouping import Grouping

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)

WORDS = """
    Amberg Bolivar Castellan Dorrit Elstow Fanning Garvey Hollis Imre Jadwiga Korda Lindqvist
    Quorn Rastrick Selhurst Tarporley Uffington Vendry Wexcombe Yarrow Zennor Orland
    ferry tunnel bakery orchestra glacier lighthouse reactor pension vineyard bridge
    collapses reopens strikes wins burns closes expands sinks merges votes
"""


@cache
def direction(word: str) -> np.ndarray[Any, Any]:
    """Where a word points."""
    return np.random.default_rng(crc32(word.encode())).standard_normal(64)


class WordEncoder:
    """Each word has a direction; a text goes where its words go."""

    def encode(self, texts: Sequence[str]) -> np.ndarray[Any, Any]:
        """One row a text."""
        rows = [sum(direction(word) for word in text.casefold().split()) for text in texts]
        return np.array(rows, dtype=np.float32)


def report(n: int, title: str, *, hours: float = 0, source: str = "", text: str = "") -> Report:
    """A report of some hours after noon."""
    return Report(n, source or f"paper-{n}", NOON + timedelta(hours=hours), "en", title, text)


def stream(seed: int, count: int = 280) -> list[Report]:
    """Events that several papers report over three weeks, a few of them late."""
    dice = Random(seed)
    words = WORDS.split()
    events = [(dice.sample(words, 6), 500 * dice.random()) for _ in range(count // 4)]
    made = []
    for n in range(count):
        told, begins = dice.choice(events)
        title = " ".join(dice.sample(told, dice.randint(3, 6)))
        hours = begins + dice.expovariate(1 / 20)
        made.append(report(n, title, hours=hours, source=f"paper-{n % 7}"))
    made.sort(key=lambda r: r.at + timedelta(hours=300 * (dice.random() < 0.02)))
    return made


class Memory:
    """What a store keeps of a grouping, and a restart from it."""

    def __init__(self, encoder: Encoder | None) -> None:
        self.encoder = encoder
        self.grouping = Grouping(encoder)
        self.story: dict[int, int] = {}
        self._kept: dict[int, Kept] = {}
        self._pinned: set[int] = set()
        self._parted: list[tuple[int, int]] = []

    def add(self, reports: Sequence[Report]) -> None:
        """Group and keep."""
        self._record(self.grouping.add(reports))
        for item in self.grouping.open_items():
            if item not in self._kept:
                self._kept[item] = self.grouping.kept(item)

    def repair(self) -> None:
        """Repair and keep."""
        self._record(self.grouping.repair())

    def pin(self, item: int, story: int) -> None:
        """An editor moves an item."""
        if item in self.grouping.open_items():
            self.grouping.pin(item, story)
            self.story[item] = story
            self._pinned.add(item)

    def part(self, one: int, other: int) -> None:
        """An editor parts two items."""
        self.grouping.part(one, other)
        self._parted.append((one, other))

    def restart(self) -> None:
        """Forget all but what was kept."""
        kept = [
            Kept(k.report, self.story[item], k.edges, k.vector, item in self._pinned)
            for item, k in self._kept.items()
        ]
        self.grouping = Grouping(self.encoder, state=self.grouping.state)
        self.grouping.restore(kept, self._parted)

    def _record(self, placements: Sequence[Placement]) -> None:
        self.story |= {placed.item: placed.story for placed in placements}


def grouped(*reports: Report, encoder: Encoder | None = None) -> list[int]:
    """The stories of reports that come together, after a repair."""
    memory = Memory(encoder)
    memory.add(reports)
    memory.repair()
    return [memory.story[one.id] for one in reports]
