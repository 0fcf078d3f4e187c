"""What a report says, word for word: what tells a copy from another account (pure)."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final
from urllib.parse import unquote
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

_SAME: Final = 0.7
"""A headline of which another has more is the same."""

# What else a slug has: the number of an article, of a section.
_CODE: Final = re.compile(r"\d{5,}")

_KNOWN_WORDS: Final = 1 << 16


@dataclass(frozen=True)
class Verbatim:
    """A report's words, folded and in order: ``title`` without kicker and publisher, ``text`` the
    summary; ``names`` those with a capital; ``words`` all of them, by their CRC-32, with how rare
    they are, ``weight`` is how rare they are together; by the ``rarest`` a report is looked up.
    """

    report: Report
    title: tuple[str, ...]
    text: tuple[str, ...]
    names: frozenset[str]
    words: dict[int, float]
    weight: float
    rarest: tuple[int, ...]

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
        keys = [crc32(word.encode()) for word in self.title]
        return {key: self.words[key] for key in keys}

    @cached_property
    def path(self) -> str | None:
        """The path of the address where it names one article, by number or by headline."""
        path = _path(self.report.url).lower()
        is_slug = path.rpartition("/")[2].count("-") >= _SLUG
        return path if is_slug or any(map(_is_number, _NUMBER.findall(path))) else None

    @cached_property
    def letters(self) -> frozenset[str]:
        """The headline's sequences of four letters (Broder 1997)."""
        return _sequences(self.shown)

    @cached_property
    def slug(self) -> frozenset[str]:
        """The same of the headline in the address, where it is another: a desk that rewrites the
        one above the text leaves that as it came.
        """
        path = _path(self.report.url)
        if path.count("-") < _SLUG:
            return frozenset()
        longest = max(unquote(path).split("/"), key=_hyphens)
        words = tokens(fold(longest.partition(".")[0]))
        slug = _sequences(" ".join([word for word in words if not _CODE.fullmatch(word)]))
        is_same = len(slug & self.letters) > _SAME * len(slug)
        return frozenset() if is_same or _hyphens(longest) < _SLUG else slug

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
    written = tokens(headline(report))
    in_title = len(written)
    known = [*map(_known, written + tokens(report.text)[:_TEXT])]
    plain = [word for word, _, _, _ in known]
    words = {key: rare for _, key, rare, _ in known}
    rarest = (
        sorted(words, key=words.__getitem__, reverse=True) if len(words) > _LOOKED_UP else words
    )
    return Verbatim(
        report=report,
        title=tuple(plain[:in_title]),
        text=tuple(plain[in_title:]),
        names=frozenset([word for word, _, _, is_name in known if is_name]),
        words=words,
        weight=sum(words.values()),
        rarest=tuple(rarest)[:_LOOKED_UP],
    )


class _Known(dict[str, tuple[str, int, float, bool]]):
    """Words as they are written: folded, with their keys and how rare they are, and whether they
    are names. Each is looked at once.
    """

    def __missing__(self, raw: str) -> tuple[str, int, float, bool]:
        if len(self) >= _KNOWN_WORDS:
            self.clear()
        plain = fold(raw)
        key = crc32(plain.encode())
        known = self[raw] = plain, key, rarity(key), raw[0].isupper() and len(plain) > 2
        return known


_known = _Known().__getitem__


def _path(url: str | None) -> str:
    found = _PATH.match(url or "")
    return found[1].rstrip("/") if found else ""


def _sequences(shown: str) -> frozenset[str]:
    return frozenset([shown[n : n + _LETTERS] for n in range(len(shown) - _LETTERS + 1)])


def _hyphens(part: str) -> int:
    return part.count("-")


def _is_number(digits: str) -> bool:
    return not _DATE.fullmatch(digits)
