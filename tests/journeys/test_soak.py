"""A day and a half in fast time: nothing is lost or doubled, and nothing is left behind by polls."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from tests.journeys.soak import Soak
from tests.origin import Origin


@pytest.mark.timeout(300)
def test_a_day_in_fast_time(origin_everywhere: Origin, tmp_path: Path) -> None:
    """Weeks: ``make soak``."""
    soak = Soak(tmp_path, origin_everywhere, days=1.5, hour=0.7, sources=30)
    with closing(soak):
        first, later = soak.pass_(12), soak.pass_(24)
        soak.end()
    assert later.polls - first.polls > 12 * 30, "it went on polling"
    assert later.items - first.items > 4 * 30, "it went on storing"
    assert later.descriptors < first.descriptors + 10
    assert later.threads < first.threads + 5
    # One poll may not leave a hundredth of a megabyte: that would be more than these.
    assert later.megabytes[0] < first.megabytes[0] + 60
