"""What changed between two versions of a text."""

from __future__ import annotations

import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.wire.difference import Kind, difference, marked

TEXTS = st.lists(st.sampled_from(["a", "tunnel", " ", "\n", ",", "é", "<b>", "🙂"])).map("".join)


@pytest.mark.parametrize(
    ("old", "new", "shown"),
    [
        ("The tunnel opens", "The tunnel opens", "The tunnel opens"),
        ("The tunnel opens", "The bridge opens", "The [-tunnel-]{+bridge+} opens"),
        ("The tunnel opens", "The tunnel opens late", "The tunnel opens{+ late+}"),
        ("The new tunnel", "The tunnel", "The [-new -]tunnel"),
        ("Rain, then snow", "Rain; then snow", "Rain[-,-]{+;+} then snow"),
        ("a year late", "two years late", "[-a year-]{+two years+} late"),
        ("", "New", "{+New+}"),
        ("Old", "", "[-Old-]"),
        ("", "", ""),
        ("東京の天気", "東京", "[-東京の天気-]{+東京+}"),
    ],
)
def test_what_is_gone_stands_before_what_is_new(old: str, new: str, shown: str) -> None:
    assert marked(difference(old, new)) == shown


@given(TEXTS, TEXTS)
def test_the_pieces_are_both_texts(old: str, new: str) -> None:
    pieces = difference(old, new)
    assert "".join(text for kind, text in pieces if kind is not Kind.NEW) == old
    assert "".join(text for kind, text in pieces if kind is not Kind.GONE) == new
    assert all(text for _, text in pieces)
    assert all(one[0] is not other[0] for one, other in pairwise(pieces))


def test_of_a_long_text_what_is_around_the_change_is_shown() -> None:
    words = "word " * 500
    shown = marked(difference(f"{words}old {words}", f"{words}new {words}"))
    assert "[-old-]{+new+}" in shown
    assert len(shown) < 200


@pytest.mark.parametrize("other", ["b a ", "c "])
def test_a_monstrous_text_takes_bounded_time(other: str) -> None:
    begun = time.process_time()
    pieces = difference("a b " * 100_000, other * 100_000)
    assert time.process_time() - begun < 5
    assert "".join(text for kind, text in pieces if kind is not Kind.GONE) == other * 100_000
