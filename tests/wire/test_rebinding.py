"""A name that means another address a moment later leads nowhere inside: real DNS, real sockets."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import unavailable
from tests.wire.rebinding import INSIDE, OUTSIDE

ROOT = Path(__file__).parents[2]
APART = ["unshare", "--map-root-user", "--mount", "--net", "--"]


@pytest.fixture(scope="module")
def told() -> dict[str, Any]:
    try:
        subprocess.run([*APART, "true"], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        unavailable("a network namespace of one's own (unshare, Linux)")
    command = [*APART, sys.executable, "-m", "tests.wire.rebinding"]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, check=True)
    return json.loads(done.stdout)


def test_the_trap_would_close_on_an_unguarded_fetcher(told: dict[str, Any]) -> None:
    assert told["always"] == {"ends": ["200"], "by": [OUTSIDE], "questions": {"always.test": 1}}
    assert told["unguarded"]["ends"] == ["200", "200"]
    assert told["unguarded"]["by"] == [INSIDE, "::1"]


def test_a_name_that_turns_inward_is_refused_when_it_is_connected_to(told: dict[str, Any]) -> None:
    assert told["later"]["ends"] == ["200", "FetchRefused", "FetchRefused"]
    assert told["turns"]["ends"] == ["200", "FetchRefused"] * 3
    for case in ("later", "turns"):
        assert set(told[case]["by"]) == {OUTSIDE}
        # What is checked and what is connected to come from one answer.
        (questions,) = told[case]["questions"].values()
        assert questions == len(told[case]["ends"])


def test_of_several_addresses_the_inner_one_is_never_tried(told: dict[str, Any]) -> None:
    assert INSIDE not in told["both"]["by"]
    assert set(told["both"]["ends"]) <= {"200", "FetchRefused"}
    assert told["six"] == {
        "ends": ["FetchRefused", "FetchRefused"],
        "by": [],
        "questions": {"six.test": 1, "six-mapped.test": 1},
    }


def test_a_redirect_to_such_a_name_is_refused(told: dict[str, Any]) -> None:
    assert told["redirected"] == {"ends": ["FetchRefused"], "by": [OUTSIDE]}


def test_the_program_polls_it_outside_and_refuses_it_inside(told: dict[str, Any]) -> None:
    first, second = told["polls"]
    assert (first["outcome"], first["new"]) == ("changed", 1), first
    assert second["outcome"] == "failed"
    assert f"{INSIDE} is not a public address" in second["error"]
    assert set(told["polled_by"]) == {OUTSIDE}
