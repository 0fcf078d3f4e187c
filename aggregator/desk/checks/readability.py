"""How easily a text reads, from the lengths of its words and sentences."""

from __future__ import annotations

import re
from typing import NamedTuple

from aggregator.desk.checks.text import paragraphs

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_STOP = re.compile(r"[.!?…]+(?:[\"'”’»)]*)(?=\s|$)")
_NUCLEUS = {
    "en": re.compile(r"[aeiouy]+"),
    "fr": re.compile(r"[aeiouyàâäéèêëîïôöùûüÿœæ]+"),
    "nl": re.compile(r"[aeiouyáéíóúàèëïöü]+"),
    "de": re.compile(r"aa|ee|oo|ie|ei|ai|au|äu|eu|[aeiouyäöü]"),
}
_SILENT = {
    "en": re.compile(r"[^aeiouyl]es?$|[^aeiouydt]ed$"),
    "fr": re.compile(r"[^aeiouyàâéèêîôùû](?:e|es|ent)$"),
}
_LEAST_WORDS = 30
"""Of less text the figure says nothing."""


class Formula(NamedTuple):
    """``base`` less ``sentence`` times the words per sentence and ``word`` times the syllables per
    word.
    """

    base: float
    sentence: float
    word: float


_FORMULAS = {
    "en": Formula(206.835, 1.015, 84.6),  # Flesch, "A new readability yardstick", 1948
    "fr": Formula(207.0, 1.015, 73.6),  # Kandel and Moles, 1958
    "nl": Formula(206.84, 0.93, 77.0),  # Douma, 1960
    "de": Formula(180.0, 1.0, 58.5),  # Amstad, 1978
}


def ease(text: str, language: str) -> float | None:
    """Reading ease on Flesch's scale, from about 0 (hard) to 100 (easy).

    None for a language that has no formula here, or for too short a text.
    """
    formula = _FORMULAS.get(language[:2].lower())
    found = _WORD.findall(text)
    if formula is None or len(found) < _LEAST_WORDS:
        return None
    spoken = sum(syllables(word, language) for word in found)
    per_sentence = len(found) / max(len(sentences(text)), 1)
    return formula.base - formula.sentence * per_sentence - formula.word * spoken / len(found)


def syllables(word: str, language: str) -> int:
    """How many syllables a word has, about: one for each group of vowels (in German: for each
    vowel or diphthong), but none for a silent e at its end in English and French; one at least.
    """
    own, plain = language[:2].lower(), word.lower()
    groups = len(_NUCLEUS.get(own, _NUCLEUS["en"]).findall(plain))
    silent = _SILENT.get(own)
    return max(1, groups - bool(silent and silent.search(plain[-5:])))


def sentences(text: str) -> list[tuple[int, int]]:
    """Where the sentences of a text are: what stops and the ends of paragraphs divide."""
    found = []
    for start, end in paragraphs(text):
        begin = start
        for stop in [m.end() for m in _STOP.finditer(text, start, end)] + [end]:
            if _WORD.search(text, begin, stop):
                found.append((begin, stop))
            begin = stop
    return found
