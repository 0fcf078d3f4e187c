"""Reports → which are copies of earlier ones, one after the other as they arrive."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from heapq import heappop, heappush
from operator import itemgetter
from types import MappingProxyType
from typing import Any, Final

import numpy as np

from aggregator.domain import Link, Report
from aggregator.stories.lookup import Lookup
from aggregator.stories.pairs import Model
from aggregator.stories.same_text import (
    COPY,
    FEATURES,
    LITTLE,
    certain,
    compare,
    model,
    possible,
    shared,
)
from aggregator.stories.series import is_recurrent
from aggregator.stories.ties import Ties
from aggregator.stories.verbatim import Verbatim, verbatim

_BLOCK: Final = 256
"""Reports that are compared and scored at once."""

_BOILER_PLATE: Final = 3
"""An opening that a source has under so many headlines is a cookie wall or a slogan."""

_SHOWN: Final = ("words", "title", "text")
"""The features that evidence names."""


@dataclass(frozen=True, slots=True)
class _Candidate:
    """An earlier report that a new one may be a copy of, and how they compare."""

    one: Verbatim
    other: Verbatim
    rule: str | None
    features: tuple[float, ...]


class Copies:
    """The reports within ``window`` of the newest one, and which of them are copies.

    Whether reports come one by one or many at once makes no difference, nor does a restart
    (:meth:`restore`). What an editor parted (:meth:`part`) is never linked again.
    """

    def __init__(
        self, *, window: timedelta = timedelta(days=3), scorer: Model | None = None
    ) -> None:
        self._window = window
        self._scorer = scorer or model()
        self._newest: datetime | None = None
        self._open: dict[int, Verbatim] = {}
        self._by_age: list[tuple[datetime, int]] = []
        self._lookup = Lookup()
        self._headlines: defaultdict[tuple[str, ...], dict[str, int]] = defaultdict(dict)
        self._original: dict[int, int] = {}
        self._originals: set[int] = set()
        self._gone: list[int] = []
        self._parted: defaultdict[int, set[int]] = defaultdict(set)
        self._ties = Ties()

    def ties(self) -> dict[tuple[str, str], int]:
        """How many texts two sources both brought (one and the same: how many it brought), where
        that has changed since it was last asked: to be kept for :meth:`restore`.
        """
        return self._ties.changes()

    def open_items(self) -> list[int]:
        """The items that new ones are compared with: those to keep for :meth:`restore`."""
        return list(self._open)

    def restore(
        self,
        reports: Iterable[Report],
        originals: Mapping[int, int],
        parted: Iterable[tuple[int, int]] = (),
        ties: Mapping[tuple[str, str], int] = MappingProxyType({}),
    ) -> None:
        """Go on from what was kept: the open reports, the original of each copy among them, the
        pairs that an editor parted, and which sources brought the same texts (:meth:`ties`).
        """
        self._ties = Ties(ties)
        for report in reports:
            self._open_up(verbatim(report))
        for item, original in originals.items():
            self._join(item, original)
        for one, other in parted:
            self.part(one, other)
        self._expire()

    def add(self, reports: Sequence[Report]) -> list[Link]:
        """The links of those of the new reports that are copies.

        A report that was added before (its source changed it) is looked at anew if it is neither a
        copy nor has copies; a link that was made stays.
        """
        links: list[Link] = []
        for start in range(0, len(reports), _BLOCK):
            block = [(r, self._candidates(r)) for r in reports[start : start + _BLOCK]]
            scores = iter(self._scores([each for _, found in block for each in found]))
            for report, found in block:
                link = self._link(report.id, [(next(scores), each) for each in found])
                links += [link] if link else []
                self._ties.brought(report.source)
            self._forget_links()
        return links

    def part(self, item: int, other: int) -> None:
        """An editor said that the item is no copy of that other one: it is its own from now on, and
        they are never linked again, not through a third either.
        """
        self._parted[item].add(other)
        self._parted[other].add(item)
        if self._first(item) == self._first(other):
            self._original.pop(item if item in self._original else other, None)

    def _candidates(self, report: Report) -> list[_Candidate]:
        """The earlier reports that a new one may be a copy of; later ones may be one of it."""
        one = verbatim(report)
        if report.id in self._open:
            self._close(report.id)
        self._open_up(one)
        self._expire()
        if report.id not in self._open:
            return []
        like = (self._open[item] for item in self._lookup.like(one))
        return [each for other in like if other is not one for each in self._compared(one, other)]

    def _compared(self, one: Verbatim, other: Verbatim) -> Iterator[_Candidate]:
        if shared(one, other) < LITTLE:
            return
        if self._is_boiler_plate(one) or self._is_boiler_plate(other):
            one, other = one.bare, other.bare
            if shared(one, other) < LITTLE:
                return
        rule = certain(one, other)
        if rule or possible(one, other):
            yield _Candidate(one, other, rule, compare(one, other))

    def _link(self, item: int, found: list[tuple[float, _Candidate]]) -> Link | None:
        """The text that is likest: its best report, and of those the earliest. Who is like one
        report of a text and not like the others tells of the same in other words.
        """
        if item in self._original or item in self._originals:
            return None
        reports_of: defaultdict[int, list[tuple[float, int, _Candidate]]] = defaultdict(list)
        for score, each in found:
            like = each.other.report.id
            reports_of[self._first(like)].append((self._weighed(score, each), -like, each))
        texts = [
            (_mean(reports), *max(may_be, key=itemgetter(0, 1)))
            for reports in reports_of.values()
            if (may_be := [each for each in reports if self._may_be_linked(each[2])])
        ]
        if not texts:
            return None
        likeliest, _, like, best = max(texts, key=itemgetter(0, 1, 2))
        if likeliest < COPY:
            return None
        original = self._first(-like)
        self._join(item, original)
        evidence: dict[str, Any] = {"like": -like, "score": round(likeliest, 4)}
        evidence |= {name: round(best.features[FEATURES.index(name)], 2) for name in _SHOWN}
        evidence |= {"sources": round(self._odds(best), 2)}
        self._ties.share(best.one.report.source, best.other.report.source)
        return Link(item, original, best.rule or "text", evidence)

    def _weighed(self, score: float, pair: _Candidate) -> float:
        """The probability that two are one text, by what they say and by who says it."""
        odds = self._odds(pair)
        return score * odds / (score * odds + 1 - score)

    def _odds(self, pair: _Candidate) -> float:
        return self._ties.odds(pair.one.report.source, pair.other.report.source)

    def _first(self, item: int) -> int:
        return self._original.get(item, item)

    def _may_be_linked(self, pair: _Candidate) -> bool:
        """Whether neither is a column that recurs, and no editor parted the item from any of those
        that are one text.
        """
        original = self._first(pair.other.report.id)
        parted = self._parted.get(pair.one.report.id, ())
        if any(self._first(each) == original for each in parted):
            return False
        return not (is_recurrent(pair.one) or is_recurrent(pair.other))

    def _is_boiler_plate(self, one: Verbatim) -> bool:
        return bool(one.text) and len(self._headlines[one.opening]) >= _BOILER_PLATE

    def _join(self, item: int, original: int) -> None:
        self._original[item] = original
        self._originals.add(original)

    def _open_up(self, one: Verbatim) -> None:
        item, at = one.report.id, one.report.at
        self._newest = max(self._newest or at, at)
        self._open[item] = one
        heappush(self._by_age, (at, item))
        self._lookup.add(item, one)
        if one.text:
            headlines = self._headlines[one.opening]
            headlines[one.shown] = headlines.get(one.shown, 0) + 1

    def _close(self, item: int) -> None:
        one = self._open.pop(item)
        self._lookup.forget(item, one)
        if one.text:
            self._forget_headline(one.opening, one.shown)

    def _forget_headline(self, opening: tuple[str, ...], shown: str) -> None:
        headlines = self._headlines[opening]
        headlines[shown] -= 1
        if not headlines[shown]:
            del headlines[shown]
        if not headlines:
            del self._headlines[opening]

    def _expire(self) -> None:
        """Close what is older than the window."""
        while self._newest and self._by_age and self._by_age[0][0] < self._newest - self._window:
            at, item = heappop(self._by_age)
            if item in self._open and self._open[item].report.at == at:
                self._close(item)
                self._gone.append(item)

    def _scores(self, candidates: list[_Candidate]) -> list[float]:
        if not candidates:
            return []
        rows = np.array([each.features for each in candidates], dtype=np.float32)
        scores = self._scorer.score(rows).tolist()
        return [1.0 if each.rule else s for each, s in zip(candidates, scores, strict=True)]

    def _forget_links(self) -> None:
        """Of what is closed, once no report of the block is to be linked through it; what an editor
        parted is remembered.
        """
        for item in self._gone:
            if item not in self._parted:
                self._original.pop(item, None)
            self._originals.discard(item)
        self._gone.clear()


def _mean(reports: list[tuple[float, int, _Candidate]]) -> float:
    """The probability that a report is the text of these, a rule with one of them counts alone."""
    if any(each.rule for _, _, each in reports):
        return 1.0
    return sum([score for score, _, _ in reports]) / len(reports)
