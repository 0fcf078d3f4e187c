"""The short form of fuzzing: each target with its seeds, then a few inputs made from them."""

from __future__ import annotations

import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.conftest import unavailable
from tests.fuzz.seeds import WORDS, seeds
from tests.fuzz.targets import TARGETS

ROOT = Path(__file__).parents[2]
RUNS = 500


@pytest.mark.parametrize("target", sorted(TARGETS))
def test_what_is_begun_with_holds(target: str) -> None:
    begun = seeds(target)
    assert len(begun) > 1
    assert WORDS[target]
    for seed in begun:
        TARGETS[target](seed)
        TARGETS[target](seed[: len(seed) // 2])


@pytest.mark.timeout(600)
@pytest.mark.parametrize("target", sorted(TARGETS))
def test_a_few_inputs_break_nothing(tmp_path: Path, target: str) -> None:
    if find_spec("atheris") is None:
        unavailable("atheris is not for this platform, or not installed")
    command = [sys.executable, "-m", "tests.fuzz", target, "--runs", str(RUNS)]
    # One seed: a change is judged by the same inputs as the one before it. `make fuzz` takes others.
    done = subprocess.run(
        [*command, "--seed", "1", "--folder", str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr[-4000:]
    (executed,) = re.findall(r"stat::number_of_executed_units: (\d+)", done.stderr)
    assert int(executed) >= RUNS
