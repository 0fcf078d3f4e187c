"""When to poll next: one table per rule."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.domain import Hints, PollState
from aggregator.wire.pace import Pace, fresh_for
from tests.build import NOW, source

SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)
DAY = 24 * HOUR
PACE = Pace(default_interval=30 * MINUTE)
KNOWN = PollState("s", "u", etag='"a"', succeeded_at=NOW - DAY, status=200)


def wait(state: PollState, interval=None, chance: float = 0, **headers: str) -> timedelta:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return PACE.next_poll_at(source(interval=interval), state, named, NOW, chance) - NOW


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
        (None, 1, 503, "9" * 5000, 31 * DAY),
        (None, 1, 503, "soon", 30 * MINUTE),
        (None, 1, 500, "7200", 30 * MINUTE),
    ],
)
def test_failures_and_refusals(interval, failures, status, retry_after, expected) -> None:
    state = PollState("s", "u", etag='"a"', failures=failures, status=status)
    headers = {"retry_after": retry_after} if retry_after else {}
    assert wait(state, interval, **headers) == expected


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"cache-control": "max-age=7200"}, 2 * HOUR),
        ({"cache-control": "public, max-age=600, must-revalidate"}, 10 * MINUTE),
        ({"cache-control": "no-cache, max-age=3600"}, HOUR),
        ({"cache-control": "no-store, max-age=3600"}, 0 * HOUR),
        ({"cache-control": "max-age=abc"}, None),
        ({"cache-control": "max-age=-5"}, 0 * HOUR),
        ({"cache-control": "private"}, None),
        ({"expires": "Tue, 20 Jan 2026 13:00:00 GMT"}, 4 * HOUR),
        (
            {
                "expires": "Tue, 20 Jan 2026 13:00:00 GMT",
                "date": "Tue, 20 Jan 2026 12:00:00 GMT",
            },
            HOUR,
        ),
        ({"expires": "Thu, 01 Jan 1970 00:00:00 GMT"}, 0 * HOUR),
        ({"expires": "0"}, 0 * HOUR),
        (
            {
                "expires": "Thu, 01 Jan 1970 00:00:00 GMT",
                "cache-control": "max-age=60",
            },
            MINUTE,
        ),
        ({}, None),
    ],
)
def test_how_long_an_answer_says_it_is_good(headers, expected) -> None:
    assert fresh_for(headers, NOW) == expected


def test_freshness_is_a_not_before_less_the_age_of_the_answer_and_at_most_31_days() -> None:
    assert wait(replace(KNOWN, fresh_for=4 * HOUR)) == 4 * HOUR
    assert wait(replace(KNOWN, fresh_for=MINUTE)) == 30 * MINUTE
    assert wait(replace(KNOWN, fresh_for=4 * HOUR), interval=5 * MINUTE) == 4 * HOUR
    assert wait(replace(KNOWN, fresh_for=4 * HOUR), age="3600") == 3 * HOUR
    assert wait(replace(KNOWN, fresh_for=365 * DAY)) == 31 * DAY


@pytest.mark.parametrize(
    ("hints", "expected"),
    [
        (Hints(2 * HOUR), NOW + 2 * HOUR),
        (Hints(MINUTE), NOW + 30 * MINUTE),
        (Hints(365 * DAY), NOW + 31 * DAY),
        (Hints(skip_hours=(9, 10, 11)), datetime(2026, 1, 20, 12, 30, tzinfo=UTC)),
        (Hints(skip_hours=(10,)), NOW + 30 * MINUTE),
        (Hints(skip_days=(1, 2)), datetime(2026, 1, 22, 0, 30, tzinfo=UTC)),
        (Hints(HOUR, (10, 0), (1,)), datetime(2026, 1, 21, 1, 0, tzinfo=UTC)),
        # Never is no answer.
        (Hints(skip_days=tuple(range(7))), NOW + 30 * MINUTE),
    ],
)
def test_what_the_feed_asks_for(hints, expected) -> None:
    assert NOW + wait(replace(KNOWN, hints=hints)) == expected


@pytest.mark.parametrize(
    ("age", "expected"),
    [
        (HOUR, 30 * MINUTE),
        (8 * HOUR, 2 * HOUR),
        (3 * DAY, 18 * HOUR),
        (400 * DAY, DAY),
        (None, DAY),
    ],
)
def test_without_validators_or_hints_the_age_of_the_news_sets_the_pace(age, expected) -> None:
    newest = NOW - age if age else None
    assert wait(PollState("s", "u", status=200, newest_at=newest)) == expected


@pytest.mark.parametrize(
    "changes",
    [{"etag": '"a"'}, {"last_modified": "x"}, {"fresh_for": MINUTE}, {"hints": Hints(MINUTE)}],
)
def test_each_way_to_be_sent_less_keeps_the_usual_pace(changes) -> None:
    assert (
        wait(PollState("s", "u", status=200, newest_at=NOW - 400 * DAY, **changes)) == 30 * MINUTE
    )


def test_what_a_hub_tells_of_is_asked_once_a_day_to_be_sure() -> None:
    assert wait(replace(KNOWN, pushed=True)) == DAY
    assert wait(replace(KNOWN, pushed=True), interval=2 * DAY) == 2 * DAY
    assert wait(replace(KNOWN, pushed=True, failures=1, status=500)) == 30 * MINUTE


def test_the_pace_halves_with_news_and_grows_by_half_without() -> None:
    assert PACE.learn(KNOWN, news=True) == 15 * MINUTE
    assert PACE.learn(KNOWN, news=False) == 45 * MINUTE
    assert PACE.learn(replace(KNOWN, pace=12 * MINUTE), news=True) == 10 * MINUTE
    assert PACE.learn(replace(KNOWN, pace=23 * HOUR), news=False) == DAY
    assert PACE.learn(PollState("s", "u"), news=True) == 30 * MINUTE


def test_a_source_that_brings_news_every_hour_is_asked_a_few_times_an_hour() -> None:
    state, now, polls, last = KNOWN, NOW, 0, NOW
    while now < NOW + 10 * DAY:
        news = now.replace(minute=0, second=0) != last.replace(minute=0, second=0)
        state = replace(state, pace=PACE.learn(state, news=news))
        last, now = now, PACE.next_poll_at(source(), state, {}, now, 0.5)
        polls += 1
    assert 2 * 240 < polls < 4 * 240


def test_chance_adds_up_to_a_tenth_and_never_shortens() -> None:
    assert [wait(KNOWN, chance=c) for c in (0, 0.5, 1)] == [30 * MINUTE, 31.5 * MINUTE, 33 * MINUTE]
    assert wait(replace(KNOWN, pace=DAY), chance=1) == DAY


def test_a_short_hour_scales_our_constants_and_nothing_that_a_server_says() -> None:
    quick = Pace(default_interval=18 * SECOND, hour=36 * SECOND)
    refused = PollState("s", "u", failures=1, status=429)
    assert quick.next_poll_at(source(), refused, {}, NOW, 0) - NOW == 144 * SECOND
    asked = quick.next_poll_at(source(), refused, {"retry-after": "7200"}, NOW, 0)
    assert asked - NOW == 2 * HOUR


class TestTheQuestion:
    def test_validators_go_out_as_they_came(self) -> None:
        state = replace(KNOWN, etag='W/"odd, value"', last_modified="yesterday")
        asked = PACE.request(state, NOW)
        assert (asked.url, asked.etag, asked.last_modified) == ("u", 'W/"odd, value"', "yesterday")

    def test_every_eight_days_the_whole_document_is_asked_for(self) -> None:
        state = replace(KNOWN, full_at=NOW)
        assert PACE.request(state, NOW + 8 * DAY - SECOND).etag == '"a"'
        assert PACE.request(state, NOW + 8 * DAY).etag is None

    @pytest.mark.parametrize(
        ("failures", "status", "suspect"),
        [(0, 200, False), (0, None, False), (1, 500, False), (1, None, True)],
    )
    def test_whose_host_did_not_answer_is_suspect(self, failures, status, suspect) -> None:
        for full_at in (None, NOW, NOW - 9 * DAY):
            state = replace(KNOWN, failures=failures, status=status, full_at=full_at)
            asked = PACE.request(state, NOW)
            assert (asked.url, asked.suspect) == ("u", suspect)

    def test_where_it_moved_to_for_good(self) -> None:
        assert PACE.request(replace(KNOWN, address="https://new.example/"), NOW).url == (
            "https://new.example/"
        )


POLLED = replace(KNOWN, polled_at=NOW, next_poll_at=NOW + HOUR, pace=30 * MINUTE)


@pytest.mark.parametrize(
    ("changes", "interval", "said"),
    [
        ({"gone_at": NOW}, None, "not asked again until its URL changes"),
        ({"polled_at": None}, None, "as soon as there is room"),
        ({"next_poll_at": None}, None, "as soon as there is room"),
        ({"status": 429}, None, "asked us to wait, or refuses us"),
        ({"status": 403, "failures": 9}, None, "asked us to wait, or refuses us"),
        ({"status": 503}, None, "asked us to wait, or refuses us"),
        ({"status": 503, "failures": 2}, None, "failed 2 times in a row"),
        ({"status": 500, "failures": 1}, None, "failed once"),
        ({"fresh_for": HOUR}, None, "Its server says"),
        ({"fresh_for": HOUR, "hints": Hints(HOUR)}, None, "Its server says"),
        ({"fresh_for": MINUTE, "hints": Hints(HOUR)}, None, "The feed itself asks"),
        ({"fresh_for": HOUR, "failures": 1, "status": 500}, None, "failed once"),
        ({"fresh_for": 30 * MINUTE}, None, "how often it changes"),
        ({"hints": Hints(skip_hours=(9,))}, None, "skip some hours"),
        ({"pushed": True}, None, "Its hub tells us"),
        ({"pushed": True}, 2 * DAY, "You set its interval"),
        ({"etag": None, "newest_at": NOW - DAY}, None, "its newest item's age"),
        ({"etag": None, "newest_at": NOW - MINUTE}, None, "how often it changes"),
        ({}, 15 * MINUTE, "You set its interval"),
        ({}, None, "how often it changes"),
        ({"pace": None}, None, "default interval"),
    ],
)
def test_why_it_is_asked_when_it_is(changes, interval, said: str) -> None:
    assert said in PACE.reason(source(interval=interval), replace(POLLED, **changes))


@given(
    status=st.sampled_from([None, 200, 304, 403, 404, 429, 500, 503]),
    failures=st.integers(0, 50),
    pace=st.none() | st.timedeltas(10 * MINUTE, DAY),
    fresh=st.none() | st.timedeltas(0 * HOUR, 400 * DAY),
    hints=st.builds(
        Hints,
        st.none() | st.timedeltas(MINUTE, 400 * DAY),
        st.lists(st.integers(0, 23), max_size=23).map(tuple),
        st.lists(st.integers(0, 6), max_size=6).map(tuple),
    ),
    etag=st.sampled_from([None, '"a"']),
    retry_after=st.sampled_from(["", "10", "1e9", "99999999999999999999", "Tue, 20 Jan 2099 12:00:00 GMT"]),
    chance=st.floats(0, 1),
)  # fmt: skip
def test_never_sooner_than_anyone_allows_and_never_silent(  # noqa: PLR0917 - all that matters
    status, failures, pace, fresh, hints, etag, retry_after, chance
) -> None:
    state = PollState(
        "s", "u", status=status, failures=failures, pace=pace, fresh_for=fresh, hints=hints, etag=etag
    )  # fmt: skip
    waited = wait(state, chance=chance, retry_after=retry_after)
    assert waited >= 10 * MINUTE
    assert waited >= min(hints.interval or 0 * HOUR, 31 * DAY)
    if not failures and status in (200, 304):
        assert waited >= min(fresh or 0 * HOUR, 31 * DAY)
    assert waited <= 31 * DAY + 8 * DAY
    at = NOW + waited
    assert at.hour not in hints.skip_hours
    assert at.weekday() not in hints.skip_days
