"""A poll that is struck at its first write, at its second, and so on, until there is none left.

``python -m tests.faults.writes [--every 1]`` kills it there, or lets that and all later calls fail
for want of room or with an error of the disk; ``--every 5`` strikes at each fifth. The tests do so
here and there.
"""

from __future__ import annotations

import argparse
import sys
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.faults.victim import Victim
from tests.journeys.service import Installation
from tests.origin import Origin

FAULTS = {
    "killed": "signal=KILL:when={}",
    "no room": "error=ENOSPC:when={}+",
    "input/output error": "error=EIO:when={}+",
}
CALLS = {
    "killed": ("pwrite64", "fdatasync", "unlink"),
    "no room": ("pwrite64", "fdatasync"),
    "input/output error": ("pwrite64", "fdatasync"),
}


def strike(victim: Victim, fault: str, call: str, every: int) -> int:
    """Poll new documents until the fault finds no call; how often it found one.

    Raises AssertionError when something is lost, doubled, broken or does not recover.
    """
    for struck, number in enumerate(count(1, every)):
        victim.show(victim.newest + 1)
        victim.poll(injected=[f"{call}:{FAULTS[fault].format(number)}"])
        victim.recover()
        if not victim.struck:
            return struck
    raise AssertionError("there is always another one")


def main() -> None:
    """Run as a command."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--every", type=int, default=1)
    options = parser.parse_args()
    for fault, calls in CALLS.items():
        for call in calls:
            with TemporaryDirectory() as name, Origin() as origin:
                victim = Victim(Installation(Path(name) / "house", allow="127.0.0.0/8"), origin)
                victim.poll()
                struck = strike(victim, fault, call, options.every)
            sys.stdout.write(f"{fault} at {call}: {struck} times, all recovered from\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
