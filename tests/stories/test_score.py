"""What to pick first."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.domain import Member
from aggregator.stories.score import HALF_LIFE, explanation, score, standing
from tests.build import NOW


def member(item: int = 1, minutes: float = 0, source: str | None = None, **more: object) -> Member:
    at = NOW + timedelta(minutes=minutes)
    base = Member(item, at, source or f"s{item}", 1.0, "fr", is_copy=False)
    return replace(base, **more)  # type: ignore[arg-type]


def worth(*members: Member, covered: bool = False) -> float:
    return score(standing(members, ["en"], covered=covered).rank, NOW)


ONE = member(1)
TWO = (ONE, member(2))


def test_more_sources_are_worth_more_and_one_source_twice_is_not() -> None:
    assert worth(*TWO) > worth(ONE)
    assert worth(ONE, member(2, source="s1")) == worth(ONE)


def test_the_operators_weight_counts() -> None:
    assert worth(member(1, weight=3.0)) == pytest.approx(3 * worth(ONE))


def test_a_source_that_only_copies_counts_half() -> None:
    assert worth(ONE) < worth(ONE, member(2, is_copy=True)) < worth(*TWO)


def test_another_language_is_worth_more() -> None:
    assert worth(ONE, member(2, language="nl-BE")) > worth(*TWO)
    assert worth(ONE, member(2, language="fr-BE")) == worth(*TWO)


def test_a_quick_arrival_is_worth_more() -> None:
    quick = score(standing(TWO, [], covered=False).rank, NOW)
    slow = standing((member(1, -300), member(2)), [], covered=False)
    assert quick > score(slow.rank, NOW)


def test_what_is_covered_sinks() -> None:
    assert worth(*TWO, covered=True) < worth(ONE)


def test_age_halves_a_story_and_changes_no_order() -> None:
    rank = standing((ONE,), [], covered=False).rank
    assert score(rank, NOW + HALF_LIFE) == pytest.approx(score(rank, NOW) / 2)


def test_the_headline_is_the_newsrooms_language_else_the_first() -> None:
    told = (member(1), member(2, 5, language="en"), member(3, 9, language="en-GB"))
    assert standing(told, ["en", "fr"], covered=False).headline == 2
    assert standing(told, ["nl", "en"], covered=False).headline == 2
    assert standing(told, ["de"], covered=False).headline == 1


@pytest.mark.parametrize(
    ("members", "covered", "said"),
    [
        ((ONE,), False, "1 source, 1 language, not covered"),
        ((member(1), member(2, 0.1)), True, "2 sources in 1 minute, 1 language, covered"),
        (
            (*(member(n, 10 * n) for n in range(4)), member(9, 40, language="en")),
            False,
            "5 sources in 40 minutes, 2 languages, not covered",
        ),
        ((member(1), member(2, 200)), False, "2 sources in 3 hours, 1 language, not covered"),
        ((member(1), member(2, 5000)), False, "2 sources in 3 days, 1 language, not covered"),
        ((member(1, language=None),), False, "1 source, 0 languages, not covered"),
        # The same source again, later, is not a later arrival.
        (
            (member(1), member(2, 10), member(3, 600, source="s1")),
            False,
            "2 sources in 10 minutes, 1 language, not covered",
        ),
    ],
)
def test_a_score_is_explained_in_one_line(
    members: tuple[Member, ...], said: str, *, covered: bool
) -> None:
    assert explanation(standing(members, [], covered=covered), covered=covered) == said


MEMBERS = st.lists(
    st.builds(member, st.integers(1, 50), st.integers(-9999, 0), st.sampled_from("abc")),
    min_size=1,
    unique_by=lambda one: one.item,
)


@given(MEMBERS, st.randoms())
def test_the_order_of_members_does_not_matter(members: list[Member], random: object) -> None:
    shuffled = list(members)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert standing(members, ["fr"], covered=False) == standing(shuffled, ["fr"], covered=False)


@given(MEMBERS)
def test_another_report_never_makes_a_story_worth_less(members: list[Member]) -> None:
    more = [*members, member(99, 0, source="another")]
    assert worth(*more) >= worth(*members)
