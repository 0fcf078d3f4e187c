"""Whether two reports are one text (pure)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from functools import cache
from importlib.resources import files
from math import log1p
from typing import Any, Final

import numpy as np
from rapidfuzz.fuzz import token_set_ratio

from aggregator.stories.pairs import Model
from aggregator.stories.verbatim import Verbatim

FEATURES = (
    "words", "title", "slug", "within", "names", "text", "text_fuzzy", "text_length", "hours",
)  # fmt: skip
"""What is compared, in the order of :func:`compare`."""

COPY: Final = 0.5
"""The probability from which two reports are taken for one text."""

LITTLE: Final = 0.1
"""Who shares less of the words' rarity is no copy, whatever else agrees."""

_SHORT: Final = 4
"""A headline of fewer words is no evidence: many are called "Editorial"."""

_SEEN, _ALIKE, _SAME = 0.25, 0.6, 0.9
_ENOUGH: Final = 8
"""Words that a summary needs to be evidence by itself."""

_UNKNOWN: Final = 1.0
"""Hours between two reports of which one has no date, at the least."""

_SAME_SOURCE_WITHIN: Final = timedelta(hours=12)


def shared(one: Verbatim, other: Verbatim) -> float:
    """How much of the words' rarity two reports have in common, 0 to 1."""
    common = sum(map(one.words.__getitem__, one.words.keys() & other.words.keys()))
    return common / (one.weight + other.weight - common) if common else 0.0


def compare(one: Verbatim, other: Verbatim) -> tuple[float, ...]:
    """The features of a pair: ``FEATURES``, each 0 to 1 but the last two; a summary of a few words
    counts as none.
    """
    hours = abs((one.report.at - other.report.at).total_seconds()) / 3600
    if not (one.report.is_dated and other.report.is_dated):
        # Sources seldom publish in the same second, but we may see them so: that says nothing.
        hours = max(hours, _UNKNOWN)
    has_texts = min(len(one.text), len(other.text)) >= _ENOUGH
    return (
        shared(one, other),
        _jaccard(one.letters, other.letters),
        _slug(one, other),
        max(_within(one, other), _within(other, one)),
        _jaccard(one.names, other.names),
        _text(one, other),
        token_set_ratio(one.prose, other.prose) / 100 if has_texts else 0.0,
        max(len(one.text), len(other.text)),
        log1p(hours),
    )


def certain(one: Verbatim, other: Verbatim) -> str | None:
    """The rule by which two reports are one text without a score, if there is one.

    ``address``: two sources carry it under one path, as the sites of a chain do, whatever headline
    each has by now. ``repeated``: one source brings it twice within hours.
    """
    if _of_one_source(one, other):
        return "repeated" if _is_repeated(one, other) else None
    return "address" if one.path and one.path == other.path else None


def possible(one: Verbatim, other: Verbatim) -> bool:
    """Whether a score may decide: not within one source, where series and templates look like
    copies; a short headline and numbers that differ are outweighed by a summary only; and a quarter
    of the headline, of that in the address or of the summary has to show it.
    """
    if _of_one_source(one, other):
        return False
    text = _text(one, other)
    if text >= _SAME:
        return True
    if min(len(one.title), len(other.title)) < _SHORT:
        return False
    if text < _ALIKE and _differ(one.figures, other.figures):
        return False
    if max(text, _jaccard(one.letters, other.letters)) >= _SEEN:
        return True
    return _slug(one, other) >= _SEEN


@cache
def model() -> Model:
    """The learned score (``benchmarks/train_copies.py``) of pairs of different sources."""
    with files(__package__).joinpath("copies.npz").open("rb") as file:
        return Model(dict(np.load(file)), "copies")


def _is_repeated(one: Verbatim, other: Verbatim) -> bool:
    """Whether a source brings a text again: its series and templates look much the same."""
    if abs(one.report.at - other.report.at) >= _SAME_SOURCE_WITHIN:
        return False
    if one.title == other.title and len(one.title) >= _SHORT:
        return True
    return (
        _jaccard(one.letters, other.letters) >= _ALIKE
        and _text(one, other) >= _SAME
        and not (set(one.title) ^ set(other.title)) & (one.marks | other.marks)
    )


def _of_one_source(one: Verbatim, other: Verbatim) -> bool:
    return bool(one.report.source) and one.report.source == other.report.source


def _text(one: Verbatim, other: Verbatim) -> float:
    """How much of the shorter summary stands in the other, 0 where it is too short to tell."""
    if min(len(one.text), len(other.text)) < _ENOUGH:
        return 0.0
    return _contained(one.runs, other.runs)


def _slug(one: Verbatim, other: Verbatim) -> float:
    """How alike the headlines are if either or both are those in the addresses."""
    if not (one.slug or other.slug):
        return 0.0
    return max(
        _jaccard(one.slug, other.letters),
        _jaccard(one.letters, other.slug),
        _jaccard(one.slug, other.slug),
    )


def _differ(one: Collection[str], other: Collection[str]) -> bool:
    return bool(one and other) and set(one) != set(other)


def _within(one: Verbatim, other: Verbatim) -> float:
    """How much of a headline stands in the other report."""
    words = one.title_words
    total = sum(words.values())
    found = sum(map(words.__getitem__, words.keys() & other.words.keys()))
    return found / total if total else 0.0


def _jaccard(one: frozenset[Any], other: frozenset[Any]) -> float:
    common = len(one & other)
    return common / (len(one) + len(other) - common) if common else 0.0


def _contained(one: frozenset[Any], other: frozenset[Any]) -> float:
    """The share of the smaller set that is in the other (Broder's containment)."""
    fewest = min(len(one), len(other))
    return len(one & other) / fewest if fewest else 0.0
