"""What polls do, from the origin to the store."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from aggregator.domain import ItemQuery, Outcome, SourceHealth
from aggregator.store import Store
from aggregator.wire.parsers import Parsers
from tests.build import declare, source
from tests.origin import Origin
from tests.wire.poller import Bench, Clock, polling, rss

HOUR = timedelta(hours=1)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def bench(sqlite_store: Store, tmp_path: Path, clock: Clock):
    with polling(sqlite_store, tmp_path, clock) as running:
        yield running


def health(store: Store) -> SourceHealth:
    return store.sources.health()[0]


def guids(store: Store) -> list[str]:
    return sorted(str(item.guid) for item in store.items.find(ItemQuery()))


class TestGaps:
    def test_documents_that_join_leave_no_gap(
        self, sqlite_store: Store, origin: Origin, bench: Bench
    ) -> None:
        declare(sqlite_store, source("s", url=f"{origin.url}/s"))
        for first in range(1, 6):
            origin.put("/s", rss(first, first + 1))
            bench.poll("s")
        one = health(sqlite_store)
        assert (one.items, one.gaps, one.coverage) == (6, 0, 1.0)

    def test_a_gap_is_recorded_and_shortens_the_pace(
        self, sqlite_store: Store, origin: Origin, bench: Bench, clock: Clock
    ) -> None:
        declare(sqlite_store, source("s", url=origin.put("/s", rss(1, 2), ETag='"1"')))
        bench.poll("s")
        clock.now += HOUR
        origin.put("/s", rss(7, 8), ETag='"2"')
        bench.poll("s")
        one = health(sqlite_store)
        assert (one.items, one.gaps, one.coverage) == (4, 1, 0.0)
        assert one.state.pace == timedelta(minutes=10)
        clock.now += HOUR
        origin.put("/s", rss(8, 9), ETag='"3"')
        bench.poll("s")
        assert health(sqlite_store).coverage == 0.5

    def test_archives_close_a_gap(self, sqlite_store: Store, origin: Origin, bench: Bench) -> None:
        declare(sqlite_store, source("s", url=origin.put("/s", rss(1, 2))))
        bench.poll("s")
        link = '<atom:link rel="prev-archive" href="{}"/>'
        origin.put("/s", rss(7, 8, head=link.format("/a2")))
        origin.put("/a2", rss(5, 6, head=link.format("/a1")))
        origin.put("/a1", rss(2, 3, 4, head=link.format("/a0")))
        (report,) = bench.poll("s")
        assert (report.outcome, report.new) == (Outcome.CHANGED, 6)
        assert guids(sqlite_store) == [f"g{n}" for n in range(1, 9)]
        assert health(sqlite_store).coverage == 1.0
        assert "/a0" not in {path for path, _ in origin.requests}, "no further back than needed"

    def test_archives_that_fail_lose_nothing_else(
        self, sqlite_store: Store, origin: Origin, bench: Bench, clock: Clock
    ) -> None:
        declare(sqlite_store, source("s", url=origin.put("/s", rss(1, 2))))
        bench.poll("s")
        for target in ("/nowhere", "/s"):
            head = f'<atom:link rel="next" href="{target}"/>'
            clock.now += HOUR
            numbers = (7, 8) if target == "/nowhere" else (17, 18)
            origin.put("/s", rss(*numbers, head=head))
            (report,) = bench.poll("s")
            assert (report.outcome, report.new, report.error) == (Outcome.CHANGED, 2, None)
        assert health(sqlite_store).gaps == 2
        asked = [path for path, _ in origin.requests]
        assert asked.count("/s") < 20, "a link to itself is not followed for ever"


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("", "an empty document, not a feed"),
        ("<html><body>Back soon</body></html>", "an HTML page"),
        (rss(1, 2)[:40], "not a feed"),
        ('<rss version="2.0"><channel><title>T</title></channel></rss>', None),
    ],
    ids=["empty", "HTML", "cut", "no entries"],
)
def test_an_answer_with_nothing_of_use_deletes_nothing(  # noqa: PLR0917 - all that matters
    sqlite_store: Store, origin: Origin, bench: Bench, clock: Clock, body: str, reason: str | None
) -> None:
    """It is no success either: its reason is shown, and it is asked more and more seldom."""
    declare(sqlite_store, source("s", url=origin.put("/s", rss(1, 2), ETag='"good"')))
    bench.poll("s")
    origin.put("/s", body, ETag='"bad"')
    waits = []
    for failures in (1, 2, 3):
        bench.poll("s")
        state = health(sqlite_store).state
        assert guids(sqlite_store) == ["g1", "g2"]
        assert (state.failures, bool(state.error)) == ((failures, True) if reason else (0, False))
        assert (reason or "") in (state.error or "")
        assert state.next_poll_at
        waits.append(state.next_poll_at - clock.now)
        clock.now = state.next_poll_at
    if reason:
        assert waits[0] < waits[1] < waits[2]
        assert state.etag == '"good"', "asked as if it had not been there"
    origin.put("/s", rss(2, 3), ETag='"new"')
    bench.poll("s")
    assert guids(sqlite_store) == ["g1", "g2", "g3"]
    assert health(sqlite_store).state.failures == 0


class TestMoves:
    def test_a_permanent_redirect_is_believed_the_third_time(
        self, sqlite_store: Store, origin: Origin, bench: Bench
    ) -> None:
        declare(sqlite_store, source("s", url=f"{origin.url}/old"))
        origin.put("/old", "", 301, Location="/new")
        origin.put("/new", rss(1))
        for _ in range(6):
            bench.poll("s")
        assert [path for path, _ in origin.requests].count("/old") == 3
        assert health(sqlite_store).state.moved_to == f"{origin.url}/new"
        origin.put("/new", "", 404)
        for _ in range(4):
            bench.poll("s")
        assert [path for path, _ in origin.requests].count("/old") == 4, "it asks again"

    @pytest.mark.parametrize("status", [302, 307])
    def test_a_temporary_one_never(
        self, sqlite_store: Store, origin: Origin, bench: Bench, status: int
    ) -> None:
        declare(sqlite_store, source("s", url=f"{origin.url}/old"))
        origin.put("/old", "", status, Location="/new")
        origin.put("/new", rss(1))
        for _ in range(5):
            bench.poll("s")
        assert [path for path, _ in origin.requests].count("/old") == 5
        assert health(sqlite_store).state.moved_to is None

    def test_to_another_host_is_for_the_operator_to_decide(
        self, sqlite_store: Store, origin: Origin, bench: Bench
    ) -> None:
        declare(sqlite_store, source("s", url=f"{origin.url}/old"))
        elsewhere = f"http://localhost:{origin.port}/new"
        origin.put("/old", "", 301, Location=elsewhere)
        origin.put("/new", rss(1))
        for _ in range(5):
            bench.poll("s")
        assert [path for path, _ in origin.requests].count("/old") == 5
        assert health(sqlite_store).state.moved_to == elsewhere


class TestEnds:
    def test_gone_is_confirmed_once_and_then_left_alone(
        self, sqlite_store: Store, origin: Origin, bench: Bench, clock: Clock
    ) -> None:
        declare(sqlite_store, source("s", url=origin.put("/s", "", 410)))
        for _ in range(20):
            bench.due()
            clock.now += timedelta(days=2)
        assert [path for path, _ in origin.requests].count("/s") == 2
        assert health(sqlite_store).status == "gone"
        origin.put("/s", rss(1))
        bench.poll("s")
        assert health(sqlite_store).status == "ok", "until the operator asks"

    def test_an_endless_304_gets_a_full_request_every_eight_days(
        self, sqlite_store: Store, origin: Origin, bench: Bench, clock: Clock
    ) -> None:
        declare(sqlite_store, source("s", url=origin.put("/s", rss(1), ETag='"1"'), interval=HOUR))
        bench.poll("s")
        for _ in range(2 * 17):
            clock.now += 12 * HOUR
            bench.poll("s")
        asked = [h for path, h in origin.requests if path == "/s"]
        assert sum(h.get("If-None-Match") is None for h in asked) == 3


def test_entries_with_nothing_in_them_are_left_out_and_counted(
    sqlite_store: Store, origin: Origin, bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    body = rss(1).replace("<item>", "<item></item><item>", 1)
    declare(sqlite_store, source("s", url=origin.put("/s", body)))
    (report,) = bench.poll("s")
    assert (report.new, report.error) == (1, None)
    assert "source=s skipped=1 empty entries" in caplog.messages


@pytest.mark.parametrize(
    ("bomb", "limits", "reason"),
    [
        ("<rss><channel>" + "<b>" * 160_000, {"seconds": 0.3}, "took more than"),
        (
            "<rss><channel>" + "<item><title>a</title></item>" * 80_000,
            {"memory": 160 << 20},
            "memory|crashed",
        ),
    ],
    ids=["time", "memory"],
)
def test_a_document_that_kills_its_reader_is_quarantined_and_others_are_read(  # noqa: PLR0917 - all that matters
    sqlite_store: Store, origin: Origin, tmp_path: Path, bomb: str, limits: Any, reason: str
) -> None:
    """It costs its own child process only."""
    urls = [origin.put("/bomb", bomb), *(origin.put(f"/s{n}", rss(n)) for n in range(5))]
    declare(sqlite_store, *(source(f"s{n}", url=url) for n, url in enumerate(urls)))
    with polling(sqlite_store, tmp_path, Clock(), Parsers(**limits)) as bench:
        reports = {r.source_id: r for r in bench.poll(*(f"s{n}" for n in range(6)))}
        assert [reports[f"s{n}"].new for n in range(1, 6)] == [1] * 5
        first = reports["s0"].error or ""
        assert re.search(reason, first)
        assert "quarantined" not in first, "it may have been this machine's fault"
        bench.poll("s0")
        (third,), (fourth,) = bench.poll("s0"), bench.poll("s0")
        assert re.search(f"quarantined until it changes: .*({reason})", third.error or "")
        assert fourth.error == third.error, "it is not read again"
        origin.put("/bomb", rss(1))
        assert bench.poll("s0")[0].new == 1


class TestNewIds:
    """A source that changes its guids, its addresses or both."""

    @pytest.mark.parametrize(
        "change",
        [
            lambda feed: re.sub("<guid>g", "<guid>tag:p.example,2026:", feed),
            lambda feed: feed.replace("https://p.example/", "http://www.p.example/amp/"),
            lambda feed: re.sub("<guid>.*?</guid>", "", feed),
            lambda feed: re.sub("p.example/(\\d)", r"cms.example/?p=\1", feed).replace(">g", ">c"),
        ],
    )
    def test_old_items_do_not_come_back_as_new_ones(
        self, sqlite_store: Store, origin: Origin, bench: Bench, change: Callable[[str], str]
    ) -> None:
        before = "".join(
            f"<item><title>The harbour tunnel opens, part {n}</title><guid>g{n}</guid>"
            f"<link>https://p.example/{n}</link><pubDate>Mon, 23 Nov 2026 1{n}:00:00 GMT</pubDate>"
            f"</item>"
            for n in range(9)
        )
        feed = f"<rss version='2.0'><channel><title>F</title>{before}</channel></rss>"
        declare(sqlite_store, source("s", url=origin.put("/s", feed)))
        assert bench.poll("s")[0].new == 9
        entry_ids = {item.entry_id for item in sqlite_store.items.find(ItemQuery())}
        origin.put("/s", change(feed))
        for _ in range(2):
            (report,) = bench.poll("s")
            assert (report.new, report.revised, report.error) == (0, 0, None)
        assert {item.entry_id for item in sqlite_store.items.find(ItemQuery())} == entry_ids
        origin.put("/s", change(feed.replace("</channel>", rss(7).split("</title>", 1)[1])))
        assert bench.poll("s")[0].new == 1


class TestManners:
    def test_a_disallow_that_names_us_is_obeyed_and_shown(
        self, sqlite_store: Store, origin: Origin, bench: Bench, clock: Clock
    ) -> None:
        origin.put("/robots.txt", "User-agent: aggregator\nDisallow: /no\n")
        urls = {"no": origin.put("/no", rss(1)), "yes": origin.put("/yes", rss(2))}
        declare(sqlite_store, *(source(name, url=url) for name, url in urls.items()))
        reports = {report.source_id: report for report in bench.poll("no", "yes")}
        assert reports["yes"].new == 1
        assert "robots.txt" in (reports["no"].error or "")
        assert "robots.txt" in (health(sqlite_store).state.error or "")
        clock.now += 2 * HOUR
        bench.poll("no", "yes")
        asked = [path for path, _ in origin.requests]
        assert (asked.count("/no"), asked.count("/robots.txt")) == (0, 1)
        origin.put("/robots.txt", "User-agent: *\nDisallow: /\n")
        clock.now += 24 * HOUR
        assert bench.poll("no")[0].new == 1, "rules for everybody are meant for crawlers"

    def test_what_robots_said_is_remembered(
        self, sqlite_store: Store, origin: Origin, tmp_path: Path
    ) -> None:
        origin.put("/robots.txt", "User-agent: Aggregator\nDisallow: /\n")
        declare(sqlite_store, source("s", url=origin.put("/s", rss(1))))
        for _ in range(3):
            with polling(sqlite_store, tmp_path, Clock()) as bench:
                bench.poll("s")
        assert [path for path, _ in origin.requests] == ["/robots.txt"]

    def test_a_request_to_slow_down_is_no_failure_and_slows_its_host(
        self, sqlite_store: Store, origin: Origin, tmp_path: Path, clock: Clock
    ) -> None:
        declare(sqlite_store, source("s", url=origin.put("/s", "", 429, Retry_After="7200")))
        with polling(sqlite_store, tmp_path, clock, AGGREGATOR_HOST_RATE="10") as bench:
            bench.poll("s")
        one = health(sqlite_store)
        assert (one.status, one.state.failures) == ("new", 0)
        assert one.state.next_poll_at == clock.now + 2 * HOUR
        (learnt,) = sqlite_store.hosts.budgets()
        assert learnt.spacing == timedelta(seconds=0.2)

    def test_who_would_wait_long_for_its_host_is_due_later_instead(
        self, sqlite_store: Store, origin: Origin, tmp_path: Path, clock: Clock
    ) -> None:
        count = 100
        urls = [origin.put(f"/s{n}", rss(n)) for n in range(count)]
        declare(sqlite_store, *(source(f"s{n}", url=url) for n, url in enumerate(urls)))
        with polling(sqlite_store, tmp_path, clock, AGGREGATOR_HOST_RATE="1") as bench:
            bench.start_due(count)
        due = [one.state.next_poll_at for one in sqlite_store.sources.health()]
        later = [at for at in due if at and at > clock.now + timedelta(seconds=59)]
        assert 30 <= len(later) <= 41
        assert len(set(later)) == len(later), "one after the other"
