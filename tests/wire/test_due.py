"""Why a source is polled when it is, as `poll --trace` says it: what counts most comes first."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from aggregator.domain import Hints, PollState, SourceHealth
from aggregator.wire.due import shown, why
from aggregator.wire.pace import Pace
from tests.build import NOW, source

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
PACE = Pace(default_interval=30 * MINUTE)
DEFAULT = "default_interval: 30m"


def told(interval: timedelta | None = None, *, enabled: bool = True, **state: Any) -> list[str]:
    known = {"polled_at": NOW, "next_poll_at": NOW + 30 * MINUTE, "etag": '"1"', "status": 200}
    declared = source(interval=interval, enabled=enabled)
    polled = PollState(declared.id, declared.url, **known | state)
    return why(SourceHealth(declared, polled, 0), PACE, NOW)


@pytest.mark.parametrize(
    ("state", "said"),
    [
        ({"enabled": False}, "it is disabled in sources.yaml"),
        ({"gone_at": NOW}, "it is gone (HTTP 410, twice): not polled until its URL changes or by name"),
        ({"polled_at": None}, "it was never polled: it is due at once"),
        ({"next_poll_at": None}, "it was never polled: it is due at once"),
        ({"next_poll_at": NOW}, "it is due"),
        ({"failures": 1}, "1 failure in a row: twice as long each time, up to a day"),
        ({"failures": 3, "status": 403}, "3 failures in a row: twice as long each time, up to a day"),
        ({"status": 429}, "it answered HTTP 429: as long as it asked for, else four hours"),
        ({"pushed": True}, "its hub tells us of news: polled once a day to be sure"),
        ({"etag": None, "next_poll_at": NOW + HOUR}, "it has no validators: asked after a quarter of the age of its newest item"),
        ({"etag": None}, DEFAULT),
        ({"interval": 15 * MINUTE, "pace": HOUR}, "interval: 15m in sources.yaml"),
        ({"pace": HOUR}, "its pace is 1h: shorter after news, longer without"),
        ({}, DEFAULT),
    ],
)  # fmt: skip
def test_what_counts_most_comes_first(state: dict[str, Any], said: str) -> None:
    assert told(**state)[0] == said


def test_what_server_and_feed_ask_for_is_said_where_it_makes_a_difference() -> None:
    asked = Hints(2 * HOUR, skip_hours=(3,))
    assert told(fresh_for=HOUR, hints=asked) == [
        DEFAULT,
        "its server says that an answer stays good for 1h",
        "the feed asks for 2h between polls",
        "the feed names hours or days (GMT) in which it is not to be polled",
    ]
    assert told(fresh_for=MINUTE, hints=Hints(MINUTE)) == [DEFAULT]


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0, "0s"), (90, "90s"), (119, "119s"), (900, "15m"), (3600, "1h"), (86400, "24h"),
     (129600, "36h"), (172800, "2d")],
)  # fmt: skip
def test_spans_are_as_operators_write_them(seconds: int, said: str) -> None:
    assert shown(timedelta(seconds=seconds)) == said
