"""Which sources bring the same texts: what was linked before makes a link likelier, or less."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from math import prod, sqrt
from typing import Final

_OFTEN: Final = 0.05
"""How many of a source's texts are in another source too, as long as we know little of it."""

_BOTH: Final = 0.02
"""How many of the texts of one of two sources are in the other too, likewise."""

_TEXTS, _TEXTS_OF_BOTH = 5, 20
"""We know little of a source, or of two, that brought no more texts than about so many."""

_MOST: Final = 6.0
"""What is known of sources multiplies or divides odds by no more than this."""


class Ties:
    """How many texts each source brought, and how many each two of them both brought.

    ``counts`` are those of two sources, the names in order; a source shares all of its texts with
    itself.
    """

    def __init__(self, counts: Mapping[tuple[str, str], int] | None = None) -> None:
        self._counts: Counter[tuple[str, str]] = Counter()
        self._shared: Counter[str] = Counter()
        self._closest: defaultdict[str, int] = defaultdict(int)
        for (one, other), count in (counts or {}).items():
            self._count(one, other, count)
        self._changed: set[tuple[str, str]] = set()

    def brought(self, source: str) -> None:
        """The source brought a text."""
        self._count(source, source)
        self._changed.add((source, source))

    def share(self, one: str, other: str) -> None:
        """Two sources brought one text; nothing if they are one."""
        if one != other:
            pair = min(one, other), max(one, other)
            self._count(*pair)
            self._changed.add(pair)

    def odds(self, one: str, other: str) -> float:
        """How much the odds that two sources bring one text are above those of sources of which
        nothing is known: 1 if nothing is, or if a source is not.

        The square root of how much more often either shares a text than others do, and the two with
        each other: the three say the same in part.
        """
        if not (one and other):
            return 1.0
        texts, others = self._counts[one, one], self._counts[other, other]
        both = self._counts[min(one, other), max(one, other)]
        more = prod(
            (
                _more(self._spread(one, both), texts, _OFTEN, _TEXTS),
                _more(self._spread(other, both), others, _OFTEN, _TEXTS),
                _more(both, min(texts, others), _BOTH, _TEXTS_OF_BOTH),
            )
        )
        return min(max(sqrt(more), 1 / _MOST), _MOST)

    def changes(self) -> dict[tuple[str, str], int]:
        """The counts that are others since they were last asked for."""
        changed, self._changed = self._changed, set()
        return {pair: self._counts[pair] for pair in sorted(changed)}

    def _spread(self, source: str, both: int) -> int:
        """How many texts it shared; not with its closest if that is a third one: two names of one
        site share everything, which says nothing of others.
        """
        closest = self._closest[source]
        return self._shared[source] - (closest if both < closest else 0)

    def _count(self, one: str, other: str, count: int = 1) -> None:
        self._counts[one, other] += count
        if one != other:
            for source in (one, other):
                self._shared[source] += count
                self._closest[source] = max(self._closest[source], self._counts[one, other])


def _more(count: int, of: int, usual: float, known: int) -> float:
    """How many times the usual share that is, as if ``known`` texts more had been as usual."""
    return (count + usual * known) / (usual * (of + known))
