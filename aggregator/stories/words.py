"""What a report says, as numbers: stems, names and figures with their weights (pure)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
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
    for _word in _words.split():
        _LANGUAGE_OF.setdefault(_word, []).append(_language)

_TOKEN = re.compile(r"[^\W\d_]+|\d+(?:[.,:]\d+)*")
_ELISION = re.compile(r"\b(?:[cdjlmnst]|qu|jusqu|lorsqu|puisqu)['’]|['’]s\b", re.IGNORECASE)
_SUFFIX = re.compile(r"\s+[-–—|]\s+([^-–—|]{2,40})$")
_KICKER = re.compile(
    r"^(?:en direct|direct|live|vidéo|video|exclusif|exclusive|breaking|update|opinion|watch)"
    r"\s*[-–—:|.]\s*",
    re.IGNORECASE,
)
_LETTERS = str.maketrans({"œ": "oe", "æ": "ae", "ø": "o", "ß": "ss", "ł": "l", "đ": "d", "’": "'"})
_TEXT_TOKENS = 80
"""So many words of a summary count: what comes later is background."""


@dataclass(frozen=True, slots=True)
class Said:
    """A report in numbers. Words are known by the CRC-32 of their form; weights are how rare they
    are. ``title`` and ``all`` are of length 1 (cosine), their weights add up to the sums; ``shown``
    is the folded headline, ``capitals`` its words with a capital but the first.
    """

    report: Report
    language: str
    shown: str
    tokens: tuple[str, ...]
    capitals: frozenset[str]
    title: dict[int, float]
    all: dict[int, float]
    title_sum: float
    all_sum: float
    names: dict[int, float]
    figures: frozenset[str]


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
    suffix = _SUFFIX.search(title)
    if suffix:
        name = fold(suffix[1]).replace(" ", "")
        source = fold(report.source).replace(" ", "")
        if name in source or source in name:
            return title[: suffix.start()]
    return title


def said(report: Report) -> Said:
    """A report in numbers."""
    title = headline(report)
    written = tokens(title)
    more = tokens(report.text[:900])[:_TEXT_TOKENS]
    folded, folded_more = [fold(w) for w in written], [fold(w) for w in more]
    language = (report.language or "")[:2].lower() or _guessed(folded + folded_more)
    stems = _stems(folded, language)
    title_weights = {stem: rarity(stem) for stem in stems}
    # A word of the headline counts twice: the text says what else there is.
    all_weights = {stem: rarity(stem) for stem in _stems(folded_more, language)}
    for stem, weight in title_weights.items():
        all_weights[stem] = 1.5 * weight
    names = {
        key: rarity(key)
        for raw, plain in zip(written + more, folded + folded_more, strict=True)
        if raw[0].isupper() and len(plain) > 2
        for key in [_key(f"N{plain}")]
    }
    title_unit, all_unit = _unit(title_weights), _unit(all_weights)
    return Said(
        report=report,
        language=language,
        shown=" ".join(folded),
        tokens=tuple(folded),
        capitals=frozenset(
            p for w, p in zip(written[1:], folded[1:], strict=True) if w[0].isupper()
        ),
        title=title_unit,
        all=all_unit,
        title_sum=sum(title_unit.values()),
        all_sum=sum(all_unit.values()),
        names=names,
        figures=frozenset(w for w in folded + folded_more if w[0].isdigit()),
    )


def _stems(words: list[str], language: str) -> list[int]:
    stemmer = _stemmer(language)
    kept = [w for w in words if len(w) > 1]
    return [_key(stem) for stem in (stemmer.stemWords(kept) if stemmer else kept)]


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
    length = sum(w * w for w in weights.values()) ** 0.5
    return {key: w / length for key, w in weights.items()} if length else {}
