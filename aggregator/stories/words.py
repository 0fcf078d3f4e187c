"""What a report says, as numbers: stems, names and figures with their weights (pure)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, pairwise, repeat
from math import log1p
from typing import Any, NamedTuple
from zlib import crc32

import numpy as np
import Stemmer

from aggregator.domain import Report
from aggregator.stories.background import rarity

Array = np.ndarray[Any, Any]

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

_TITLE = 1.5
"""A word of the headline counts for more: the text says what else there is."""

_OWN = 0.5
"""A word of its source's name counts for less: a town's paper has its town in every report."""

_KEY_BITS = 32

_KNOWN_WORDS = 1 << 16
"""So many words of each language are remembered."""

ALL, TITLE, NAME, FIGURE = range(4)
"""The columns of ``Said.weights``: the weight of a word in the whole report and in its headline,
how rare it is as a name, and whether it is a number.
"""


class Measures(NamedTuple):
    """What one report brings to a comparison: hours since 1970; a logarithm of its text's length;
    its language as a number; how many words it has, what their weights add up to, in all and in
    the headline; the same of its names; how many numbers it has.
    """

    hours: float
    text_length: float
    language: int
    words: int
    all_sum: float
    title_sum: float
    names_sum: float
    figures: int


@dataclass(frozen=True, slots=True, eq=False)
class Said:
    """A report in numbers. Words are known by the CRC-32 of their form; weights are how rare they
    are. ``all`` has length 1 (cosine). ``keys`` are those of the words, names and numbers, in
    order, and ``weights`` has a row for each (float32, with the columns above). ``shown`` is the
    folded headline, ``capitals`` its words with a capital but the first.
    """

    report: Report
    hours: float
    language: str
    shown: str
    tokens: tuple[str, ...]
    capitals: frozenset[str]
    all: dict[int, float]
    keys: Array
    weights: Array
    measures: Measures


class Word(NamedTuple):
    """A word as it was written: folded, its stem (0: too short to count) and how rare that is, the
    same as a name (0: it is none), its key as a number (0: it is none), whether it has a capital.
    """

    plain: str
    stem: int
    rarity: float
    name: int
    name_rarity: float
    figure: int
    capital: bool


def fold(text: str) -> str:
    """Case, accents, ligatures and typographic quotes taken away."""
    if text.isascii():
        return text.lower()
    bare = unicodedata.normalize("NFKD", text.casefold().translate(_LETTERS))
    return bare if bare.isascii() else "".join([c for c in bare if not unicodedata.combining(c)])


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
    return told([report])[0]


def told(reports: Sequence[Report]) -> list[Said]:
    """Reports in numbers: many at once are faster."""
    read = [_read(report) for report in reports]
    tables = _tables([each.words for each in read])
    return [
        Said(one.report, one.measures.hours, one.language, " ".join(one.tokens), one.tokens,
             one.capitals, one.words.all, keys, weights, one.measures)
        for one, (keys, weights) in zip(read, tables, strict=True)
    ]  # fmt: skip


class _Words(NamedTuple):
    """The weights of a report's words, in all and in its headline, its names and its numbers."""

    all: dict[int, float]
    title: dict[int, float]
    names: dict[int, float]
    figures: set[int]


class _Read(NamedTuple):
    """A report before its table is made."""

    report: Report
    language: str
    tokens: tuple[str, ...]
    capitals: frozenset[str]
    words: _Words
    measures: Measures


def _read(report: Report) -> _Read:
    written = tokens(headline(report))
    more = tokens(report.text[:_TEXT])[:_TEXT_TOKENS]
    if len(more) < _FEWEST:
        more = []
    language = (report.language or "")[:2].lower() or _guessed(map(fold, written + more))
    known = _known_words(language).__getitem__
    in_title = [*map(known, written)]
    words = _together(in_title, [*map(known, more)], _own_name(report.source, language))
    return _Read(
        report,
        language,
        tuple([word.plain for word in in_title]),
        frozenset([word.plain for word in in_title[1:] if word.capital]),
        words,
        Measures(
            report.at.timestamp() / 3600,
            log1p(len(report.text)) if more else 0.0,
            _key(language),
            len(words.all),
            sum(words.all.values()),
            sum(words.title.values()),
            sum(words.names.values()),
            len(words.figures),
        ),
    )


def _together(
    in_title: Sequence[Word], in_text: Sequence[Word], own: tuple[frozenset[int], frozenset[int]]
) -> _Words:
    """What the words of headline and summary weigh, those of the source's own name aside."""
    title, names, figures = _weighed(in_title)
    everything, more_names, more_figures = _weighed(in_text)
    names |= more_names
    figures |= more_figures
    own_stems, own_names = own
    for name in own_names:
        names.pop(name, None)
    everything.update([(stem, _TITLE * weight) for stem, weight in title.items()])
    for words in (everything, title):
        for stem in own_stems & words.keys():
            words[stem] *= _OWN
    return _Words(_unit(everything), _unit(title), names, figures)


