"""The bundled newsroom: what it serves, when, and that our own reader reads all of it."""

from __future__ import annotations

import urllib.error
import urllib.request
from collections import defaultdict
from datetime import UTC, datetime, timedelta

import pytest

from aggregator.demo.newsroom import articles, document
from aggregator.demo.origin import Origin, answer
from aggregator.demo.papers import PAPERS
from aggregator.domain import Document
from aggregator.wire.parse import parse
from tests.build import source

START = datetime(2026, 1, 20, 9, 0, tzinfo=UTC)
BASE = "http://127.0.0.1:8001"


def later(minutes: float) -> datetime:
    return START + timedelta(minutes=minutes)


@pytest.mark.parametrize("paper", PAPERS.values(), ids=lambda p: p.id)
def test_each_feed_reads_as_it_was_written(paper) -> None:
    now = later(60)
    headers = {"content-type": ""}
    body = document(paper, BASE, START, now)
    read = parse(Document(f"{BASE}/{paper.id}/feed", 200, headers, body, now), source(), now)
    written = [a for a in articles(START, now) if a.source == paper.id]
    assert [(i.title, i.text, i.published_at) for i in read.items] == [
        (a.title, a.text, a.published_at) for a in written
    ]
    assert [i.url for i in read.items] == [BASE + a.path for a in written]
    assert read.skipped == ()


def test_news_keeps_coming_and_the_past_stays() -> None:
    counts = [len(articles(START, later(minutes))) for minutes in (0, 1, 2, 3, 4, 5, 6)]
    assert counts == sorted(counts)
    assert counts[0] >= 25
    assert len(set(counts)) == 7


def test_one_paper_corrects_itself() -> None:
    def trees(minutes: float) -> tuple[str, str]:
        found = next(a for a in articles(START, later(minutes)) if "trees" in a.title)
        return found.title, found.text

    assert "12,000" in trees(0)[0]
    assert "20,000" in trees(1)[0]
    assert "12,000" in trees(1)[1]
    assert "20,000" in trees(2)[1]


def test_events_are_covered_by_several_papers_in_several_languages() -> None:
    papers: dict[str, set[str]] = defaultdict(set)
    for article in articles(START, later(60)):
        if article.event:
            papers[article.event].add(article.source)
    wide = [
        e
        for e, ids in papers.items()
        if len(ids) >= 3 and len({PAPERS[i].language for i in ids}) >= 2
    ]
    assert len(wide) >= 6


def test_the_papers_with_troubles_have_them() -> None:
    assert answer("/phare/feed", BASE, START, START)[0] == 503
    status, headers, _ = answer("/kulturen/feed", BASE, START, START)
    assert (status, headers["Location"]) == (301, "/kulturen/new-feed")
    assert b'rel="alternate"' in answer("/vitrine/feed", BASE, START, START)[2]
    assert answer("/nobody/feed", BASE, START, START)[0] == 404


def test_the_origin_answers_conditional_requests() -> None:
    import threading

    with Origin(0, lambda: START) as origin:
        thread = threading.Thread(target=origin.serve_forever, args=(0.02,))
        thread.start()
        try:
            request = urllib.request.Request(f"{origin.url}/fanal/feed")
            with urllib.request.urlopen(request) as response:
                request.add_header("If-None-Match", response.headers["ETag"])
            with pytest.raises(urllib.error.HTTPError) as caught:
                urllib.request.urlopen(request)
            assert caught.value.code == 304
            caught.value.close()
        finally:
            origin.shutdown()
            thread.join()
