"""Whether the text itself says where it comes from, and where it does."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from aggregator.desk.attribution import labels, once, words_of
from aggregator.desk.checks.text import Field, Span, Token, paragraphs, words
from aggregator.desk.checks.values import Advice, Severity

_SUFFIX = re.compile(
    r"\s+[-–—|:]\s.*|\.(?:com|org|net|eu|be|fr|nl|de|uk|es|it|ch|lu)\b.*", re.DOTALL
)
_STOP = re.compile(r"[.,;:!?\n]")
_ATTRIBUTING = {"according", "selon", "apres", "volgens", "laut", "nach", "segun", "secondo"}
_REACH = 6
"""So many words stand between "according" and the name: "to the French daily newspaper"."""


def missing(body: Field, sources: Sequence[str], language: str) -> list[Advice]:
    """Say if the body names none of the cited sources; the closing line does not count."""
    known = once(sources)
    shown = body.without(closing(body))
    if not known or not shown.tokens or attributions(shown, known):
        return []
    example = f"{words_of(language).according} {spoken(known[0])}, …"
    sentence = f"The text names none of its sources. Say whose story it is: “{example}”"
    return [Advice("attribution", Severity.WARN, sentence)]


def attributions(body: Field, sources: Iterable[str]) -> list[Span]:
    """Where the body names a source, from the "according to" before it on."""
    names = {tuple(words(name)) for source in sources for name in (source, spoken(source))}
    plain = body.words
    by_first: dict[str, list[tuple[str, ...]]] = {}
    for name in sorted(names - {()}, key=len, reverse=True):
        by_first.setdefault(name[0], []).append(name)
    return [
        Span(_beginning(body, at).start, body.tokens[at + len(name) - 1].end)
        for at, word in enumerate(plain)
        for name in by_first.get(word, ())
        if tuple(plain[at : at + len(name)]) == name
    ]


def closing(body: Field) -> list[Span]:
    """Where the body has a closing line of its own: a last paragraph such as "(QG - Source: …)"."""
    found = paragraphs(body.text)
    if not found:
        return []
    last = body.text[found[-1].start : found[-1].end].strip()
    is_closing = last.startswith("(") and not labels().isdisjoint(words(last))
    return [found[-1]] if is_closing else []


def spoken(source: str) -> str:
    """A source's name as people say it: without the ".fr" and without what a feed adds to it."""
    return _SUFFIX.sub("", source).strip() or source


def _beginning(body: Field, at: int) -> Token:
    """The first word of the attribution that names a source at a word: that "according" after
    which nothing stops.
    """
    for n in range(at - 1, max(-1, at - 1 - _REACH), -1):
        if _STOP.search(body.text[body.tokens[n].end : body.tokens[n + 1].start][:_REACH]):
            break
        if body.tokens[n].plain in _ATTRIBUTING:
            return body.tokens[n]
    return body.tokens[at]
