"""When to poll next, and what the operator keeps off the feeds."""

from __future__ import annotations

from datetime import timedelta

import pytest

from aggregator.domain import PollState
from aggregator.wire.filters import excluded_by
from aggregator.wire.pace import Pace
from tests.build import NOW, source

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
PACE = Pace(default_interval=30 * MINUTE)


@pytest.mark.parametrize(
    ("interval", "failures", "status", "retry_after", "expected"),
    [
        (None, 0, 200, None, 30 * MINUTE),
        (15 * MINUTE, 0, 304, None, 15 * MINUTE),
        (None, 1, 500, None, 30 * MINUTE),
        (None, 2, 500, None, HOUR),
        (None, 5, 404, None, 8 * HOUR),
        (None, 9, None, None, DAY),
        (None, 10_000, None, None, DAY),
        (2 * DAY, 3, 500, None, 2 * DAY),
        (None, 1, 429, None, 4 * HOUR),
        (None, 1, 403, None, 4 * HOUR),
        (None, 1, 429, "7200", 2 * HOUR),
        (None, 1, 503, "Tue, 20 Jan 2026 12:00:00 GMT", 3 * HOUR),
        (None, 1, 503, "Mon, 19 Jan 2026 12:00:00 GMT", 30 * MINUTE),
        (None, 1, 503, "10", 30 * MINUTE),
        (None, 1, 429, "99999999999", 31 * DAY),
        (None, 1, 503, "soon", 30 * MINUTE),
        (None, 1, 500, "7200", 30 * MINUTE),
    ],
)
def test_the_wait(interval, failures, status, retry_after, expected) -> None:
    state = PollState("s", "u", failures=failures, status=status)
    headers = {"retry-after": retry_after} if retry_after else {}
    due = PACE.next_poll_at(source(interval=interval), state, headers, NOW, 0)
    assert due - NOW == expected


def test_chance_adds_up_to_a_tenth_and_never_shortens() -> None:
    state = PollState("s", "u")
    dues = [PACE.next_poll_at(source(), state, {}, NOW, chance) - NOW for chance in (0, 0.5, 1)]
    assert dues == [30 * MINUTE, 31.5 * MINUTE, 33 * MINUTE]


def test_a_short_hour_scales_our_constants_and_nothing_that_a_server_says() -> None:
    quick = Pace(default_interval=timedelta(seconds=18), hour=timedelta(seconds=36))
    refused = PollState("s", "u", failures=1, status=429)
    assert quick.next_poll_at(source(), refused, {}, NOW, 0) - NOW == timedelta(seconds=144)
    asked = quick.next_poll_at(source(), refused, {"retry-after": "7200"}, NOW, 0)
    assert asked - NOW == 2 * HOUR


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
