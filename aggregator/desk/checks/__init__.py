"""Checks while writing: advice with its evidence, which blocks nothing (pure).

``overlap`` what is copied · ``facts`` numbers and dates, ``names``, ``quotes`` that no cited source
has · ``credit`` whether the text names a source · ``shape`` and ``readability`` lengths and ease ·
``published`` what is out already · ``numbers``, ``number_words``, ``dates``, ``places`` how
languages write them · ``vocabulary``, ``sources`` and ``text`` what is read · ``values`` what is
given and said.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from aggregator.desk.checks import credit, names, quotes
from aggregator.desk.checks.facts import Said, drift
from aggregator.desk.checks.overlap import copied
from aggregator.desk.checks.published import repeated
from aggregator.desk.checks.shape import shape
from aggregator.desk.checks.sources import Reading, read
from aggregator.desk.checks.text import Field, field, unmarked
from aggregator.desk.checks.values import Advice, Evidence, Limits, Published, Severity, SourceText
from aggregator.desk.checks.vocabulary import Vocabulary
from aggregator.domain import Wording

__all__ = ["Advice", "Evidence", "Limits", "Published", "Severity", "SourceText", "check"]

_DEFAULTS = Limits()
_SHOWN = 20
"""Of each check: nobody reads more."""


def check(
    wording: Wording,
    sources: Sequence[SourceText],
    recent: Iterable[Published] = (),
    limits: Limits = _DEFAULTS,
) -> tuple[Advice, ...]:
    """Read a brief against the items that it cites and the briefs that are out.

    Returns what an editor should look at, by check and then by place; nothing for a brief without
    a body. Places are those in ``wording.headline`` and ``wording.body`` as they were typed.
    """
    body = field("body", unmarked(wording.body))
    if not body.tokens:
        return ()
    headline = field("headline", wording.headline)
    credited = [source.source for source in sources] + [c.source for c in wording.citations]
    text = body.without(credit.closing(body))
    # What a text says of its sources is no fact of theirs.
    told = text.without(credit.attributions(text, credited))
    readings, language = read(sources), wording.language
    found = [
        _copies(told, readings, language, limits),
        *(_drift(headline, text, told, readings, language) if readings else ()),
        credit.missing(body, credited, language),
        shape(headline, text, language, limits),
        repeated(headline, told, language, recent, limits),
    ]
    return tuple(advice for said in found for advice in islice(said, _SHOWN))


def _copies(
    body: Field, readings: Sequence[Reading], language: str, limits: Limits
) -> list[Advice]:
    own = [reading for reading in readings if reading.is_in(language)]
    unquoted = body.without(quotation.span for quotation in quotes.quotations(body.text))
    return copied(unquoted, own, limits)


def _drift(
    headline: Field, text: Field, told: Field, readings: Sequence[Reading], language: str
) -> Iterator[Iterable[Advice]]:
    said, vocabulary = Said(readings), Vocabulary(readings)
    for one in (headline, told):
        yield drift(one, said, language)
        yield names.unfounded(one, vocabulary, readings, language)
    for one in (headline, text):
        yield quotes.unfounded(one, readings, language)
