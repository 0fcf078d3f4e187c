"""Which earlier reports share rare words with a new one."""

from __future__ import annotations

from collections import defaultdict
from heapq import nlargest
from operator import itemgetter

from aggregator.stories.words import Said

_WORDS = 16
"""So many of a report's rarest words are looked up."""

_COMMON = 200
"""A word that so many open reports have finds nothing."""

_MOST = 10
"""So many are looked at."""

_SHARED = 0.3
"""The weight of one rare word in a headline: who shares less is not looked at."""

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
        return nlargest(_MOST, enough, key=shared.__getitem__)

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
