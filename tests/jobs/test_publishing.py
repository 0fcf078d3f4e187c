"""Scheduled briefs go out by themselves, in time."""

from __future__ import annotations

import time
from datetime import timedelta
from pathlib import Path

from aggregator.jobs.publishing import BackgroundPublishing
from aggregator.store import Store
from tests.desk.newsroom import ANNA, DeskRoom


def wait_until(holds) -> float:
    """Seconds until it holds; within the five that are promised."""
    started = time.monotonic()
    while not holds():
        assert time.monotonic() - started < 5
        time.sleep(0.05)
    return time.monotonic() - started


def test_it_is_out_within_seconds_of_its_time(sqlite_store: Store, tmp_path: Path) -> None:
    room = DeskRoom(sqlite_store, tmp_path)
    made = room.begin()
    planned = room.desk.schedule(made.id, made.version, room.now + timedelta(hours=1), ANNA)
    publishing = BackgroundPublishing(lambda: room.desk)
    try:
        time.sleep(1.2)
        assert not room.get(made.id).is_public, "not before its time"
        room.pass_(hours=1)
        wait_until(lambda: room.get(made.id).is_public)
        assert room.get(made.id).published_at == planned.publish_at
    finally:
        publishing.stop()


def test_what_fell_due_while_nobody_ran_goes_out_at_the_start(
    sqlite_store: Store, tmp_path: Path
) -> None:
    room = DeskRoom(sqlite_store, tmp_path)
    made = room.begin()
    planned = room.desk.schedule(made.id, made.version, room.now + timedelta(minutes=1), ANNA)
    room.pass_(days=1)
    publishing = BackgroundPublishing(lambda: room.desk)
    try:
        wait_until(lambda: room.get(made.id).is_public)
    finally:
        publishing.stop()
    assert room.get(made.id).published_at == planned.publish_at
