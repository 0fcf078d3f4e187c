"""Which earlier reports a new one may belong to: by rare words, and by meaning."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from heapq import nlargest
from operator import itemgetter
from typing import Any

import numpy as np

from aggregator.stories.words import Said

Array = np.ndarray[Any, Any]

_WORDS = 16
"""So many of a report's rarest words are looked up."""

_COMMON = 200
"""A word that so many open reports have finds nothing."""

_BY_WORDS, _BY_MEANING = 10, 8
"""So many are looked at."""

_SHARED = 0.3
"""The weight of one rare word in a headline: who shares less is not looked at."""

_LITTLE = 0.5
"""A cosine below this says that two reports have nothing in common."""

_second = itemgetter(1)


class WordIndex:
    """Reports by their words."""

    def __init__(self) -> None:
        self._having: defaultdict[int, list[int]] = defaultdict(list)

    def add(self, item: int, one: Said) -> None:
        """Let the item be found by its rarest words."""
        for key, _ in _rarest(one):
            self._having[key].append(item)

    def like(self, one: Said) -> list[int]:
        """The items that share most of the rare words, the best first."""
        shared: dict[int, float] = {}
        for key, weight in _rarest(one):
            having = self._having.get(key, ())
            if len(having) < _COMMON:
                for item in having:
                    shared[item] = shared.get(item, 0.0) + weight
        enough = [item for item, weight in shared.items() if weight >= _SHARED]
        return nlargest(_BY_WORDS, enough, key=shared.__getitem__)

    def forget(self, item: int, one: Said) -> None:
        """Let the item not be found any more."""
        for key, _ in _rarest(one):
            having = self._having.get(key, [])
            if item in having:
                having.remove(item)
            if not having:
                self._having.pop(key, None)


def _rarest(one: Said) -> list[tuple[int, float]]:
    if len(one.all) <= _WORDS:
        return list(one.all.items())
    return nlargest(_WORDS, one.all.items(), key=_second)


class MeaningIndex:
    """Reports by what an encoder says of them: rows of int8, compared by cosine."""

    def __init__(self) -> None:
        self._items: list[int] = []
        self._row: dict[int, int] = {}
        self._vectors = np.zeros((0, 0), dtype=np.float32)
        self._lengths = np.zeros(0, dtype=np.float64)

    def add(self, items: list[int], vectors: Array) -> None:
        """Remember the vectors (int8, one row an item)."""
        start, end = len(self._items), len(self._items) + len(items)
        if end > len(self._lengths):
            self._grow(max(1024, 2 * end), vectors.shape[1])
        self._vectors[start:end] = vectors
        rows = self._vectors[start:end].astype(np.float64)
        self._lengths[start:end] = np.sqrt((rows * rows).sum(axis=1))
        self._row.update(zip(items, range(start, end), strict=True))
        self._items += items

    def like(self, items: list[int]) -> list[list[int]]:
        """For each of these items, which are the last ones, those before it that are most alike."""
        end = len(self._items)
        start = end - len(items)
        cosines = self._cosines(start, end)
        found = []
        for n in range(len(items)):
            row = cosines[n, : start + n]
            near = np.flatnonzero(row >= _LITTLE)
            best = near[np.lexsort((near, -row[near]))[:_BY_MEANING]]
            found.append([self._items[at] for at in best.tolist()])
        return found

    def cosine(self, one: int, other: int) -> float:
        """How alike two items are, -1 to 1."""
        a, b = self._row[one], self._row[other]
        product = float(self._vectors[a] @ self._vectors[b])
        return _rounded(product / (self._lengths[a] * self._lengths[b]))

    def vector(self, item: int) -> bytes | None:
        """The item's vector as it is to be kept."""
        row = self._row.get(item)
        return None if row is None else self._vectors[row].astype(np.int8).tobytes()

    def keep(self, open_items: Collection[int]) -> None:
        """Forget all other items."""
        kept = [item for item in self._items if item in open_items]
        rows = [self._row[item] for item in kept]
        self._vectors, self._lengths = self._vectors[rows], self._lengths[rows]
        self._items, self._row = kept, {item: n for n, item in enumerate(kept)}

    def _cosines(self, start: int, end: int) -> Array:
        products = self._vectors[start:end] @ self._vectors[:end].T
        lengths = np.outer(self._lengths[start:end], self._lengths[:end])
        return np.asarray(products / np.maximum(lengths, 1e-9))

    def _grow(self, size: int, width: int) -> None:
        vectors = np.zeros((size, width), dtype=np.float32)
        lengths = np.zeros(size, dtype=np.float64)
        used = len(self._items)
        vectors[:used], lengths[:used] = (
            self._vectors[:used].reshape(used, width),
            self._lengths[:used],
        )
        self._vectors, self._lengths = vectors, lengths


def _rounded(cosine: float) -> float:
    return round(cosine, 6)
