"""Which earlier reports say what a new one says, in whatever language."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, Final

import numpy as np

from aggregator.stories.blas import one_thread

Array = np.ndarray[Any, Any]

_MOST: Final = 8
"""So many are looked at."""

_LITTLE: Final = 0.4
"""A cosine below this says that two reports have nothing in common."""


class MeaningIndex:
    """Reports by what an encoder says of them: rows of int8, compared by cosine.

    They are held as float32, in which matrix products are fast; of such small whole numbers they
    are exact, so that every machine finds the same.
    """

    def __init__(self) -> None:
        self._items: list[int] = []
        self._row: dict[int, int] = {}
        self._vectors = np.zeros((0, 0), dtype=np.float32)
        self._inverse = np.zeros(0, dtype=np.float32)

    def add(self, items: Sequence[int], vectors: Array) -> None:
        """Remember the vectors (int8, one row an item)."""
        start, end = len(self._items), len(self._items) + len(items)
        if end > len(self._inverse):
            self._grow(max(1024, 2 * end), vectors.shape[1])
        rows = vectors.astype(np.float32)
        self._vectors[start:end] = rows
        squares = (rows * rows).sum(axis=1).astype(np.float64)
        self._inverse[start:end] = 1 / np.sqrt(np.maximum(squares, 1))
        self._row.update(zip(items, range(start, end), strict=True))
        self._items += items

    def like(self, items: Sequence[int]) -> list[list[int]]:
        """For each of these items, which are the last ones, those before it that are most alike,
        the nearest first.
        """
        end = len(self._items)
        start = end - len(items)
        with one_thread():
            cosines = self._vectors[start:end] @ self._vectors[:end].T
        cosines *= self._inverse[start:end, None]
        cosines *= self._inverse[:end]
        found = []
        for n, row in enumerate(cosines):
            near = np.flatnonzero(row[: start + n] >= _LITTLE)
            best = near[np.lexsort((near, -row[near]))[:_MOST]] if len(near) else near
            found.append([self._items[at] for at in best.tolist()])
        return found

    def cosines(self, pairs: Sequence[tuple[int, int]]) -> list[float]:
        """How alike the items of each pair are, -1 to 1."""
        ours = [self._row[one] for one, _ in pairs]
        theirs = [self._row[other] for _, other in pairs]
        products = np.einsum("ij,ij->i", self._vectors[ours], self._vectors[theirs])
        found: list[float] = (products * self._inverse[ours] * self._inverse[theirs]).tolist()
        return found

    def vector(self, item: int) -> bytes | None:
        """The item's vector as it is to be kept."""
        row = self._row.get(item)
        return None if row is None else self._vectors[row].astype(np.int8).tobytes()

    def forget(self, items: Collection[int]) -> None:
        """Let items go."""
        gone = [self._row[item] for item in items if item in self._row]
        if gone:
            used = len(self._items)
            kept = np.delete(np.arange(used), gone)
            self._vectors[: len(kept)] = self._vectors[kept]
            self._inverse[: len(kept)] = self._inverse[kept]
            self._items = [self._items[at] for at in kept.tolist()]
            self._row = {item: n for n, item in enumerate(self._items)}

    def _grow(self, size: int, width: int) -> None:
        used = len(self._items)
        vectors, inverse = np.zeros((size, width), np.float32), np.zeros(size, np.float32)
        vectors[:used] = self._vectors[:used].reshape(used, width)
        inverse[:used] = self._inverse[:used]
        self._vectors, self._inverse = vectors, inverse
