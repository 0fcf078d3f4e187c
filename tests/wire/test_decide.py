"""What a document means for what is stored, and what an answer teaches of its source."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.domain import Change, Document, Hints, ParsedFeed, ParsedItem, PollState
from aggregator.wire.decide import after_failure, after_success, decide
from aggregator.wire.identity import sightings
from tests.build import NOW, item
from tests.wire.test_identity import remembered

HOUR = timedelta(hours=1)
BEFORE = NOW - HOUR
URL = "https://fanal.example/feed"
NEW = "https://fanal.example/new"
KNOWN = PollState(
    "fanal",
    URL,
    etag='"1"',
    last_modified="Mon, 19 Jan 2026 08:00:00 GMT",
    body_digest="d1",
    polled_at=BEFORE,
    succeeded_at=BEFORE,
    changed_at=BEFORE,
    status=200,
    moved_to=NEW,
    moved_seen=1,
    feed_id="tag:fanal.example,2026:feed",
    full_at=BEFORE,
    newest_at=BEFORE,
    fresh_for=HOUR,
    hints=Hints(HOUR),
)


def answer(status: int = 200, moved_to: str | None = None, **headers: str) -> Document:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Document(URL, status, named, b"", NOW, moved_to)


def feed(*items: ParsedItem, **said: str) -> ParsedFeed:
    return ParsedFeed("The Fanal", items, **said)


def change(before: ParsedItem, after: ParsedItem, **stored: object) -> Change:
    """What became of the one item that was stored."""
    known = [replace(one, **stored) for one in remembered(before)]  # type: ignore[arg-type]
    (only,) = decide(sightings([after], known, lambda _: None), known).changed
    return only


class TestItems:
    def test_what_is_new_what_changed_what_stayed_and_what_came_back_under_another_id(self) -> None:
        same, edited, *renamed = (item(n) for n in range(4))
        known = remembered(same, edited, *renamed)
        document = [
            same,
            replace(edited, title="Edited"),
            *(replace(one, guid=f"new-{one.guid}") for one in renamed),
            item("new"),
        ]
        decision = decide(sightings(document, known, lambda _: None), known)
        assert [s.item for s in decision.new] == [document[-1]]
        assert [(c.item_id, c.sighting.item, c.visible) for c in decision.changed] == [
            (1, document[1], True),
            (2, document[2], False),
            (3, document[3], False),
        ]
        assert (decision.unchanged, decision.renamed) == (1, 2)

    def test_what_was_pruned_cannot_be_compared(self) -> None:
        corrected = item(1, title="Correction: Title 1", summary="")
        assert change(item(1), corrected).visible
        pruned = change(item(1), corrected, html="", pruned_at=BEFORE)
        assert (pruned.visible, pruned.corrected) == (False, False)

    @pytest.mark.parametrize(
        ("before", "after", "corrected"),
        [
            ({}, {"title": "Correction: Title 1"}, True),
            ({}, {"text": "Correction: text 1", "summary": "Correction: text 1"}, True),
            ({}, {"text": "Text one", "summary": "Text one"}, False),
            ({"title": "Correction: Title 1"}, {"title": "Correction: Title 1", "summary": "One"},
             False),
            ({"text": "Correction: it is 1"}, {"text": "Correction: it is 1", "summary": "One"},
             False),
            ({}, {"text": "Correction: in what nobody is shown"}, False),
        ],
    )  # fmt: skip
    def test_a_source_that_newly_says_that_it_corrects_itself(
        self, before: dict, after: dict, corrected: bool
    ) -> None:
        assert change(item(1, **before), item(1, **after)).corrected == corrected


class TestFailures:
    def test_it_is_counted_and_told_and_nothing_else_is_forgotten(self) -> None:
        failed = after_failure(KNOWN, NOW, "HTTP 500", answer(500))
        assert failed == replace(KNOWN, polled_at=NOW, status=500, failures=1, error="HTTP 500")
        again = after_failure(failed, NOW, "no answer")
        assert again == replace(failed, status=None, failures=2, error="no answer")

    @pytest.mark.parametrize(
        ("before", "status", "gone"),
        [
            (200, 410, False),
            (410, 410, True),
            (410, 404, False),
            (404, 410, False),
            (None, 410, False),
        ],
    )
    def test_a_source_is_gone_when_it_says_so_twice(
        self, before: int | None, status: int, gone: bool
    ) -> None:
        state = after_failure(replace(KNOWN, status=before), NOW, "gone", answer(status))
        assert state.gone_at == (NOW if gone else None)

    def test_without_an_answer_nothing_is_gone(self) -> None:
        assert after_failure(replace(KNOWN, status=410), NOW, "no answer").gone_at is None

    @pytest.mark.parametrize(
        ("status", "headers", "failures"),
        [
            (429, {}, 2),
            (429, {"retry_after": "60"}, 2),
            (503, {"retry_after": "60"}, 2),
            (503, {}, 3),
            (500, {"retry_after": "60"}, 3),
        ],
    )
    def test_a_request_to_slow_down_is_none(
        self, status: int, headers: dict, failures: int
    ) -> None:
        state = after_failure(replace(KNOWN, failures=2), NOW, "no", answer(status, **headers))
        assert (state.failures, state.error) == (failures, "no")

    def test_where_a_redirect_led_is_left_after_three(self) -> None:
        state = replace(KNOWN, address=NEW, moved_seen=3)
        for _ in range(2):
            state = after_failure(state, NOW, "HTTP 404", answer(404))
            assert (state.address, state.moved_to, state.moved_seen) == (NEW, NEW, 3)
        state = after_failure(state, NOW, "HTTP 404", answer(404))
        assert (state.address, state.moved_to, state.moved_seen) == (None, None, 0)
        assert state.failures == 3

    def test_what_redirects_and_was_not_followed_is_remembered(self) -> None:
        state = after_failure(replace(KNOWN, failures=7), NOW, "HTTP 404", answer(404))
        assert (state.moved_to, state.moved_seen) == (NEW, 1)


class TestAnswers:
    def test_a_new_document(self) -> None:
        headers = {"etag": '"2"', "last_modified": "Tue", "cache_control": "max-age=60"}
        said = {"id": "tag:2", "site": "https://fanal.example/", "hub": "https://hub.example/"}
        brought = replace(feed(item(1), topic=URL, **said), hints=Hints(2 * HOUR))
        failing = replace(KNOWN, failures=2, error="HTTP 500", gone_at=BEFORE, status=410)
        state = after_success(failing, answer(**headers), "d2", brought, seen=b"seen", entries=1)
        assert state == replace(
            KNOWN,
            etag='"2"',
            last_modified="Tue",
            fresh_for=timedelta(minutes=1),
            body_digest="d2",
            polled_at=NOW,
            succeeded_at=NOW,
            changed_at=NOW,
            full_at=NOW,
            moved_to=None,
            moved_seen=0,
            newest_at=item(1).published_at,
            feed_id="tag:2",
            feed_site="https://fanal.example/",
            hints=Hints(2 * HOUR),
            hub="https://hub.example/",
            topic=URL,
            seen=b"seen",
            entries=1,
        )

    def test_a_document_known_to_the_byte_teaches_nothing_of_the_feed(self) -> None:
        state = after_success(KNOWN, answer(etag='"2"'), "d1")
        assert state == replace(
            KNOWN,
            etag='"2"',
            last_modified=None,
            fresh_for=None,
            polled_at=NOW,
            succeeded_at=NOW,
            full_at=NOW,
            moved_to=None,
            moved_seen=0,
        )

    def test_not_modified(self) -> None:
        """What it does not say stays as it was; a whole document did not come."""
        state = after_success(replace(KNOWN, status=500, failures=1, error="no"), answer(304))
        assert state == replace(
            KNOWN, polled_at=NOW, succeeded_at=NOW, status=304, moved_to=None, moved_seen=0
        )

    def test_what_not_modified_says_counts(self) -> None:
        headers = {"etag": '"2"', "last_modified": "Tue", "cache_control": "max-age=0"}
        state = after_success(KNOWN, answer(304, **headers))
        assert (state.etag, state.last_modified, state.fresh_for) == ('"2"', "Tue", timedelta(0))

    def test_how_long_it_stays_good_is_counted_from_when_it_came(self) -> None:
        headers = {"expires": "Tue, 20 Jan 2026 11:00:00 GMT"}
        assert after_success(KNOWN, answer(**headers), "d2").fresh_for == 2 * HOUR

    def test_what_a_new_document_does_not_say_is_forgotten(self) -> None:
        state = after_success(KNOWN, answer(), "d2")
        assert (state.etag, state.last_modified, state.fresh_for) == (None, None, None)

    def test_a_hub_may_be_named_by_the_document_or_beside_it(self) -> None:
        link = '<https://hub.example/b>; rel="hub", <https://fanal.example/b>; rel="self"'
        beside = after_success(KNOWN, answer(link=link), "d2", feed())
        assert (beside.hub, beside.topic) == ("https://hub.example/b", "https://fanal.example/b")
        named = feed(hub="https://hub.example/a", topic="https://fanal.example/a")
        both = after_success(KNOWN, answer(link=link), "d2", named)
        assert (both.hub, both.topic) == ("https://hub.example/a", "https://fanal.example/a")
        neither = after_success(both, answer(), "d2", feed())
        assert (neither.hub, neither.topic) == (None, None)


class TestNewest:
    @pytest.mark.parametrize(
        ("hours", "known", "expected"),
        [
            ([0, -1], -2, 0),
            ([-3, -4], -2, -2),
            ([-3, None], None, -3),
            ([-3, None], -4, -3),
            # Without dates it is when it came; a first document may be of any age.
            ([None, None], -2, 0),
            ([None], 2, 2),
            ([], -2, -2),
            ([], None, None),
        ],
    )
    def test_the_date_of_the_newest_item_so_far(
        self, hours: list[int | None], known: int | None, expected: int | None
    ) -> None:
        def at(hour: int | None):
            return None if hour is None else NOW + hour * HOUR

        items = [item(n, published_at=at(hour)) for n, hour in enumerate(hours)]
        state = replace(KNOWN, newest_at=at(known))
        assert after_success(state, answer(), "d2", feed(*items)).newest_at == at(expected)

    def test_a_first_document_without_dates_may_be_of_any_age(self) -> None:
        state = after_success(PollState("s", URL), answer(), "d", feed(item(published_at=None)))
        assert state.newest_at is None


@given(st.lists(st.lists(st.none() | st.integers(-9, 9), max_size=3), max_size=5))
def test_the_date_of_the_newest_item_never_goes_back(documents: list[list[int | None]]) -> None:
    state = KNOWN
    for hours in documents:
        dates = [None if hour is None else NOW + hour * HOUR for hour in hours]
        items = (item(n, published_at=at) for n, at in enumerate(dates))
        after = after_success(state, answer(), "d", feed(*items))
        assert after.newest_at is not None
        assert after.newest_at >= max([BEFORE, *filter(None, dates)])
        assert state.newest_at is not None
        assert after.newest_at >= state.newest_at
        state = after


def redirected(url: str, *targets: str | None) -> PollState:
    """A source whose polls were redirected for good to these addresses."""
    state = PollState("s", url)
    for target in targets:
        state = after_success(state, answer(moved_to=target), "d")
    return state


class TestMoves:
    @pytest.mark.parametrize(
        ("targets", "seen", "address"),
        [
            ([NEW], 1, None),
            ([NEW, NEW], 2, None),
            ([NEW, NEW, NEW], 3, NEW),
            ([NEW, NEW, URL, NEW], 1, None),
            ([NEW, None], 0, None),
            ([NEW, NEW, None, NEW], 1, None),
            # Asked there, it redirects no more, or on.
            ([NEW, NEW, NEW, None], 3, NEW),
            ([NEW, NEW, NEW, URL, URL], 2, NEW),
            ([NEW, NEW, NEW, URL, URL, URL], 3, URL),
        ],
    )
    def test_a_permanent_redirect_is_followed_when_it_was_seen_three_times(
        self, targets: list[str | None], seen: int, address: str | None
    ) -> None:
        state = redirected(URL, *targets)
        assert (state.moved_seen, state.address) == (seen, address)
        assert state.moved_to == (targets[-1] or address)

    @pytest.mark.parametrize(
        ("url", "target", "followed"),
        [
            ("http://a.example/feed", "https://a.example/feed", True),
            ("http://a.example:80/feed", "https://a.example/feed", True),
            ("http://a.example/feed", "https://a.example:443/feed", True),
            ("https://a.example:8443/feed", "https://a.example:8443/new", True),
            ("https://A.example/feed", "https://a.example/new", True),
            ("https://a.example/feed", "https://b.example/feed", False),
            ("https://a.example/feed", "https://www.a.example/feed", False),
            ("https://a.example/feed", "https://a.example:8443/feed", False),
            ("https://a.example/feed", "https://a.example:80/feed", False),
            ("http://a.example/feed", "http://a.example:443/feed", False),
        ],
    )
    def test_to_another_host_or_port_it_is_told_and_not_followed(
        self, url: str, target: str, followed: bool
    ) -> None:
        state = redirected(url, *[target] * 4)
        assert (state.moved_to, state.moved_seen) == (target, 4)
        assert state.address == (target if followed else None)
