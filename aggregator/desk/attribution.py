"""Saying whom a brief owes what it says (pure)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from aggregator.domain import Wording

_SIGN = re.compile(r"^\s*(?:©|\(c\)|copyright\b)[\s:]*", re.IGNORECASE)
_NAME = re.compile(r"[^\W\d_]+")
_MOST_INITIALS = 4


class Words(NamedTuple):
    """What a language calls the parts of a closing line and of a credit in a feed."""

    source: str
    sources: str
    picture: str
    colon: str
    by: str
    also: str
    according: str


_NBSP = "\u00a0"
_WORDS = {
    "en": Words("Source", "Sources", "Picture", ": ", "From", "also", "According to"),
    # A French colon has a blank before it, which must not begin a line.
    "fr": Words("Source", "Sources", "Photo", f"{_NBSP}: ", "D’après", "aussi", "Selon"),
    "nl": Words("Bron", "Bronnen", "Foto", ": ", "Uit", "ook", "Volgens"),
    "de": Words("Quelle", "Quellen", "Foto", ": ", "Aus", "auch", "Laut"),
    "es": Words("Fuente", "Fuentes", "Foto", ": ", "De", "también", "Según"),
    "it": Words("Fonte", "Fonti", "Foto", ": ", "Da", "anche", "Secondo"),
}


def words_of(language: str) -> Words:
    """The words of a language tag such as ``fr-BE``; English ones where we have none."""
    return _WORDS.get(language[:2].lower(), _WORDS["en"])


def labels() -> frozenset[str]:
    """What "Source" is called in a closing line, in every language and number, in lower case."""
    return frozenset(label.lower() for words in _WORDS.values() for label in words[:2])


def closing_line(wording: Wording) -> str:
    """The line that ends a brief, from its own citations, byline and picture:
    "(QG - Source: Le Monde - Picture: © Unsplash)".

    Each source is named once, in the order of the citations. A part for which there is nothing is
    left out, and "" is the answer if all are.
    """
    words = words_of(wording.language)
    sources = once(citation.source for citation in wording.citations)
    credit = _credit(wording.picture.credit) if wording.picture else ""
    label = words.source if len(sources) == 1 else words.sources
    parts = [
        wording.byline.strip(),
        f"{label}{words.colon}{', '.join(sources)}" if sources else "",
        f"{words.picture}{words.colon}{credit}" if credit else "",
    ]
    line = " - ".join(part for part in parts if part)
    return f"({line})" if line else ""


def credit_line(sources: Iterable[str], language: str) -> str:
    """Whom a feed names under a brief: "From Le Monde, also RTL, VRT"; "" for nobody."""
    words, (first, *others) = words_of(language), once(sources) or [""]
    if not first:
        return ""
    return f"{words.by} {first}" + (f", {words.also} {', '.join(others)}" if others else "")


def initials(name: str) -> str:
    """The initials of a name: "Quentin Gérard" → "QG", "Anne-Marie de Wit" → "AMW".

    Particles, which are written small, have none. What has no small letter is taken for initials.
    """
    parts: list[str] = _NAME.findall(name)
    if len(parts) == 1 and parts[0].isupper() and len(parts[0]) <= _MOST_INITIALS:
        return parts[0]
    large = [part for part in parts if part[0].isupper()] or parts
    return "".join(part[0].upper() for part in large[:_MOST_INITIALS])


def once(names: Iterable[str]) -> list[str]:
    """Names without white space around them, without empty ones and without doubles."""
    seen: dict[str, str] = {}
    for name in names:
        plain = " ".join(name.split())
        if plain:
            seen.setdefault(plain.casefold(), plain)
    return list(seen.values())


def _credit(credit: str | None) -> str:
    """A picture's credit with one © before it."""
    owner = " ".join(_SIGN.sub("", credit or "").split())
    return f"© {owner}" if owner else ""
