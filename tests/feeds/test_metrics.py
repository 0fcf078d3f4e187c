"""/metrics: read by Prometheus' own parser, explained in the documentation, closed to strangers."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from aggregator.domain import Outcome, PollReport
from aggregator.store import Store
from feeds import create_app
from feeds.metrics import Metrics
from tests.build import NOW, declare, item, source, take
from tests.databases import away
from tests.feeds.desk import SETTINGS

DOCS = Path(__file__).parents[2] / "docs"


def samples(metrics: Metrics) -> dict[str, float]:
    families = text_string_to_metric_families(metrics.page().decode())
    return {
        sample.name + "".join(sample.labels.values()): sample.value
        for family in families
        for sample in family.samples
    }


def names(metrics: Metrics) -> set[str]:
    families = text_string_to_metric_families(metrics.page().decode())
    return {sample.name for family in families for sample in family.samples}


@pytest.fixture
def metrics(sqlite_store: Store) -> Metrics:
    declare(sqlite_store, source("fanal"), source("other"))
    take(sqlite_store, source("fanal"), item(1), item(2))
    made = Metrics(sqlite_store, lambda: NOW)
    made.polled(PollReport("fanal", Outcome.CHANGED, 200, new=2))
    made.polled(PollReport("other", Outcome.FAILED, None, error="x"))
    return made


def test_it_says_how_things_are(metrics: Metrics) -> None:
    found = samples(metrics)
    assert found["aggregator_sourcesok"] == 1
    assert found["aggregator_sourcesnew"] == 1
    assert found["aggregator_items"] == 2
    assert found["aggregator_polls_totalchanged"] == 1
    assert found["aggregator_polls_totalfailed"] == 1
    assert found["aggregator_new_items_total"] == 2
    assert found["aggregator_last_new_item_timestamp_seconds"] == NOW.timestamp()
    assert found["aggregator_database_up"] == 1


@pytest.mark.sqlite("what is free on a server's disk we do not know")
def test_every_name_is_documented_and_every_documented_name_is_there(metrics: Metrics) -> None:
    app = create_app(SETTINGS, metrics._store, lambda: NOW, metrics=metrics)
    app.test_client().get("/health")
    documented = set(
        re.findall(r"`((?:aggregator|process)_[a-z_]+)`", (DOCS / "operators.md").read_text())
    )
    assert names(metrics) == documented


@pytest.mark.sqlite("what is free on a server's disk we do not know")
def test_the_dashboard_asks_for_what_there_is(metrics: Metrics) -> None:
    create_app(SETTINGS, metrics._store, lambda: NOW, metrics=metrics).test_client().get("/health")
    dashboard = json.loads((DOCS / "grafana.json").read_text())
    queries = [target["expr"] for panel in dashboard["panels"] for target in panel["targets"]]
    asked = {name for query in queries for name in re.findall(r"(?:aggregator|process)_\w+", query)}
    assert asked
    assert asked <= names(metrics)


def test_a_database_that_is_away_is_said_and_breaks_nothing(
    metrics: Metrics, usual_url: str
) -> None:
    metrics._store.close()
    with away(usual_url):
        found = samples(metrics)
    assert found["aggregator_database_up"] == 0
    assert "aggregator_items" not in found


@pytest.mark.parametrize(
    ("site", "peer", "headers", "status"),
    [
        (("http://127.0.0.1:8000", None), "127.0.0.1", {}, 200),
        (("http://localhost", None), "::1", {}, 200),
        (("http://127.0.0.1:8000", None), "192.0.2.1", {}, 404),
        (("http://127.0.0.1:8000", None), "192.0.2.1", {"X-Forwarded-For": "127.0.0.1"}, 404),
        (("http://127.0.0.1:8000", None), "127.0.0.1", {"X-Forwarded-For": "127.0.0.1"}, 404),
        (("http://127.0.0.1:8000", "127.0.0.1"), "127.0.0.1", {}, 404),
        (("https://news.example.org", None), "127.0.0.1", {}, 404),
    ],
)
def test_on_the_site_it_is_for_this_machine_only(
    metrics: Metrics, site: tuple[str, str | None], peer: str, headers, status: int
) -> None:
    settings = replace(SETTINGS, base_url=site[0], trusted_proxy=site[1])
    client = create_app(settings, metrics._store, lambda: NOW, metrics=metrics).test_client()
    answer = client.get("/metrics", headers=headers, environ_overrides={"REMOTE_ADDR": peer})
    assert answer.status_code == status
