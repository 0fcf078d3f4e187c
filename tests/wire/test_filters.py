"""What the operator keeps off the feeds."""

from __future__ import annotations

import pytest

from aggregator.wire.filters import excluded_by
from tests.build import source


@pytest.mark.parametrize(
    ("include", "exclude", "verdict"),
    [
        ((), (), None),
        (("brussels",), (), None),
        (("antwerp",), (), "include: no pattern matches"),
        ((), ("^tram",), "exclude: ^tram"),
        ((), ("/sport/",), "exclude: /sport/"),
        ((), ("^CITY$",), "exclude: ^CITY$"),
        (("tram",), ("brussels",), "exclude: brussels"),
    ],
)
def test_patterns_match_title_url_and_categories(include, exclude, verdict) -> None:
    filtered = source(include=include, exclude=exclude)
    assert excluded_by(filtered, "Tram in Brussels", "https://x/sport/1", ("city",)) == verdict


def test_no_pattern_can_hang() -> None:
    hostile = source(exclude=("(a+)+$",))
    assert excluded_by(hostile, "a" * 5000 + "!", None, ()) is None


@pytest.mark.parametrize(
    ("exclude", "verdict"),
    [
        (("title:sport",), None),
        (("url:sport",), "exclude: url:sport"),
        (("category:^city$",), "exclude: category:^city$"),
        (("category: ^city$",), "exclude: category: ^city$"),
        (("category:tram",), None),
        (("[t]itle:x",), None),
    ],
)
def test_a_pattern_may_be_for_one_of_them(exclude, verdict) -> None:
    filtered = source(exclude=exclude)
    assert excluded_by(filtered, "Tram in Brussels", "https://x/sport/1", ("city",)) == verdict
