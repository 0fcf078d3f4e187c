"""The application over HTTP: pages, feeds, conditional answers, trouble."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from aggregator.settings import load
from aggregator.store import Store
from aggregator.store.database import parse_url
from feeds import create_app
from tests.build import NOW, declare, item, source, take
from tests.databases import away
from tests.feeds.serving import serving
from tests.journeys.service import free_port

FANAL = source("fanal", name="Le Fanal", language="fr", site="https://fanal.example/")
SETTINGS = load(Path(__file__).parents[2] / "config", {})
FORMATS = ("atom", "rss", "json")


@pytest.fixture
def client(sqlite_store: Store) -> FlaskClient:
    declare(sqlite_store, FANAL)
    take(sqlite_store, FANAL, item(1, language="fr"), item(2))
    settings = replace(SETTINGS, sources=(FANAL,))
    return create_app(settings, sqlite_store, lambda: NOW).test_client()


@pytest.mark.parametrize("ending", FORMATS)
def test_a_client_that_has_it_gets_304(client: FlaskClient, ending: str) -> None:
    first = client.get(f"/feed.{ending}")
    etag = first.headers["ETag"]
    for headers in (
        {"If-None-Match": etag},
        {"If-None-Match": f'"x", W/{etag}'},
        {"If-None-Match": "*"},
        {"If-Modified-Since": first.headers["Last-Modified"]},
        {"If-None-Match": etag, "Accept-Encoding": "gzip"},
    ):
        again = client.get(f"/feed.{ending}", headers=headers)
        assert (again.status_code, again.data) == (304, b"")
        for name in ("Cache-Control", "Vary"):
            assert again.headers[name] == first.headers[name]


def test_gzip_is_the_same_document_under_another_strong_etag(client: FlaskClient) -> None:
    plain = client.get("/feed.atom")
    packed = client.get("/feed.atom", headers={"Accept-Encoding": "gzip"})
    assert gzip.decompress(packed.data) == plain.data
    assert packed.headers["ETag"] != plain.headers["ETag"]


def test_what_changes_changes_the_feed_and_nothing_else_does(
    client: FlaskClient, sqlite_store: Store
) -> None:
    first = client.get("/feed.atom")
    take(sqlite_store, FANAL, item(1, language="fr"), item(2), now=NOW + timedelta(hours=1))
    assert client.get("/feed.atom").headers["ETag"] == first.headers["ETag"]
    take(sqlite_store, FANAL, item(3), now=NOW + timedelta(hours=2))
    later = client.get("/feed.atom")
    assert b"Title 3" in later.data
    assert later.headers["Last-Modified"] != first.headers["Last-Modified"]


def test_an_edition_that_readers_cannot_tell_apart_keeps_its_validators(
    client: FlaskClient, sqlite_store: Store
) -> None:
    first = client.get("/feed.atom")
    declare(sqlite_store, replace(FANAL, weight=3), now=NOW + timedelta(hours=1))
    again = client.get("/feed.atom")
    for name in ("ETag", "Last-Modified"):
        assert again.headers[name] == first.headers[name]


def test_the_last_good_documents_are_served_while_the_database_is_away(
    client: FlaskClient, sqlite_store: Store, usual_url: str
) -> None:
    first = client.get("/feed.atom")
    sqlite_store.close()
    with away(usual_url):
        kept = client.get("/feed.atom")
        assert (kept.status_code, kept.data) == (200, first.data)
        health = client.get("/health")
        assert health.status_code == 503
        assert str(parse_url(usual_url).database) not in health.text
        assert client.get("/feed.rss").status_code == 503
    assert client.get("/feed.rss").status_code == 200


def test_the_front_page_links_each_headline_to_its_publisher(client: FlaskClient) -> None:
    page = client.get("/").text
    assert (
        '<a href="https://fanal.example/1" rel="noopener noreferrer" hreflang="fr">Title 1</a>'
        in page
    )
    assert '<time datetime="2026-01-20T08:00:00+00:00">20/01/2026 09h00</time>' in page
    assert "Le Fanal" in page
    for ending in FORMATS:
        assert f'href="/feed.{ending}"' in page


def test_the_front_page_without_items_says_so(sqlite_store: Store) -> None:
    settings = replace(SETTINGS, sources=())
    page = create_app(settings, sqlite_store, lambda: NOW).test_client().get("/")
    assert "No news yet" in page.text


def test_markup_in_a_title_is_text(client: FlaskClient, sqlite_store: Store) -> None:
    take(
        sqlite_store,
        FANAL,
        item(5, title="<script>alert(1)</script>"),
        now=NOW + timedelta(hours=1),
    )
    assert "<script>" not in client.get("/").text


@pytest.mark.parametrize("path", ["/", "/feed.atom", "/health", "/nowhere", "/favicon.ico"])
def test_every_response_carries_the_protecting_headers(client: FlaskClient, path: str) -> None:
    with client.get(path) as response:
        assert response.headers["Content-Security-Policy"].startswith("default-src 'none'")
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert "Set-Cookie" not in response.headers


def test_errors_repeat_nothing_of_the_request(client: FlaskClient) -> None:
    response = client.get("/<script>evil</script>?q=evil", headers={"Host": "evil.example"})
    assert response.status_code == 404
    assert "evil" not in response.text
    refused = client.post("/feed.atom")
    assert (refused.status_code, "GET" in refused.headers["Allow"]) == (405, True)


def test_the_host_header_steers_no_link(client: FlaskClient) -> None:
    assert b"evil" not in client.get("/feed.atom", headers={"Host": "evil.example"}).data


def test_health_counts_the_sources(client: FlaskClient) -> None:
    report = json.loads(client.get("/health").data)
    assert report["status"] == "ok"
    assert report["sources"] == {
        "total": 1,
        "new": 0,
        "ok": 1,
        "failing": 0,
        "gone": 0,
        "disabled": 0,
    }


@pytest.fixture
def served(sqlite_store: Store) -> Iterator[str]:
    port = free_port()
    declare(sqlite_store, FANAL)
    take(sqlite_store, FANAL, *(item(n) for n in range(60)))
    settings = replace(SETTINGS, base_url=f"http://127.0.0.1:{port}")
    with serving(create_app(settings, sqlite_store, lambda: NOW), port) as base:
        yield base


def test_every_promise_to_subscribers_is_kept(shared: Path, served: str) -> None:
    check = shared / "tools" / "subscriber_check.py"
    done = subprocess.run(
        [sys.executable, check, f"{served}/feed.atom"], capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stdout
    assert "S43 PASS" in done.stdout
