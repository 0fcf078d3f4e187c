"""Which earlier reports say much the same: by rare words, and by address."""

from __future__ import annotations

from collections import defaultdict
from heapq import nsmallest
from typing import Final

from aggregator.stories.wording import Wording

_COMMON: Final = 100
"""A word that so many reports have finds nothing."""

_SHARED: Final = 14.0
"""The rarity of the words that two reports must share: that of about two."""

_BEST: Final = 6
"""So many are looked at."""


class Lookup:
    """Reports by their rarest words (a prefix index: Bayardo et al., "Scaling up all pairs
    similarity search", 2007) and by the paths of their addresses.
    """

    def __init__(self) -> None:
        self._having: defaultdict[int | str, list[int]] = defaultdict(list)

    def add(self, item: int, one: Wording) -> None:
        """Let the item be found."""
        for key in _keys(one):
            self._having[key].append(item)

    def like(self, one: Wording) -> list[int]:
        """The items under the same path and those that share most of the rare words, the best and
        the earliest first.
        """
        weights: dict[int, float] = {}
        for key, rarity in one.rarest:
            having = self._having.get(key, ())
            if len(having) < _COMMON:
                for item in having:
                    weights[item] = weights.get(item, 0.0) + rarity
        enough = [(-weight, item) for item, weight in weights.items() if weight >= _SHARED]
        best = [item for _, item in nsmallest(_BEST, enough)]
        at = self._having.get(one.path, ()) if one.path else ()
        return list(dict.fromkeys([*at, *best]))

    def forget(self, item: int, one: Wording) -> None:
        """Let the item not be found any more."""
        for key in _keys(one):
            self._having[key].remove(item)
            if not self._having[key]:
                del self._having[key]


def _keys(one: Wording) -> list[int | str]:
    keys: list[int | str] = [key for key, _ in one.rarest]
    return [*keys, one.path] if one.path else keys
