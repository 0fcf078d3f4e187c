"""How much two reports look as if they told of one event (pure)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from math import log1p
from typing import Any

import numpy as np

from aggregator.stories.words import Said

FEATURES = (
    "all", "title", "contained", "across", "names", "name_share", "figures", "figures_differ",
    "hours", "same_language", "text_length", "meaning",
)  # fmt: skip
"""What is compared, in the order of :func:`compare`; the last needs an encoder."""

Array = np.ndarray[Any, Any]


_SOON, _WEEK = 6.0, 7.0 * 24
"""Hours: who reports within the first is as soon as can be, who does after the other is as late."""

_FAMOUS = 4.0
"""Names that are less rare stand in everything that is told these weeks."""

_UNIT = 1 << 20


def compare(one: Said, other: Said, meaning: float) -> tuple[float, ...]:
    """The features of a pair: ``FEATURES``. ``meaning`` is the cosine of what an encoder says of
    them, 0 without one.
    """
    small, large = (one, other) if len(one.all) < len(other.all) else (other, one)
    mine, theirs, ours, others = small.all, large.all, one.title, other.title
    shared = [key for key in mine if key in theirs]
    in_ours = [ours[key] for key in shared if key in ours]
    in_others = [others[key] for key in shared if key in others]
    names = [one.names[key] for key in one.names if key in other.names]
    figures = len(one.figures & other.figures)
    hours = abs(one.hours - other.hours)
    return (
        sum([mine[key] * theirs[key] for key in shared]),
        sum([ours[key] * others[key] for key in shared if key in ours and key in others]),
        sum([mine[key] for key in shared]) / small.all_sum if shared else 0.0,
        max(_share(in_ours, one.title_sum), _share(in_others, other.title_sum)),
        min(sum([max(rarity - _FAMOUS, 0.0) for rarity in names]), 60.0),
        _share(names, min(one.names_sum, other.names_sum)),
        min(figures, 3),
        1.0 if not figures and one.figures and other.figures else 0.0,
        log1p(min(max(hours, _SOON), _WEEK)),
        1.0 if one.language == other.language else 0.0,
        min(one.text_length, other.text_length),
        meaning,
    )


def _share(found: list[float], whole: float) -> float:
    return sum(found) / whole if found else 0.0


class Model:
    """A small forest of boosted trees (Friedman 2001): features of pairs → probabilities.

    Each tree asks three questions: one, then one of two, then one of four.
    """

    def __init__(self, data: Mapping[str, Any], name: str) -> None:
        self._feature: Array = data[f"{name}_feature"]
        self._threshold: Array = data[f"{name}_threshold"][:, :, None]
        # Whole numbers, so that sums are the same in whatever order they are made.
        self._value: Array = np.rint(data[f"{name}_value"] * _UNIT).astype(np.int64)
        self._base = round(float(data[f"{name}_base"]) * _UNIT)

    def score(self, pairs: Array) -> Array:
        """The probability that each pair tells of one event, to four places; one row of features a
        pair.
        """
        yes = pairs.T[self._feature] > self._threshold
        first = yes[:, 0]
        second = np.where(first, yes[:, 2], yes[:, 1])
        right = np.where(second, yes[:, 6], yes[:, 5])
        third = np.where(first, right, np.where(second, yes[:, 4], yes[:, 3]))
        leaf = 4 * first.astype(np.intp) + 2 * second + third
        total = np.take_along_axis(self._value, leaf, axis=1).sum(axis=0) + self._base
        return np.asarray(1 / (1 + np.exp(-total / _UNIT))).round(4)


@cache
def model(*, meaning: bool) -> Model:
    """The model for pairs with or without what an encoder says of them."""
    with files(__package__).joinpath("pairs.npz").open("rb") as file:
        return Model(dict(np.load(file)), "encoded" if meaning else "lexical")
