"""What a report says, word for word: what tells a copy from another account (pure)."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final
from zlib import crc32

from aggregator.domain import Report
from aggregator.stories.background import rarity
from aggregator.stories.words import fold, headline, tokens

_LETTERS: Final = 4
_TEXT: Final = 60
"""So many words of a summary count."""

_LOOKED_UP: Final = 16
_OPENING: Final = 8
"""Boiler-plate is known by its first words: what follows may be cut anywhere."""

_SLUG: Final = 3
"""A path whose last part has so many hyphens ends with a headline."""

_PATH: Final = re.compile(r"[^/?#]+//[^/?#]*([^?#]*)")

# The number of an article is long, and no date.
_NUMBER: Final = re.compile(r"\d{6,}")
_DATE: Final = re.compile(r"(?:19|20)\d{6}")

_KNOWN_WORDS: Final = 1 << 16


@dataclass(frozen=True)
class Verbatim:
    """A report's words, folded and in order: ``title`` without kicker and publisher, ``text`` the
    summary; ``names`` those with a capital; ``words`` all of them, by their CRC-32, with how rare
    they are.
    """

    report: Report
    title: tuple[str, ...]
    text: tuple[str, ...]
    names: frozenset[str]
    words: dict[int, float]

    @cached_property
    def shown(self) -> str:
        """The folded headline."""
        return " ".join(self.title)

    @cached_property
    def prose(self) -> str:
        """The folded summary."""
        return " ".join(self.text)

    @cached_property
    def title_words(self) -> dict[int, float]:
        """Of ``words``, those of the headline."""
        return dict(map(_known, self.title))

    @cached_property
    def weight(self) -> float:
        """How rare all words are together."""
        return sum(self.words.values())

    @cached_property
    def rarest(self) -> list[int]:
        """The rarest words, by which a report is looked up."""
        if len(self.words) <= _LOOKED_UP:
            return list(self.words)
        return sorted(self.words, key=self.words.__getitem__, reverse=True)[:_LOOKED_UP]

    @cached_property
    def path(self) -> str | None:
        """The path of the address where it names one article, by number or by headline."""
        found = _PATH.match(self.report.url or "")
        path = found[1].rstrip("/").lower() if found else ""
        is_slug = path.rpartition("/")[2].count("-") >= _SLUG
        return path if is_slug or any(map(_is_number, _NUMBER.findall(path))) else None

    @cached_property
    def letters(self) -> frozenset[str]:
        """The headline's sequences of four letters (Broder 1997)."""
        shown = self.shown
        return frozenset([shown[n : n + _LETTERS] for n in range(len(shown) - _LETTERS + 1)])

    @cached_property
    def runs(self) -> frozenset[int]:
        """The summary's words three by three."""
        # Hashes: tuples of words would keep the garbage collector busy for as long as they stay.
        return frozenset(map(hash, zip(self.text, self.text[1:], self.text[2:], strict=False)))

    @cached_property
    def figures(self) -> frozenset[str]:
        """The numbers of the headline."""
        return frozenset(word for word in self.title if word[0].isdigit())

    @cached_property
    def marks(self) -> frozenset[str]:
        """The headline's numbers and names: what tells the parts of a series from each other."""
        return self.figures | self.names.intersection(self.title)

    @cached_property
    def opening(self) -> tuple[str, ...]:
        """The source and the first words of the summary."""
        return (self.report.source, *self.text[:_OPENING])

    @cached_property
    def bare(self) -> Verbatim:
        """The same report without its summary."""
        return verbatim(replace(self.report, text="")) if self.text else self


def verbatim(report: Report) -> Verbatim:
    """A report's words."""
    title, text = tokens(headline(report)), tokens(report.text)[:_TEXT]
    # One call for all words is far cheaper than one for each; no word has a line's end in it.
    folded = fold("\n".join(title + text)).split("\n") if title or text else []
    return Verbatim(
        report=report,
        title=tuple(folded[: len(title)]),
        text=tuple(folded[len(title) :]),
        names=frozenset(
            [
                plain
                for raw, plain in zip(title + text, folded, strict=True)
                if raw[0].isupper() and len(plain) > 2
            ]
        ),
        words=dict(map(_known, folded)),
    )


class _Known(dict[str, tuple[int, float]]):
    """Words, folded, with their keys and how rare they are: each is looked at once."""

    def __missing__(self, word: str) -> tuple[int, float]:
        if len(self) >= _KNOWN_WORDS:
            self.clear()
        key = crc32(word.encode())
        known = self[word] = key, rarity(key)
        return known


_known = _Known().__getitem__


def _is_number(digits: str) -> bool:
    return not _DATE.fullmatch(digits)
