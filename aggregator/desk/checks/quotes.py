"""Quotations: where they are, and whether a source has them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from aggregator.desk.checks.sources import Reading, say
from aggregator.desk.checks.text import Field, Span, words
from aggregator.desk.checks.values import Advice, Evidence, Severity

# No quotation holds another of its own kind, which also keeps the search linear.
_QUOTATION = re.compile(
    r"„([^„“”\n]{1,1000})[“”]|“([^“”\n]{1,1000})”|”([^“”\n]{1,1000})”"
    r"|«([^«»\n]{1,1000})»|»([^«»\n]{1,1000})«|‹([^‹›\n]{1,1000})›"
    r'|"([^"\n]{1,1000})"'
    r"|(?<!\w)[‘‚]((?:[^‘‚’\n]|’(?=\w)){1,300})[’‘](?!\w)"
    r"|(?<!\w)'((?:[^'\n]|(?<=\w)'(?=\w)){1,300})'(?!\w)"
)
_CUT = re.compile(r"…|\.\.\.|\[[^\[\]]{0,200}\]|\([^()]{0,200}\)")
_TRANSLATED_LEAST = 2


class Quotation(NamedTuple):
    """What stands between quotation marks; ``span`` has the marks too."""

    span: Span
    text: str


def quotations(text: str) -> list[Quotation]:
    """The quotations of a text, between curly, angled, low or straight marks, double or single."""
    return [
        Quotation(Span(*match.span()), next(part for part in match.groups() if part is not None))
        for match in _QUOTATION.finditer(text)
    ]


def unfounded(field: Field, readings: Sequence[Reading], language: str) -> Iterator[Advice]:
    """Say which quotations no source has word for word (cuts and marks aside).

    Sources in other languages cannot have them: then it is a translation, to be looked at.
    """
    own = [reading for reading in readings if reading.is_in(language)]
    foreign = len(own) < len(readings)
    for quotation in quotations(field.text):
        parts = [" ".join(words(part)) for part in _CUT.split(quotation.text)]
        if all(say(readings, part) for part in parts if part):
            continue
        length = sum(len(part.split()) for part in parts)
        if foreign and length < _TRANSLATED_LEAST:
            continue  # a word in quotation marks is a manner of speaking
        shown = f"“{quotation.text.strip()[:80]}”"
        sentence = (
            f"{shown} is a translated quotation: check it."
            if foreign
            else f"{shown} is in no cited source in these words. Quote exactly, or do not quote."
        )
        severity = Severity.ADVICE if foreign else Severity.WARN
        yield Advice("quotation", severity, sentence, (Evidence(field.name, *quotation.span),))
