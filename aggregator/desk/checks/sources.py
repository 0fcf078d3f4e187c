"""The cited items as the checks read them: once, for all of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from aggregator.desk.checks.dates import Mention, mentions
from aggregator.desk.checks.numbers import Figure, figures
from aggregator.desk.checks.text import capitals, quoted_words, words
from aggregator.desk.checks.values import Evidence, SourceText


@dataclass(frozen=True)
class Reading:
    """A cited item with its folded words, those of its title first."""

    source: SourceText
    words: list[str]

    @cached_property
    def joined(self) -> str:
        """The words with a blank around each, so that phrases are found as " a b "."""
        return f" {' '.join(self.words)} "

    @cached_property
    def vocabulary(self) -> frozenset[str]:
        """Its different words."""
        return frozenset(self.words)

    @cached_property
    def capitals(self) -> frozenset[str]:
        """Its words that have a capital somewhere."""
        return capitals(whole(self.source))

    @cached_property
    def figures(self) -> list[Figure]:
        """Its numbers."""
        return figures(self.words, self.source.language)

    @cached_property
    def dates(self) -> list[Mention]:
        """Its dates."""
        return mentions(self.words)

    def passage(self, first: int, end: int) -> str:
        """The words ``first`` to ``end`` as the item has them."""
        return quoted_words(whole(self.source), first, end)

    def is_in(self, language: str) -> bool:
        """Whether it may be in a language: what does not say its own may be in any."""
        own = self.source.language
        return not own or own[:2].lower() == language[:2].lower()

    def evidence(self, field: str, start: int, end: int, first: int, last: int) -> Evidence:
        """A span of the brief beside some words of this item."""
        return Evidence(field, start, end, self.source.item, self.passage(first, last))


def whole(source: SourceText) -> str:
    """All that an item says."""
    return f"{source.title}\n\n{source.text}"


def read(sources: Iterable[SourceText]) -> list[Reading]:
    """Items, read."""
    return [_read(source) for source in sources]


def say(readings: Sequence[Reading], phrase: str) -> bool:
    """Whether one of the items has a phrase of folded words."""
    return any(f" {phrase} " in reading.joined for reading in readings)


@lru_cache(maxsize=64)
def _read(source: SourceText) -> Reading:
    # An editor who types has the same items read again and again.
    return Reading(source, words(whole(source)))
