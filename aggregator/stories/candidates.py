"""Which earlier reports share rare words with a new one."""

from __future__ import annotations

from collections import defaultdict
from operator import itemgetter
from typing import Final

from aggregator.stories.words import Said

_WORDS: Final = 30
"""So many of a report's rarest words are looked up."""

_COMMON: Final = 60
"""A word that so many open reports have finds nothing."""

_MOST: Final = 8
"""So many are looked at."""

_weight = itemgetter(1)


class WordIndex:
    """Reports by their words. A cosine below ``little`` is chance."""

    def __init__(self, little: float = 0.14) -> None:
        self._little = little
        self._having: defaultdict[int, dict[int, float]] = defaultdict(dict)

    def add(self, item: int, one: Said) -> None:
        """Let the item be found by its rarest words."""
        for word, weight in _rarest(one):
            self._having[word][item] = weight

    def like(self, one: Said) -> list[int]:
        """The items whose rare words are most like these (cosine), the best first."""
        cosine: dict[int, float] = {}
        for word, mine in _rarest(one):
            having = self._having.get(word)
            if having and len(having) < _COMMON:
                for item, theirs in having.items():
                    cosine[item] = cosine.get(item, 0.0) + mine * theirs
        enough = [item for item, value in cosine.items() if value >= self._little]
        return sorted(enough, key=cosine.__getitem__, reverse=True)[:_MOST]

    def forget(self, item: int, one: Said) -> None:
        """Let the item not be found any more."""
        for word, _ in _rarest(one):
            having = self._having[word]
            having.pop(item, None)
            if not having:
                del self._having[word]


def _rarest(one: Said) -> list[tuple[int, float]]:
    if len(one.all) <= _WORDS:
        return list(one.all.items())
    return sorted(one.all.items(), key=_weight, reverse=True)[:_WORDS]
