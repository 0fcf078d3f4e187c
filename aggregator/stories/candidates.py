"""Which earlier reports share rare words with a new one."""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Iterable, Sequence
from operator import itemgetter
from typing import Any, Final

import numpy as np

from aggregator.stories.words import Said

Array = np.ndarray[Any, Any]

_WORDS: Final = 30
"""So many of a report's rarest words are looked up."""

_COMMON: Final = 60
"""A word that so many open reports have finds nothing."""

_MOST: Final = 8
"""So many are looked at."""

_ITEM_BITS: Final = 40
_ITEM: Final = (1 << _ITEM_BITS) - 1

_weight = itemgetter(1)


class WordIndex:
    """Reports by their words. A cosine below ``little`` is chance."""

    def __init__(self, little: float = 0.14) -> None:
        self._little = little
        self._having: defaultdict[int, tuple[array[int], array[float]]] = defaultdict(_none)

    def put(self, reports: Iterable[Said]) -> None:
        """Let reports be found by their rarest words."""
        for one in reports:
            for word, weight in _rarest(one):
                having, weights = self._having[word]
                having.append(one.report.id)
                weights.append(weight)

    def add(self, reports: Sequence[Said]) -> list[list[int]]:
        """Let reports be found by their rarest words, one after the other; of each, the items
        before it whose rare words are most like its own (cosine), the best first.
        """
        # What all of them find is added up at once: for each word of a report, the items that have
        # it and how much it weighs in each.
        items, theirs = _none()
        mine: list[float] = []
        counts: list[int] = []
        ends: list[int] = []
        for one in reports:
            item = one.report.id
            for word, weight in _rarest(one):
                having, weights = self._having[word]
                count = len(having)
                if 0 < count < _COMMON:
                    items += having
                    theirs += weights
                    mine.append(weight)
                    counts.append(count)
                having.append(item)
                weights.append(weight)
            ends.append(len(items))
        if not items:
            return [[] for _ in reports]
        products = np.frombuffer(theirs) * np.repeat(mine, counts)
        return self._best(np.frombuffer(items, dtype=np.int64), products, ends)

    def _best(self, items: Array, products: Array, ends: Sequence[int]) -> list[list[int]]:
        """The items with the largest sums of products, up to each end from the one before."""
        finder = np.repeat(np.arange(len(ends)), np.diff(ends, prepend=0))
        pairs, place = np.unique(finder << _ITEM_BITS | items, return_inverse=True)
        cosines = np.bincount(place, products, minlength=len(pairs))
        enough = np.flatnonzero(cosines >= self._little)
        pairs, cosines = pairs[enough], cosines[enough]
        finder = pairs >> _ITEM_BITS
        order = np.lexsort((pairs, -cosines, finder))
        found: list[list[int]] = [[] for _ in ends]
        for who, item in zip(finder.tolist(), (pairs[order] & _ITEM).tolist(), strict=True):
            if len(found[who]) < _MOST:
                found[who].append(item)
        return found

    def forget(self, one: Said) -> None:
        """Let a report not be found any more."""
        for word, _ in _rarest(one):
            having, weights = self._having[word]
            # It is near the beginning: reports come and go in nearly the same order.
            at = having.index(one.report.id)
            del having[at], weights[at]
            if not having:
                del self._having[word]


def _none() -> tuple[array[int], array[float]]:
    """Room for items and what a word weighs in each: arrays are copied without a look at each."""
    return array("q"), array("d")


def _rarest(one: Said) -> list[tuple[int, float]]:
    if len(one.all) <= _WORDS:
        return list(one.all.items())
    return sorted(one.all.items(), key=_weight, reverse=True)[:_WORDS]
