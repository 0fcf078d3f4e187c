"""The desk and the operators' pages in a real browser: the tours in the documentation are one."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import unavailable

ROOT = Path(__file__).parents[2]


@pytest.mark.timeout(400)
def test_the_tour_shows_every_page_in_a_window_and_on_a_phone(tmp_path: Path) -> None:
    if not (shutil.which("chromium") and shutil.which("chromedriver")):
        unavailable("chromium and chromedriver are not installed")
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.tour", str(tmp_path)],
        cwd=ROOT, capture_output=True, text=True, timeout=390,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    assert "TOO WIDE" not in done.stdout
    assert "the console says" not in done.stdout
    pictures = {path.name for path in tmp_path.iterdir()}
    assert len(pictures) == len(done.stdout.splitlines())
    for name, least in (("tour", 8), ("day", 9)):
        text = (ROOT / "docs" / f"{name}.md").read_text()
        shown = {part.partition(")")[0] for part in text.split("](tour/")[1:]}
        assert len(shown) >= least
        assert shown <= pictures
