"""A page is gone when two looks in a row say so, the second a GET; never before."""

from __future__ import annotations

from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from aggregator.domain import Document, Watch
from aggregator.wire.watching import AGAIN, EVERY, after_look, question
from tests.build import NOW

HOUR = timedelta(hours=1)
PAGE = Watch("https://fanal.example/1")


def look(watch: Watch, status: int | None, now: datetime = NOW, **headers: str) -> Watch:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    document = None if status is None else Document(watch.url, status, named, b"", now)
    return after_look(watch, document, now, HOUR)


def test_a_page_that_is_there_is_looked_at_three_times_a_day() -> None:
    assert question(PAGE).head
    after = look(PAGE, 200, etag='"1"')
    assert (after.next_at, after.misses, after.gone_at) == (NOW + EVERY * HOUR, 0, None)
    assert question(after).head


def test_gone_is_what_two_looks_say() -> None:
    once = look(look(PAGE, 200, etag='"1"'), 404)
    assert (once.misses, once.gone_at, once.next_at) == (1, None, NOW + AGAIN * HOUR)
    asked = question(once)
    assert (asked.head, asked.etag) == (False, '"1"'), "some servers do not know HEAD"
    assert look(once, 304).misses == 0
    gone = look(once, 410)
    assert (gone.gone_at, gone.next_at) == (NOW, None)


def test_a_server_that_does_not_know_heads_is_asked_for_the_page() -> None:
    for status in (405, 501):
        after = look(PAGE, status)
        assert (after.misses, question(after).head) == (0, False)


def test_who_asks_us_to_wait_is_obeyed() -> None:
    assert look(PAGE, 503, retry_after="86400").next_at == NOW + timedelta(days=1)


@given(st.lists(st.sampled_from([None, 200, 304, 403, 404, 405, 410, 429, 500, 503])))
def test_nothing_else_makes_a_page_gone(answers: list[int | None]) -> None:
    watch, missed = PAGE, 0
    for status in answers:
        watch = look(watch, status)
        missed = missed + 1 if status in (404, 410) else missed if status is None else 0
        assert (watch.gone_at is not None) == (watch.next_at is None) == (missed >= 2)
        if watch.gone_at:
            return
