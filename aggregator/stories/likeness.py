"""How much the open reports are alike."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any, Final

import numpy as np

from aggregator.domain import Kept, Report
from aggregator.stories.candidates import WordIndex
from aggregator.stories.encoder import Encoder, quantised, to_encode
from aggregator.stories.meaning import MeaningIndex
from aggregator.stories.pairs import Model, compare
from aggregator.stories.series import Refrains, is_recurrent, parts_of_series
from aggregator.stories.words import Said, told

_EDGE: Final = 0.05
"""Lower probabilities are taken for none."""

_AT_ONCE: Final = 1024
"""So many pairs are compared at once: what is then looked at stays near the processor."""

Pair = tuple[int, int]


class Likeness:
    """What the open reports say, and the probability that two of them tell of one event. Those
    are near each other of which it reaches ``cut``.
    """

    def __init__(
        self, encoder: Encoder | None, scorer: Model, window: timedelta, cut: float
    ) -> None:
        self._encoder = encoder
        self._scorer = scorer
        self._hours = window / timedelta(hours=1)
        self._cut = cut
        self._said: dict[int, Said] = {}
        self._recurrent: set[int] = set()
        self._found: defaultdict[int, dict[int, float]] = defaultdict(dict)
        self._near: defaultdict[int, set[int]] = defaultdict(set)
        # Of every pair that was compared, with the lower number.
        self._known: defaultdict[int, dict[int, float]] = defaultdict(dict)
        self._refrains = Refrains()
        self._words = WordIndex()
        self._meaning = MeaningIndex()

    def items(self) -> list[int]:
        """The open reports, in the order in which they were added."""
        return list(self._said)

    def said(self, item: int) -> Said:
        """What an open report says."""
        return self._said[item]

    def is_recurrent(self, item: int) -> bool:
        """Whether the report is of a kind that is like no other."""
        return item in self._recurrent

    def alike(self, item: int) -> Mapping[int, float]:
        """The open reports that the item was found to be like, either way round."""
        return self._found.get(item, {})

    def near(self, item: int) -> Collection[int]:
        """Of those the ones that are near it."""
        return self._near.get(item, ())

    def vector(self, item: int) -> bytes | None:
        """What the encoder said of the item."""
        return self._meaning.vector(item)

    def add(self, reports: Sequence[Report], copies: Mapping[int, int]) -> None:
        """Compare each report with those before it that it may be like; ``copies`` are like their
        originals for certain.
        """
        new = self._remember([self._refrains.taken_from(report) for report in reports])
        telling = [one for one in new if one.report.id not in self._recurrent]
        near = self._encode(telling)
        pairs: list[Pair] = []
        for one, found, alike in zip(telling, self._words.add(telling), near, strict=True):
            item = one.report.id
            found += [other for other in alike if other not in found]
            pairs += [(item, other) for other in found if self._may_join(one, self._said[other])]
        for (one_id, other_id), score in self._scored(pairs):
            if score >= _EDGE:
                self._link(one_id, other_id, score)
        for one in new:
            original = copies.get(one.report.id)
            if original in self._said:
                self._link(one.report.id, original, 1.0)

    def fill(self, groups: Iterable[Sequence[int]]) -> None:
        """Compare those within each group that did not find each other (items in order)."""
        wanted = []
        for items in groups:
            for n, one in enumerate(items, 1):
                known = self._known[one]
                new = [each for each in items[n:] if each not in known]
                known.update(dict.fromkeys(new, 0.0))
                wanted += [(one, each) for each in new if self._may_be_compared(one, each)]
        for (one, other), score in self._scored(wanted):
            self._known[one][other] = score

    def matrix(self, items: Sequence[int]) -> np.ndarray[Any, Any]:
        """The probabilities of all pairs of some items (in order), also of those that did not find
        each other.
        """
        alike = self._above(items)
        if np.isnan(alike).any():
            self.fill([items])
            alike = self._above(items)
        return np.asarray(alike + alike.T)

    def _above(self, items: Sequence[int]) -> np.ndarray[Any, Any]:
        """The probabilities above the diagonal; not a number where two were not compared."""
        alike = np.zeros((len(items), len(items)))
        for n, item in enumerate(items[:-1], 1):
            # None becomes NaN.
            alike[n - 1, n:] = [*map(self._known[item].get, items[n:])]
        return alike

    def forget(self, items: Collection[int]) -> None:
        """Let items go that are closed."""
        for item in items:
            one = self._said.pop(item)
            self._refrains.forget(one.report)
            if item in self._recurrent:
                self._recurrent.discard(item)
            else:
                self._words.forget(one)
            for other in self._found.pop(item, {}):
                self._found[other].pop(item, None)
                self._near[other].discard(item)
            self._near.pop(item, None)
            self._known.pop(item, None)
        self._meaning.forget(items)

    def restore(self, kept: Sequence[Kept]) -> None:
        """Go on from what was kept, in the order in which it was added."""
        for one in kept:
            self._refrains.add(one.report)
        self._remember([one.report for one in kept])
        telling = [one for one in kept if one.report.id not in self._recurrent]
        self._words.put([self._said[one.report.id] for one in telling])
        for one in telling:
            item = one.report.id
            for other, score in one.edges.items():
                if other in self._said:
                    self._link(item, other, score)
        if self._encoder is not None:
            self._restore_vectors(self._encoder, telling)

    def _restore_vectors(self, encoder: Encoder, kept: Sequence[Kept]) -> None:
        """Those that were kept without an encoder have no vector: they are encoded now."""
        missing = [one.report for one in kept if one.vector is None]
        found: dict[int, Any] = {}
        if missing:
            made = quantised(encoder.encode([to_encode(report) for report in missing]))
            found = dict(zip((report.id for report in missing), made, strict=True))
        for one in kept:
            if one.vector is not None:
                found[one.report.id] = np.frombuffer(one.vector, dtype=np.int8)
        if found:
            items = [one.report.id for one in kept]
            self._meaning.add(items, np.vstack([found[item] for item in items]))

    def _remember(self, reports: Sequence[Report]) -> list[Said]:
        new = told(reports)
        for one in new:
            self._said[one.report.id] = one
            if is_recurrent(one):
                self._recurrent.add(one.report.id)
        return new

    def _link(self, one: int, other: int, score: float) -> None:
        self._found[one][other] = self._found[other][one] = score
        self._known[min(one, other)][max(one, other)] = score
        if score >= self._cut:
            self._near[one].add(other)
            self._near[other].add(one)

    def _encode(self, new: Sequence[Said]) -> list[list[int]]:
        if self._encoder is None or not new:
            return [[] for _ in new]
        items = [one.report.id for one in new]
        vectors = self._encoder.encode([to_encode(one.report) for one in new])
        self._meaning.add(items, quantised(vectors))
        return self._meaning.like(items)

    def _may_join(self, one: Said, other: Said) -> bool:
        return abs(one.hours - other.hours) <= self._hours and not parts_of_series(one, other)

    def _scored(self, pairs: Sequence[Pair]) -> Iterator[tuple[Pair, float]]:
        for start in range(0, len(pairs), _AT_ONCE):
            block = pairs[start : start + _AT_ONCE]
            yield from zip(block, self._scores(block), strict=True)

    def _scores(self, pairs: Sequence[Pair]) -> list[float]:
        known = self._said
        cosines = self._meaning.cosines(pairs) if self._encoder else [0.0] * len(pairs)
        rows = compare([(known[one], known[other]) for one, other in pairs], cosines)
        if self._encoder is not None:
            return _listed(self._scorer.score(rows))
        scores = np.zeros(len(rows))
        share = np.flatnonzero(rows[:, 0])
        scores[share] = self._scorer.score(rows[share])
        return _listed(scores)

    def _may_be_compared(self, one: int, other: int) -> bool:
        if one in self._recurrent or other in self._recurrent:
            return False
        return self._may_join(self._said[one], self._said[other])


def _listed(scores: np.ndarray[Any, Any]) -> list[float]:
    found: list[float] = scores.tolist()
    return found
