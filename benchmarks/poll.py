"""Polling N sources of 30 entries each: ours beside other programs, interleaved in one run.

``python -m benchmarks.poll [--sources 1000] [--rounds 3] [--beside reader,newsboat,sfeed]``
prints milliseconds of CPU time a source (median of the rounds), wall time, peak memory of the
largest process, size of what is stored, and how many times cheaper ours is.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections import defaultdict
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.contenders import available

PHASES = {
    "first poll": "etag 0",
    "not modified (304)": "etag 0",
    "same body, no validators": "plain 0",
    "one new entry each": "new 1",
}


def measure(names: list[str], sources: int, rounds: int) -> dict[tuple[str, str], list[Any]]:
    """Every phase by every program, round after round."""
    found: dict[tuple[str, str], list[Any]] = defaultdict(list)
    command = [sys.executable, "-m", "benchmarks.origin"]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as origin:
        assert origin.stdin
        assert origin.stdout
        port = origin.stdout.readline().strip()
        for number in range(rounds):
            with TemporaryDirectory() as folder:
                for phase, mode in PHASES.items():
                    print(mode, file=origin.stdin, flush=True)
                    origin.stdout.readline()
                    for name in names:
                        print(f"round {number + 1}: {phase}: {name}", file=sys.stderr)
                        found[phase, name].append(_one(name, Path(folder), port, sources))
        origin.stdin.close()
    return found


def _one(name: str, folder: Path, port: str, sources: int) -> Any:
    own = folder / name
    own.mkdir(exist_ok=True)
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.contenders", name, str(own), port, str(sources)],
        stdout=subprocess.PIPE, check=True, start_new_session=True,
    )  # fmt: skip
    measured = json.loads(done.stdout)
    stored = sum(path.stat().st_size for path in own.rglob("*") if path.is_file())
    return measured | {"stored_mb": stored / 1e6}


def show(found: dict[tuple[str, str], list[Any]], names: list[str], sources: int) -> None:
    """A table a phase."""
    for phase in PHASES:
        print(f"\n{phase}")
        own = median(run["cpu"] for run in found[phase, "ours"])
        for name in names:
            runs = found[phase, name]
            cpu, wall = (median(run[key] for run in runs) for key in ("cpu", "wall"))
            peak, stored = (max(run[key] for run in runs) for key in ("peak_mb", "stored_mb"))
            print(
                f"  {name:9} {cpu / sources * 1000:7.2f} ms CPU a source"
                f"  {cpu / own:6.1f} x  wall {wall:6.1f} s  peak {peak:4} MB"
                f"  stored {stored:6.1f} MB"
            )


def main() -> None:
    """Run as a command."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--sources", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--beside", default="reader", help="names, separated by commas")
    options = parser.parse_args()
    beside = [name for name in options.beside.split(",") if name]
    missing = [name for name in beside if not available(name)]
    if missing:
        print(f"not installed, left out: {', '.join(missing)}", file=sys.stderr)
    names = ["ours", *(name for name in beside if name not in missing)]
    show(measure(names, options.sources, options.rounds), names, options.sources)


if __name__ == "__main__":
    main()
