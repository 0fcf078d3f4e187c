"""What tests of faults begin with."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.faults.victim import Victim
from tests.origin import Origin


@pytest.fixture
def victim(origin: Origin, tmp_path: Path) -> Victim:
    """An installation that has polled once, and whose sources have something new; nothing is open."""
    made = Victim(tmp_path / "house", origin)
    assert made.poll().returncode == 0
    made.show(3)
    return made
