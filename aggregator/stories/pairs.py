"""How much two reports look as if they told of one event (pure)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from itertools import chain
from typing import Any

import numpy as np

from aggregator.stories.words import ALL, FIGURE, NAME, TITLE, Measures, Said

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

_NAMES = 60.0
"""More names than have so much rarity together say no more."""

_KEY_BITS = 32
_UNIT = 1 << 20


def compare(pairs: Sequence[tuple[Said, Said]], meaning: Sequence[float]) -> Array:
    """The features of each pair, a row of ``FEATURES`` (float32). ``meaning`` is the cosine of what
    an encoder says of the two, 0 without one.
    """
    ours, theirs = _measures([one for one, _ in pairs]), _measures([other for _, other in pairs])
    pair, mine, other = _common(pairs)

    def total(weights: Array) -> Array:
        return np.bincount(pair, weights, minlength=len(pairs))

    fewer = ours.words < theirs.words
    by_fewer = np.where(fewer[pair], mine[:, ALL], other[:, ALL])
    in_title = [
        total(weights * (rest[:, ALL] > 0))
        for weights, rest in ((mine[:, TITLE], other), (other[:, TITLE], mine))
    ]
    names = np.minimum(mine[:, NAME], other[:, NAME])
    figures = total(mine[:, FIGURE] * other[:, FIGURE])
    hours = np.abs(ours.hours - theirs.hours)
    return np.array(
        [
            total(mine[:, ALL] * other[:, ALL]),
            total(mine[:, TITLE] * other[:, TITLE]),
            _share(total(by_fewer), np.where(fewer, ours.all_sum, theirs.all_sum)),
            np.maximum(_share(in_title[0], ours.title_sum), _share(in_title[1], theirs.title_sum)),
            np.minimum(total(np.maximum(names - _FAMOUS, 0.0)), _NAMES),
            _share(total(names), np.minimum(ours.names_sum, theirs.names_sum)),
            np.minimum(figures, 3),
            (figures == 0) & (ours.figures > 0) & (theirs.figures > 0),
            np.log1p(np.clip(hours, _SOON, _WEEK)),
            ours.language == theirs.language,
            np.minimum(ours.text_length, theirs.text_length),
            meaning,
        ],
        dtype=np.float32,
    ).T


def _measures(reports: Sequence[Said]) -> Any:
    """The measures of some reports: each name stands for a column of them."""
    measures = chain.from_iterable([one.measures for one in reports])
    return Measures(*np.fromiter(measures, np.float64).reshape(len(reports), -1).T)


def _common(pairs: Sequence[tuple[Said, Said]]) -> tuple[Array, Array, Array]:
    """The keys that the two of a pair share: the number of the pair, and the weights in either."""
    mine, my_weights = _keys([one for one, _ in pairs])
    theirs, their_weights = _keys([other for _, other in pairs])
    if not len(mine) or not len(theirs):
        none = np.zeros((0, 4))
        return np.zeros(0, dtype=np.int64), none, none
    at = np.minimum(np.searchsorted(theirs, mine), len(theirs) - 1)
    found = np.flatnonzero(theirs[at] == mine)
    return mine[found] >> _KEY_BITS, my_weights[found], their_weights[at[found]]


def _keys(reports: Sequence[Said]) -> tuple[Array, Array]:
    """The keys of some reports, each behind the place of its report, and their weights."""
    place = np.repeat(np.arange(len(reports)), [len(one.keys) for one in reports])
    keys = np.concatenate([one.keys for one in reports]).astype(np.int64)
    return place << _KEY_BITS | keys, np.concatenate([one.weights for one in reports])


def _share(found: Array, whole: Array) -> Array:
    return np.divide(found, whole, out=np.zeros(len(found)), where=found > 0)


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
