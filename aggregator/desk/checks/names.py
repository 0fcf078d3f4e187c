"""Names of people, places and bodies: where they are, and whether a source has them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from aggregator.desk.checks.number_words import number_words
from aggregator.desk.checks.numbers import measures
from aggregator.desk.checks.places import named, place_at
from aggregator.desk.checks.sources import Reading
from aggregator.desk.checks.text import Field, Token, begins_sentence
from aggregator.desk.checks.values import Advice, Evidence, Severity
from aggregator.desk.checks.vocabulary import Vocabulary
from aggregator.desk.cldr import months, scales, weekdays

_PARTICLES = {
    *("de", "du", "des", "da", "dos", "di", "del", "della", "van", "von", "der", "den", "ten"),
    *("ter", "zu", "la", "le", "of", "al", "el", "bin", "ibn", "y"),
}
_TITLES = {
    *("president", "minister", "prime", "chancellor", "king", "queen", "prince", "princess"),
    *("pope", "mayor", "lord", "lady", "sir", "mr", "mrs", "ms", "dr", "prof", "judge", "general"),
    *("premier", "m", "mme", "monsieur", "madame", "roi", "reine", "pape", "ministre", "heer"),
    *("mevrouw", "koning", "koningin", "burgemeester", "herr", "frau", "konig", "konigin"),
    *("kanzler", "rey", "reina", "papa", "re", "regina"),
}
_MOST = 200
_LONGEST = 8
"""More words with capitals in a row are somebody shouting."""


class Name(NamedTuple):
    """Words of a field that make one name; ``codes`` where languages have their own for it."""

    words: tuple[Token, ...]
    codes: frozenset[str] = frozenset()

    @property
    def key(self) -> tuple[str, ...]:
        """Its folded words."""
        return tuple(token.plain for token in self.words)


def names(field: Field, language: str) -> list[Name]:
    """The names of a field: words with a capital, but the first of a sentence, with the particles
    between them. In German, where nouns have capitals too, two such words at least.

    Places are names of their own, at the beginning of a sentence too. A headline in which most
    words have capitals says nothing of names.
    """
    if field.name == "headline" and _is_title_case(field.tokens):
        return []
    return [name for run, initial in _runs(field) for name in _divided(run, initial, language)]


def unfounded(
    field: Field, vocabulary: Vocabulary, readings: Sequence[Reading], language: str
) -> Iterator[Advice]:
    """Say which names no source has, in any spelling or language."""
    foreign = any(not reading.is_in(language) for reading in readings)
    different = {name.key: name for name in reversed(names(field, language))}
    # A brief with more names than this is none; comparing them all would take for ever.
    found = sorted(different.values(), key=lambda name: name.words[0].start)[:_MOST]
    for name in found:
        advice = _verdict(field, name, vocabulary, readings, foreign)
        if advice:
            yield advice


def _verdict(
    field: Field, name: Name, vocabulary: Vocabulary, readings: Sequence[Reading], foreign: bool
) -> Advice | None:
    if name.codes and named(name.codes, readings):
        return None
    key = name.key
    # A particle may mean "of": the mayor Luc Desmarais van Orvaux.
    pairs = [
        (one.plain, two.plain)
        for one, two in pairwise(name.words)
        if one.plain != two.plain and _touch(field.text, one, two)
    ]
    joined = {word for pair in pairs if vocabulary.together(*pair) for word in pair}
    missing = [w for w in key if w not in joined and not vocabulary.knows(w, translated=foreign)]
    shown = field.text[name.words[0].start : name.words[-1].end]
    evidence = (Evidence(field.name, name.words[0].start, name.words[-1].end),)
    if missing:
        others = [place for word in missing if (place := vocabulary.spelled(word))]
        if len(others) == len(missing):
            return _spelling(evidence[0], shown, others)
        return Advice("name", Severity.WARN, f"{shown} is in no cited source.", evidence)
    if any(not joined >= {*pair} and all(vocabulary.has(word) for word in pair) for pair in pairs):
        said = f"No cited source has the words of {shown} together: is it one name?"
        return Advice("name", Severity.ADVICE, said, evidence)
    return None


def _spelling(place: Evidence, shown: str, others: Iterable[tuple[Reading, int]]) -> Advice:
    evidence = tuple(
        reading.evidence(place.field, place.start, place.end, at, at + 1) for reading, at in others
    )
    spelled = ", ".join(one.passage for one in evidence)
    sentence = f"{shown} is spelled otherwise in the sources: {spelled}."
    return Advice("name", Severity.ADVICE, sentence, evidence)


def _runs(field: Field) -> Iterator[tuple[list[Token], bool]]:
    """Runs of words with a capital and the particles between two of them, and whether each begins
    a sentence.
    """
    run: list[Token] = []
    first = initial = False
    for at, token in enumerate(field.tokens):
        first = begins_sentence(field.text, field.tokens, at)
        capital = token.written[0].isupper()
        touches = not first and bool(run) and _touch(field.text, field.tokens[at - 1], token)
        if touches and (capital or token.plain in _PARTICLES):
            run.append(token)
            continue
        if run:
            yield _trimmed(run), initial
        run, initial = ([token], first) if capital else ([], False)
    if run:
        yield _trimmed(run), initial


def _touch(text: str, one: Token, other: Token) -> bool:
    """Whether only what joins the words of a name is between two words: "J. Dupont", "O'Neill"."""
    between = text[one.end : other.start]
    return between in {" ", "-", "'", "’", "\n", "\u00a0"} or (
        between in {". ", "."} and len(one.written) <= 2
    )


def _trimmed(run: list[Token]) -> list[Token]:
    while not run[-1].written[0].isupper():
        run = run[:-1]
    return run


def _divided(run: Sequence[Token], initial: bool, language: str) -> Iterator[Name]:
    """The names in a run: places, and what stands between places, titles, dates and measures."""
    plain = [token.plain for token in run]
    part: list[Token] = []
    at = 0
    while at < len(run):
        codes, end = place_at(run, at)
        if codes or _divides(plain[at], language):
            yield from _named(part, language)
            part = []
            if codes:
                yield Name(tuple(run[at:end]), codes)
        # The first word of a sentence has its capital anyhow.
        elif plain[at] not in _PARTICLES and not (initial and at == 0):
            part.append(run[at])
        at = max(end, at + 1)
    yield from _named(part, language)


def _divides(word: str, language: str) -> bool:
    return (
        word in _TITLES
        or word in weekdays()
        or word in months()
        or word in measures()
        or word in scales(language)
        or word in number_words(language)
    )


def _named(part: list[Token], language: str) -> Iterator[Name]:
    # In German a title, a noun like others, may stand before the name.
    least, kept = (2, part[-2:]) if language.startswith("de") else (1, part)
    if least == 2 and len(part) > 1 and part[-1].start - part[-2].end > 1:
        return  # "Fahrt von Vernay"
    if least <= len(part) <= _LONGEST and any(len(token.plain) > 1 for token in part):
        yield Name(tuple(kept))


def _is_title_case(tokens: Iterable[Token]) -> bool:
    long = [token.written[0].isupper() for token in tokens if len(token.plain) > 3]
    return sum(long) > len(long) * 0.6
