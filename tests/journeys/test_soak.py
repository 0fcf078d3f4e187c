"""A day in fast time: nothing is lost or doubled, and nothing is left behind by polls."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from tests.conftest import Databases
from tests.journeys.soak import Soak
from tests.origin import Origin


@pytest.mark.timeout(300)
def test_a_day_in_fast_time(
    databases: Databases, origin_everywhere: Origin, tmp_path: Path
) -> None:
    """Weeks: ``make soak``."""
    with (
        databases(tmp_path / "soak.db") as url,
        closing(Soak(tmp_path, origin_everywhere, url, days=1, hour=0.7, sources=20)) as soak,
    ):
        first, later = soak.pass_(9), soak.pass_(15)
        soak.end()
    assert later.polls - first.polls > 5 * 20, "it went on polling"
    assert later.items - first.items > 2 * 20, "it went on storing"
    assert later.descriptors < first.descriptors + 10
    assert later.threads < first.threads + 5
    # A service that has just begun still takes what it needs; what each poll leaks is for weeks.
    assert later.megabytes[0] < first.megabytes[0] + 80
