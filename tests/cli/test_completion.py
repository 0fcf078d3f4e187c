"""Completion as the shells ask for it (click's): the documented line, then a press of Tab."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.scratch import ROOT, write_command

PRESS_TAB = """
source <(_AGGREGATOR_COMPLETE=bash_source aggregator)
complete -p aggregator
COMP_WORDS=({words}) COMP_CWORD={last}
_aggregator_completion aggregator
printf '%s\\n' "${{COMPREPLY[@]}}"
"""


@pytest.fixture
def path(tmp_path: Path) -> str:
    """A PATH with the command in it."""
    write_command(tmp_path / "aggregator", Path(sys.executable))
    return f"{tmp_path}:{os.environ['PATH']}"


def completed(path: str, *words: str) -> list[str]:
    """What bash offers for the last of the words."""
    typed = " ".join(f"'{word}'" for word in ("aggregator", *words))
    done = subprocess.run(
        ["bash", "-c", PRESS_TAB.format(words=typed, last=len(words))],
        env=os.environ | {"PATH": path, "PYTHONPATH": str(ROOT)},
        capture_output=True, text=True, check=True, timeout=100,
    )  # fmt: skip
    assert done.stderr == ""
    return done.stdout.splitlines()[1:]


def test_commands_options_and_choices_are_completed(path: str) -> None:
    assert completed(path, "sou") == ["sources"]
    assert completed(path, "briefs", "with") == ["withdraw"]
    assert "--history" in completed(path, "items", "--")
    assert completed(path, "users", "add", "q", "--role", "pub") == ["publisher"]


@pytest.mark.parametrize("shell", ["zsh", "fish"])
def test_there_is_a_script_for_other_shells(path: str, shell: str) -> None:
    done = subprocess.run(
        ["aggregator"],
        env=os.environ | {"PATH": path, "PYTHONPATH": str(ROOT), "_AGGREGATOR_COMPLETE": f"{shell}_source"},
        capture_output=True, text=True, check=True, timeout=100,
    )  # fmt: skip
    assert f"_AGGREGATOR_COMPLETE={shell}_complete" in done.stdout
