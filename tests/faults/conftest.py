"""What tests of faults begin with."""

from __future__ import annotations

import pytest

from tests.conftest import Install
from tests.faults.victim import Victim
from tests.origin import Origin


@pytest.fixture
def victim(origin: Origin, install: Install) -> Victim:
    """An installation that has polled once, and whose sources have something new; nothing is open."""
    made = Victim(install(allow="127.0.0.0/8"), origin)
    assert made.poll().returncode == 0
    made.show(3)
    return made
