"""Text folded for searching."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.store.folding import fold


@pytest.mark.parametrize(
    ("text", "folded"),
    [("\u00c9lys\u00e9e", "elysee"), ("\u0152uvre", "oeuvre"), ("\u0416\u0451", "\u0436\u0435")],
)
def test_case_accents_and_ligatures_are_folded_away(text: str, folded: str) -> None:
    assert fold(text) == folded


@given(st.text(st.characters(max_codepoint=0x24F) | st.sampled_from("\u0301\u0316\u0444\u05b0")))
def test_no_mark_stays(text: str) -> None:
    assert not any(map(unicodedata.combining, fold(text)))


@given(st.text(st.characters(max_codepoint=0xFF)))
def test_a_text_is_folded_alike_whatever_stands_beside_it(text: str) -> None:
    beyond_latin = "\u0436"
    assert fold(text) + beyond_latin == fold(text + beyond_latin)
