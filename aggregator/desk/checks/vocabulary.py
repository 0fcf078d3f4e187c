"""Which words the sources have, in which forms, and which stand together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property

from rapidfuzz import fuzz, process

from aggregator.desk.checks.sources import Reading

_ALIKE = 80
"""From here on (RapidFuzz ratio, 0 to 100) a word is another spelling: Zelensky, Zelenskyy."""
_COGNATE = 5
"""So many first letters make a word the same in another language: Parliament, parlement."""
_APART = 3
"""So many words may come between a first name and a surname: "Ursula Gertrud von der Leyen"."""
_SHORT = 3
"""Words of so many letters are like too many others."""
_TIMES = 200
"""A surname is looked at so many times in one item: more often, it is none."""


class Vocabulary:
    """The words of all sources: which there are, and which stand together."""

    def __init__(self, readings: Sequence[Reading]) -> None:
        self._readings = readings
        self._words = frozenset().union(*(reading.vocabulary for reading in readings))

    @cached_property
    def _sorted(self) -> list[str]:
        # Of words as alike as each other, always the same one is found.
        return sorted(self._words)

    def has(self, word: str) -> bool:
        """Whether a source has a word."""
        return word in self._words

    def knows(self, word: str, *, translated: bool) -> bool:
        """Whether a source has a word, or a form of it: as a part of a longer word, or, if the
        brief is a translation of some, in another language. Letters are always known.
        """
        return (
            len(word) == 1
            or self.has(word)
            or self._compounds(word)
            or (translated and self._translates(word))
        )

    def _translates(self, word: str) -> bool:
        """Whether a source has a word that begins like it and is no name there: "ministère"."""
        place = self.spelled(word)
        if place:
            reading, at = place
            return reading.words[at] not in reading.capitals
        begin = word[:_COGNATE]
        return len(word) > _COGNATE and any(w.startswith(begin) for w in self._words)

    def _compounds(self, word: str) -> bool:
        """Whether a Dutch or German source has a word that it begins: "Noir" in "Noirtunnel"."""
        return len(word) > _SHORT and any(
            f" {word}" in reading.joined
            for reading in self._readings
            if reading.is_in("nl") or reading.is_in("de")
        )

    def spelled(self, word: str) -> tuple[Reading, int] | None:
        """Where the sources have the word that is most like it, if one is like enough."""
        found = process.extractOne(word, self._sorted, scorer=fuzz.ratio, score_cutoff=_ALIKE)
        if not found or len(word) <= _SHORT:
            return None
        reading = next(r for r in self._readings if found[0] in r.vocabulary)
        return reading, reading.words.index(found[0])

    def together(self, first: str, last: str) -> bool:
        """Whether a first name, or its initial, stands near a surname, in either order."""
        return any(
            f" {first} {last} " in reading.joined
            or any(_beside(reading.words, at, first) for at in _places(reading, last))
            for reading in self._readings
            if last in reading.vocabulary
        )


def _places(reading: Reading, word: str) -> Iterator[int]:
    """Where an item has a word, the first times."""
    at = -1
    for _ in range(min(reading.words.count(word), _TIMES)):
        at = reading.words.index(word, at + 1)
        yield at


def _beside(words: list[str], at: int, first: str) -> bool:
    before = words[max(0, at - _APART - 1) : at]
    return (
        first in before
        or first in words[at + 1 : at + 3]
        or any(word[0] == first[0] for word in before if 1 in (len(word), len(first)))
    )
