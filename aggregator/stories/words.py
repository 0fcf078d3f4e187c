"""What a report says, as numbers: stems, names and figures with their weights (pure)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache
from math import log1p
from typing import NamedTuple
from zlib import crc32

import Stemmer

from aggregator.domain import Report
from aggregator.stories.background import rarity

_STEMMERS = {
    "de": "german", "en": "english", "es": "spanish", "fr": "french", "it": "italian",
    "nl": "dutch", "pt": "portuguese",
}  # fmt: skip
# The commonest words tell the language of a text whose source does not say.
_COMMON = {
    "de": "der die das und im mit von auf ist nicht ein eine dem zu für",
    "en": "the of and to in for is on with at from by after as says",
    "fr": "le la les des du et en un une pour dans est sur au qui",
    "nl": "de het een van en voor op met niet is aan na bij naar wordt",
    "es": "el los las y en un una por con para del se su al que",
    "it": "il di che è per un una del della con non gli nel alla si",
}
_LANGUAGE_OF: dict[str, list[str]] = {}
for _language, _words in _COMMON.items():
    for _one in _words.split():
        _LANGUAGE_OF.setdefault(_one, []).append(_language)

_TOKEN = re.compile(r"[^\W\d_]+|\d+(?:[.,:]\d+)*")
_ELISION = re.compile(r"\b(?:[cdjlmnst]|qu|jusqu|lorsqu|puisqu)['’]|['’]s\b", re.IGNORECASE)
_SUFFIX, _LONGEST = re.compile(r"\s+[-–—|]\s+([^-–—|]{2,40})$"), 48
_KICKER = re.compile(
    r"^(?:en direct|direct|live|vidéo|video|exclusif|exclusive|breaking|update|opinion|watch)"
    r"\s*[-–—:|.]\s*",
    re.IGNORECASE,
)
_LETTERS = str.maketrans({"œ": "oe", "æ": "ae", "ø": "o", "ß": "ss", "ł": "l", "đ": "d", "’": "'"})
_TEXT, _TEXT_TOKENS = 900, 80
"""So many characters and words of a summary count: what comes later is background."""

_FEWEST = 4
"""A summary of fewer words says nothing: "Read more"."""


@dataclass(frozen=True, slots=True)
class Said:
    """A report in numbers. Words are known by the CRC-32 of their form; weights are how rare they
    are. ``title`` and ``all`` are of length 1 (cosine), their weights add up to the sums;
    ``hours`` (since 1970) and ``text_length`` (a logarithm) are as pairs compare them; ``shown``
    is the folded headline, ``capitals`` its words with a capital but the first.
    """

    report: Report
    hours: float
    language: str
    shown: str
    tokens: tuple[str, ...]
    capitals: frozenset[str]
    title: dict[int, float]
    all: dict[int, float]
    title_sum: float
    all_sum: float
    text_length: float
    names: dict[int, float]
    names_sum: float
    figures: frozenset[str]


class Word(NamedTuple):
    """A word as it was written: folded, its stem (0: too short to count) and how rare that is, and
    the same as a name (0: it is none).
    """

    plain: str
    stem: int
    rarity: float
    name: int
    name_rarity: float


def fold(text: str) -> str:
    """Case, accents, ligatures and typographic quotes taken away."""
    if text.isascii():
        return text.lower()
    bare = unicodedata.normalize("NFKD", text.casefold().translate(_LETTERS))
    return bare if bare.isascii() else "".join(c for c in bare if not unicodedata.combining(c))


def tokens(text: str) -> list[str]:
    """The words and numbers of a text as they are written, without elided articles."""
    has_elision = "'" in text or "’" in text
    return _TOKEN.findall(_ELISION.sub(" ", text) if has_elision else text)


def headline(report: Report) -> str:
    """The title without kicker and without the name of the publisher at its end."""
    title = _KICKER.sub("", report.title.strip()) or report.title.strip()
    suffix = _SUFFIX.search(title, max(0, len(title) - _LONGEST))
    if suffix:
        name = fold(suffix[1]).replace(" ", "")
        source = fold(report.source).replace(" ", "")
        if name in source or source in name:
            return title[: suffix.start()]
    return title


def said(report: Report) -> Said:
    """A report in numbers."""
    written = tokens(headline(report))
    more = tokens(report.text[:_TEXT])[:_TEXT_TOKENS]
    if len(more) < _FEWEST:
        more = []
    language = (report.language or "")[:2].lower() or _guessed(map(fold, written + more))
    in_title = [_word(raw, language) for raw in written]
    in_text = [_word(raw, language) for raw in more]
    own = _own_name(report.source)
    title = {word.stem: word.rarity for word in in_title if word.stem and word.plain not in own}
    everything = {word.stem: word.rarity for word in in_text if word.stem and word.plain not in own}
    # A word of the headline counts for more: the text says what else there is.
    everything.update((stem, 1.5 * weight) for stem, weight in title.items())
    title_unit, all_unit = _unit(title), _unit(everything)
    words = in_title + in_text
    names = {word.name: word.name_rarity for word in words if word.name and word.plain not in own}
    plain = tuple([word.plain for word in in_title])
    return Said(
        report=report,
        hours=report.at.timestamp() / 3600,
        language=language,
        shown=" ".join(plain),
        tokens=plain,
        capitals=frozenset(
            [p for raw, p in zip(written[1:], plain[1:], strict=True) if raw[0].isupper()]
        ),
        title=title_unit,
        all=all_unit,
        title_sum=sum(title_unit.values()),
        all_sum=sum(all_unit.values()),
        text_length=log1p(len(report.text)) if more else 0.0,
        names=names,
        names_sum=sum(names.values()),
        figures=frozenset([word.plain for word in words if word.plain[0].isdigit()]),
    )


@lru_cache(maxsize=1 << 12)
def _own_name(source: str) -> frozenset[str]:
    """The words of a source's name: a town's paper has its town in every other report."""
    return frozenset([word for word in map(fold, tokens(source)) if len(word) > 2])


@lru_cache(maxsize=1 << 17)
def _word(raw: str, language: str) -> Word:
    """News uses few words again and again, so that each is looked at once."""
    plain = fold(raw)
    stemmer = _stemmer(language)
    stem = _key(stemmer.stemWord(plain) if stemmer else plain) if len(plain) > 1 else 0
    name = _key(f"N{plain}") if raw[0].isupper() and len(plain) > 2 else 0
    return Word(plain, stem, rarity(stem), name, rarity(name) if name else 0.0)


@cache
def _stemmer(language: str) -> Stemmer.Stemmer | None:
    name = _STEMMERS.get(language)
    return Stemmer.Stemmer(name) if name else None


def _guessed(words: Iterable[str]) -> str:
    votes: dict[str, int] = {}
    for word in words:
        for language in _LANGUAGE_OF.get(word, ()):
            votes[language] = votes.get(language, 0) + 1
    return max(sorted(votes), key=votes.__getitem__, default="")


def _key(word: str) -> int:
    return crc32(word.encode())


def _unit(weights: dict[int, float]) -> dict[int, float]:
    length = sum([w * w for w in weights.values()]) ** 0.5
    return {key: w / length for key, w in weights.items()} if length else {}
