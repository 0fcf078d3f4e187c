"""Labelled news items: gzipped JSON lines; the measures of a grouping."""

from __future__ import annotations

import gzip
import json
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from aggregator.domain import Report

_START = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Labelled:
    """Reports in the order of their time, numbered from 0, with their ids and labels:
    the story of each (``clusters``) and which are one text (``groups``).
    """

    reports: list[Report]
    ids: list[Any]
    clusters: list[Any]
    groups: list[Any]


def read(path: Path) -> Labelled:
    """The items of a file; those without a time are a second apart, in the file's order."""
    rows = []
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for number, line in enumerate(file):
            row = json.loads(line)
            at = datetime.fromisoformat(row["time"]) if row.get("time") else None
            rows.append((_aware(at) if at else _START + timedelta(seconds=number), number, row))
    rows.sort(key=lambda each: each[:2])
    return Labelled(
        [
            Report(n, row.get("source") or "", at, row.get("lang"), row["title"],
                   row.get("text") or "", row.get("url"))
            for n, (at, _, row) in enumerate(rows)
        ],
        [row.get("id", number) for _, number, row in rows],
        [row.get("cluster") for _, _, row in rows],
        [row.get("dupgroup") for _, _, row in rows],
    )  # fmt: skip


def _aware(at: datetime) -> datetime:
    return at if at.tzinfo else at.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Figures:
    """Precision, recall and their harmonic mean."""

    precision: float
    recall: float

    @property
    def f1(self) -> float:
        """The harmonic mean; 0 when both are."""
        total = self.precision + self.recall
        return 2 * self.precision * self.recall / total if total else 0.0

    def __str__(self) -> str:
        return f"precision {self.precision:.3f}  recall {self.recall:.3f}  F1 {self.f1:.3f}"


def bcubed(gold: Sequence[Hashable], found: Sequence[Hashable]) -> Figures:
    """How much of what stands with each item belongs there (Bagga and Baldwin 1998)."""
    both = Counter(zip(gold, found, strict=True))
    of_gold, of_found = Counter(gold), Counter(found)
    precision = sum(n * n / of_found[f] for (_, f), n in both.items()) / len(gold)
    recall = sum(n * n / of_gold[g] for (g, _), n in both.items()) / len(gold)
    return Figures(precision, recall)


def pairwise(
    gold: Sequence[Hashable],
    found: Sequence[Hashable],
    counts: Callable[[int, int], bool] = lambda _a, _b: True,
) -> Figures:
    """How many of the pairs that were put together belong together, and the other way round, of
    those pairs of positions that count.
    """
    wanted, made = _pairs(gold), _pairs(found)
    right = sum(counts(*pair) for pair in wanted & made)
    return Figures(
        right / max(1, sum(counts(*pair) for pair in made)),
        right / max(1, sum(counts(*pair) for pair in wanted)),
    )


def _pairs(labels: Sequence[Hashable]) -> set[tuple[int, int]]:
    members: dict[Hashable, list[int]] = defaultdict(list)
    for n, label in enumerate(labels):
        members[label].append(n)
    return {(a, b) for group in members.values() for n, b in enumerate(group) for a in group[:n]}
