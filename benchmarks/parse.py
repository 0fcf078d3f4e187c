"""Reading one document: whole and in part, beside plain feedparser.

``python -m benchmarks.parse [FILE ...]`` prints milliseconds of CPU time a document, the least of
five rounds; without files, of generated feeds of 30 entries.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import quote

from aggregator.domain import Document, Source
from aggregator.errors import ParseError
from aggregator.wire import fresh
from aggregator.wire.reading import read
from benchmarks.documents import feed

_NOW = datetime(2026, 2, 1, tzinfo=UTC)
_SOURCE = Source("bench", "Bench", "https://bench.example/feed")


def main() -> None:
    """Run as a command."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("files", nargs="*", type=Path)
    paths = parser.parse_args().files
    bodies = [path.read_bytes() for path in paths] or [feed(number) for number in range(50)]
    urls = [f"https://bench.example/{quote(path.name)}" for path in paths] or [_SOURCE.url] * 50
    documents = [
        Document(url, 200, {"content-type": "application/xml"}, body, _NOW)
        for url, body in zip(urls, bodies, strict=True)
    ]
    usable = [document for document in documents if _remembered(document) is not None]
    known = {id(one): _remembered(one) or b"" for one in usable}
    less = {key: _without_one(seen) for key, seen in known.items()}
    split = sum(bool(seen) for seen in known.values())
    size = sum(len(one.body) for one in usable) / len(usable) / 1024
    print(f"{len(usable)} documents of {size:.0f} KiB on average, {split} of them can be split")
    plain = _plain([document.body for document in usable])
    _show("plain feedparser", plain, plain)
    for name, seen in (("whole", {}), ("all but one entry known", less), ("all known", known)):
        took = _measure(usable, lambda one: read(one, _SOURCE, seen.get(id(one), b""), _NOW))  # noqa: B023 - called at once
        _show(f"ours, {name}", took, plain)


def _plain(bodies: list[bytes]) -> float:
    with TemporaryDirectory() as folder:
        paths = [Path(folder) / str(number) for number in range(len(bodies))]
        for path, body in zip(paths, bodies, strict=True):
            path.write_bytes(body)
        command = [sys.executable, "-m", "benchmarks.plain"]
        given = "".join(f"{path}\n" for path in paths)
        done = subprocess.run(command, input=given, stdout=subprocess.PIPE, check=True, text=True)
    return float(done.stdout)


def _measure(documents: list[Document], action: Callable[[Document], object]) -> float:
    rounds = []
    for _ in range(5):
        started = time.process_time()
        for document in documents:
            action(document)
        rounds.append((time.process_time() - started) / len(documents) * 1000)
    return min(rounds)


def _show(name: str, took: float, plain: float) -> None:
    print(f"  {name:28} {took:7.2f} ms  {plain / took:6.1f} x")


def _remembered(document: Document) -> bytes | None:
    try:
        return read(document, _SOURCE, b"", _NOW).seen
    except ParseError:
        return None


def _without_one(seen: bytes) -> bytes:
    remembered = fresh.unpacked(seen)
    return fresh.Seen(remembered.context, dict(list(remembered.keys.items())[1:])).packed()


if __name__ == "__main__":
    main()
