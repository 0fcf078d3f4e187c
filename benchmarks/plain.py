"""Feedparser as it comes, in a process that has not made it quicker: ``python -m benchmarks.plain``
reads a path a line on stdin and prints milliseconds of CPU time a document, the least of five
rounds.
"""

from __future__ import annotations

import io
import sys
import time
from pathlib import Path

import feedparser


def main() -> None:
    """Run as a command."""
    bodies = [Path(line.rstrip("\n")).read_bytes() for line in sys.stdin]
    rounds = []
    for _ in range(5):
        started = time.process_time()
        for body in bodies:
            feedparser.parse(io.BytesIO(body))
        rounds.append((time.process_time() - started) / len(bodies) * 1000)
    print(min(rounds))


if __name__ == "__main__":
    main()
