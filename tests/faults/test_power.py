"""The power goes while polls are recorded: what was acknowledged is on the disk."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.faults.power import Recording, record, wrong_after_cuts
from tests.faults.victim import Victim

pytestmark = pytest.mark.sqlite("what it writes to its files, and when")


@pytest.fixture
def recording(victim: Victim, tmp_path: Path, tool: Callable[[str], str]) -> Recording:
    tool("strace")
    made = record(victim, tmp_path, 2)
    kinds = [(event.kind, event.file.rpartition("-")[2]) for event in made.events]
    # Written to the WAL, synced, acknowledged; in the end it is moved to the database.
    assert {("write", "wal"), ("sync", "wal"), ("say", ""), ("write", "aggregator.db")} <= {*kinds}
    return made


def test_nothing_that_was_acknowledged_is_lost_or_half_there(
    victim: Victim, recording: Recording, tmp_path: Path
) -> None:
    """After each call: ``python -m tests.faults.power``."""
    cuts, wrong = wrong_after_cuts(victim, recording, tmp_path, every=5, fates=3)
    assert cuts > 90
    assert wrong == []


def test_where_syncs_did_nothing_that_would_be_seen(
    victim: Victim, recording: Recording, tmp_path: Path
) -> None:
    _, wrong = wrong_after_cuts(victim, recording, tmp_path, every=5, lies=True)
    assert any(one.startswith("lost") for one in wrong)