def _tables(reports: Sequence[_Words]) -> list[tuple[Array, Array]]:
    """For each report its keys, in order, and what is to be known of each."""
    short = [[key for key in one.figures if key not in one.all] for one in reports]
    keys: list[int] = []
    is_figure: list[bool] = []
    for one, more in zip(reports, short, strict=True):
        own = [*one.all, *one.names, *more]
        keys += own
        is_figure += map(one.figures.__contains__, own) if one.figures else [False] * len(own)
    counts = np.array(
        [(len(a.all), len(a.names), len(more)) for a, more in zip(reports, short, strict=True)],
        dtype=np.intp,
    ).reshape(-1, 3)
    column = np.repeat(np.tile([ALL, NAME, FIGURE], len(reports)), counts.ravel())
    sizes = counts.sum(axis=1)
    weights = np.zeros((len(keys), 4), dtype=np.float32)
    weights[column == ALL, ALL] = [*chain.from_iterable([one.all.values() for one in reports])]
    weights[column == ALL, TITLE] = [
        *chain.from_iterable([map(one.title.get, one.all, repeat(0.0)) for one in reports])
    ]
    weights[column == NAME, NAME] = [*chain.from_iterable([one.names.values() for one in reports])]
    weights[:, FIGURE] = is_figure
    place = np.repeat(np.arange(len(reports)), sizes)
    array = np.array(keys, dtype=np.int64)
    order = (place << _KEY_BITS | array).argsort()
    array, weights = array[order].astype(np.uint32), weights[order]
    edges = [0, *np.cumsum(sizes).tolist()]
    return [(array[start:end], weights[start:end]) for start, end in pairwise(edges)]


def _weighed(words: Iterable[Word]) -> tuple[dict[int, float], dict[int, float], set[int]]:
    """The stems and the names among words, with how rare they are, and the numbers."""
    stems: dict[int, float] = {}
    names: dict[int, float] = {}
    figures: set[int] = set()
    for _, stem, rare, name, rare_name, figure, _ in words:
        if stem:
            stems[stem] = rare
        if name:
            names[name] = rare_name
        if figure:
            figures.add(figure)
    return stems, names, figures


@lru_cache(maxsize=1 << 12)
def _own_name(source: str, language: str) -> tuple[frozenset[int], frozenset[int]]:
    """The words of a source's name, as stems of that language and as names; those are no sign at
    all that two tell the same.
    """
    words = [_known_words(language)[word] for word in tokens(source) if len(word) > 2]
    return (
        frozenset([word.stem for word in words]),
        frozenset([_name(word.plain) for word in words]),
    )


class _Known(dict[str, Word]):
    """Words of one language as they are written. News uses few again and again, so that each is
    looked at once.
    """

    def __init__(self, language: str) -> None:
        super().__init__()
        self._stemmer = _stemmer(language)

    def __missing__(self, raw: str) -> Word:
        if len(self) >= _KNOWN_WORDS:
            self.clear()
        word = self[raw] = self._looked_at(raw)
        return word

    def _looked_at(self, raw: str) -> Word:
        plain, capital = fold(raw), raw[0].isupper()
        stem = 0
        if len(plain) > 1:
            stem = _key(self._stemmer.stemWord(plain) if self._stemmer else plain)
        name = _name(plain) if capital and len(plain) > 2 else 0
        figure = _key(plain) if plain[0].isdigit() else 0
        rare_name = rarity(name) if name else 0.0
        return Word(plain, stem, rarity(stem), name, rare_name, figure, capital)


@lru_cache(maxsize=64)
def _known_words(language: str) -> _Known:
    return _Known(language)


def _stemmer(language: str) -> Stemmer.Stemmer | None:
    name = _STEMMERS.get(language)
    # What it found is remembered here, so that it need not be there as well.
    return Stemmer.Stemmer(name, 0) if name else None


def _guessed(words: Iterable[str]) -> str:
    votes: dict[str, int] = {}
    for word in words:
        for language in _LANGUAGE_OF.get(word, ()):
            votes[language] = votes.get(language, 0) + 1
    return max(sorted(votes), key=votes.__getitem__, default="")


def _name(plain: str) -> int:
    return _key(f"N{plain}")


def _key(word: str) -> int:
    return crc32(word.encode())


def _unit(weights: dict[int, float]) -> dict[int, float]:
    length = sum([w * w for w in weights.values()]) ** 0.5
    return {key: w / length for key, w in weights.items()} if length else {}
