"""What operators do by command: tokens, backups, checks, pruning, sizes."""

from __future__ import annotations

import pytest
from sqlalchemy import delete, select

from aggregator.store.ops_schema import tokens
from aggregator.store.schema import poll_states
from tests.conftest import Install
from tests.databases import ON_POSTGRESQL, opened
from tests.journeys.service import Installation


@pytest.fixture
def place(install: Install) -> Installation:
    made = install("here", allow="127.0.0.0/8")
    made.declare([{"id": "fanal", "name": "Fanal", "url": "https://fanal.example/feed"}])
    made.run("db", "upgrade")
    return made


def test_a_token_is_shown_once_and_kept_as_a_digest(place: Installation) -> None:
    address = place.run("ops", "token", "add", "reader", "--editor", "olga").stdout.strip()
    token = address.removesuffix(".atom").rpartition("/")[2]
    assert address.startswith("http://127.0.0.1:8000/incidents/")
    assert len(token) >= 40
    place.run("ops", "token", "add", "reader", expect=2)
    assert [one["name"] for one in place.lines("ops", "token", "list")] == ["reader"]
    with opened(place.database_url) as connection:
        (kept,) = connection.execute(select(tokens)).all()
    assert token not in str(kept)
    place.run("ops", "token", "revoke", "reader")
    place.run("ops", "token", "revoke", "reader", expect=2)


def test_checks_say_by_their_exit_code_what_they_found(place: Installation) -> None:
    place.run("sources", "list")  # declares them
    assert "all good" in place.run("db", "check").stderr
    with opened(place.database_url) as connection:
        connection.execute(delete(poll_states))
    assert (
        "sources that nothing is known of polling: 1" in place.run("db", "check", expect=1).stdout
    )


def test_a_backup_is_restored_and_refused_where_it_cannot_be(place: Installation) -> None:
    place.run("db", "backup", "x.db")
    place.run("db", "restore", "x.db")
    said = place.run("db", "restore", "config/sources.yaml", expect=2).stderr
    assert ("no dump that pg_dump made" if ON_POSTGRESQL else "no backup") in said
    assert "cannot be written" in place.run("db", "backup", "nowhere/x.db", expect=2).stderr
    place.run("db", "downgrade", "0007", "--yes")
    assert "aggregator db upgrade" in place.run("db", "check", expect=2).stderr
    place.run("db", "upgrade")


def test_pruning_can_be_tried_first(place: Installation) -> None:
    (place.folder / "config" / "aggregator.yaml").write_text("retention: {texts: 90d}\n")
    (counts,) = place.lines("db", "prune", "--dry-run")
    assert (counts["dry_run"], counts["texts"], counts["failures"]) == (True, 0, 0)
    assert "texts: 0 dropped" in place.run("db", "prune").stdout
    (place.folder / "config" / "aggregator.yaml").write_text("retention: {texts: 9d}\n")
    said = place.run("db", "prune", expect=2).stderr
    assert "aggregator.yaml:1: retention: texts must be kept for 30d at least" in said


def test_sizes_are_told(place: Installation) -> None:
    (size,) = place.lines("db", "size")
    assert size["bytes"] > 0
    assert "items" in size["tables"]
    assert "in all" in place.run("db", "size").stdout
