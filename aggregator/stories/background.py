"""How rare words are in news at large (learned by ``benchmarks/train_stories.py``)."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

import numpy as np

_UNKNOWN = 11.5
"""The rarity of a word that the background does not have: of a name that is new."""


@cache
def table() -> dict[int, float]:
    """The CRC-32 of each known word → its rarity."""
    with files(__package__).joinpath("background.npz").open("rb") as file:
        data = np.load(file)
        return dict(zip(data["words"].tolist(), (data["rarity"] / 20.0).tolist(), strict=True))


def rarity(word: int) -> float:
    """The inverse document frequency (natural logarithm; Sparck Jones 1972) of a word, which is
    given by the CRC-32 of its form, in headlines and summaries of five languages.
    """
    return table().get(word, _UNKNOWN)
