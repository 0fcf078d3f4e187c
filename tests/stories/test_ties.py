"""What sources brought before makes a link likelier, or less."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.stories.ties import Ties

events = st.lists(st.tuples(st.sampled_from("abcd"), st.sampled_from("abcd")), max_size=60)


def told(*, texts: int, of: str = "ab") -> Ties:
    """Sources that brought so many texts each, and shared none."""
    ties = Ties()
    for source in of:
        for _ in range(texts):
            ties.brought(source)
    return ties


def test_nothing_is_known_of_new_sources() -> None:
    assert Ties().odds("a", "b") == 1.0


def test_nor_of_a_source_without_a_name() -> None:
    ties = told(texts=50, of="a")
    assert ties.odds("a", "") == ties.odds("", "a") == ties.odds("", "") == 1.0


def test_who_never_shares_a_text_is_not_believed_to() -> None:
    assert 1 / 6 <= told(texts=100).odds("a", "b") < told(texts=10).odds("a", "b") < 1


def test_who_shared_many_is_believed_to_share_more() -> None:
    ties = told(texts=40)
    before = ties.odds("a", "b")
    for _ in range(20):
        ties.share("b", "a")
    assert before < ties.odds("a", "b") == ties.odds("b", "a")


def test_who_takes_from_everybody_takes_from_others_too() -> None:
    ties = told(texts=40, of="abcd")
    for _ in range(10):
        ties.share("a", "b")
        ties.share("a", "c")
    assert ties.odds("a", "d") > told(texts=40, of="abcd").odds("a", "d")


def test_what_two_names_of_one_site_share_says_nothing_of_third_ones() -> None:
    ties = told(texts=40, of="abc")
    alone = ties.odds("a", "c")
    for _ in range(40):
        ties.share("a", "b")
    assert ties.odds("a", "c") == alone


def test_a_source_that_repeats_itself_shares_nothing() -> None:
    ties = Ties()
    ties.share("a", "a")
    assert ties.changes() == {}


@given(events, st.integers(0, 60))
def test_what_was_kept_gives_the_same(told: list[tuple[str, str]], at: int) -> None:
    whole, before = Ties(), Ties()
    kept: dict[tuple[str, str], int] = {}
    for n, pair in enumerate(told):
        if n == at:
            before = Ties(kept)
        for ties in (whole, before):
            ties.brought(pair[0])
            ties.share(*pair)
        kept |= before.changes()
    assert [whole.odds(a, b) for a in "abcd" for b in "abcd"] == [
        before.odds(a, b) for a in "abcd" for b in "abcd"
    ]
    assert kept == whole.changes()


@pytest.mark.parametrize(("shared", "odds"), [(1000, 6.0), (0, 1 / 6)])
def test_no_more_than_so_much(shared: int, odds: float) -> None:
    ties = told(texts=1000)
    for n in range(shared):
        ties.share("a", "b")
        ties.share("a", f"x{n}")
        ties.share("b", f"y{n}")
    assert ties.odds("a", "b") == odds
