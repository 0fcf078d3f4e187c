"""Which earlier reports say much the same: by rare words, and by address."""

from __future__ import annotations

from collections import Counter, defaultdict
from itertools import chain
from typing import Final

from aggregator.stories.verbatim import Verbatim

_COMMON: Final = 100
"""A word that so many reports have finds nothing."""

_SHARED: Final = 3
"""So many rare words two reports must share."""

_BEST: Final = 5
"""So many are looked at."""


class Lookup:
    """Reports by their rarest words (a prefix index: Bayardo et al., "Scaling up all pairs
    similarity search", 2007) and by the paths of their addresses.
    """

    def __init__(self) -> None:
        self._having: defaultdict[int | str, list[int]] = defaultdict(list)

    def add(self, item: int, one: Verbatim) -> None:
        """Let the item be found."""
        for key in _keys(one):
            self._having[key].append(item)

    def like(self, one: Verbatim) -> list[int]:
        """The items under the same path and those that share most of the rare words, the best and
        the earliest first.
        """
        having = [self._having.get(key, ()) for key in one.rarest]
        rare = sorted([h for h in having if len(h) < _COMMON], key=len)
        # Who shares enough is found by all but the commonest few already.
        few, rest = rare[: 1 - _SHARED], rare[1 - _SHARED :]
        shared = Counter(chain.from_iterable(few))
        for each in rest:
            for item in shared.keys() & each:
                shared[item] += 1
        enough = [(-count, item) for item, count in shared.items() if count >= _SHARED]
        best = [item for _, item in sorted(enough)[:_BEST]]
        at = self._having.get(one.path, ()) if one.path else ()
        return list(dict.fromkeys([*at, *best]))

    def forget(self, item: int, one: Verbatim) -> None:
        """Let the item not be found any more."""
        for key in _keys(one):
            self._having[key].remove(item)
            if not self._having[key]:
                del self._having[key]


def _keys(one: Verbatim) -> list[int | str]:
    return [*one.rarest, one.path] if one.path else [*one.rarest]
