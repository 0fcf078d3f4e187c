"""Power cuts, replayed: what polls wrote, cut after any call of theirs.

strace writes down every write, sync, truncation and removal, in order, and among them the lines
that acknowledge polls. A cut keeps what was synced; what was not is gone, torn at a sector, or
there, one write like this and the next like that. Names of files are taken as journaled, as they
are on ext4 and xfs.

``python -m tests.faults.power [--polls 6] [--fates 8]`` cuts after each call, so many times; the
tests cut here and there.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy.exc import DBAPIError

from tests.faults.victim import Identity, Victim
from tests.journeys.service import Installation
from tests.origin import Origin

SECTOR = 512
_CALLS = "pwrite64,write,fdatasync,fsync,ftruncate,unlink"
_LINE = re.compile(r"^(\d+) +(?:<\.\.\. )?(\w+)(.*)$")
_HEX = re.compile(r"(?:\\x[0-9a-f]{2})+")


@dataclass(frozen=True, slots=True)
class Event:
    """A call: ``write`` and ``truncate`` (at), ``sync``, ``unlink`` of a file of the database's
    folder; or ``say``: these items were acknowledged.
    """

    kind: str
    file: str = ""
    at: int = 0
    data: bytes = b""
    items: frozenset[Identity] = frozenset()


@dataclass(frozen=True, slots=True)
class Recording:
    """The files and the items that were acknowledged before, and what happened then."""

    files: dict[str, bytes]
    acknowledged: frozenset[Identity]
    events: list[Event]


class Disk:
    """What is on it for sure, and what was written since the last sync; ``lies``: syncs do nothing."""

    def __init__(self, files: dict[str, bytes], *, lies: bool = False) -> None:
        self._files = {name: bytearray(data) for name, data in files.items()}
        self._pending: dict[str, list[Event]] = {}
        self._lies = lies

    def do(self, event: Event) -> None:
        """Take a call."""
        if event.kind in ("write", "truncate"):
            self._pending.setdefault(event.file, []).append(event)
        elif event.kind == "sync" and not self._lies:
            for one in self._pending.pop(event.file, []):
                _apply(self._files, one, one.data)
        elif event.kind == "unlink":
            self._files.pop(event.file, None)
            self._pending.pop(event.file, None)

    def cut(self, chance: random.Random | None) -> dict[str, bytes]:
        """The files after a power cut: without chance, nothing is left that was not synced."""
        files = {name: bytearray(data) for name, data in self._files.items()}
        for event in (one for waiting in self._pending.values() for one in waiting):
            fate = chance.choice(["gone", "torn", "there"]) if chance else "gone"
            if fate == "there":
                _apply(files, event, event.data)
            elif fate == "torn" and chance and event.kind == "write":
                sectors = chance.randrange(len(event.data) // SECTOR + 1)
                _apply(files, event, event.data[: sectors * SECTOR])
        return {name: bytes(data) for name, data in files.items()}


def _apply(files: dict[str, bytearray], event: Event, data: bytes) -> None:
    file = files.setdefault(event.file, bytearray())
    if event.kind == "truncate":
        del file[event.at :]
        return
    file.extend(bytes(max(0, event.at - len(file))))
    file[event.at : event.at + len(data)] = data


def record(victim: Victim, folder: Path, polls: int) -> Recording:
    """What so many polls of new documents do to the files as they are now."""
    files = {path.name: path.read_bytes() for path in victim.database.parent.glob("*.db*")}
    acknowledged = frozenset(victim.acknowledged)
    trace = folder / "trace"
    strace = ("strace", "-f", "-y", "-xx", "-s", "1000000", "-o", str(trace))
    events: list[Event] = []
    # Slower than all at once, so that some are recorded and acknowledged while others are not.
    victim.house.environ["AGGREGATOR_HOST_RATE"] = "8"
    for number in range(polls):
        victim.show(4 + number)
        shown = {key: frozenset(items) for key, items in victim.shown_now()}
        assert victim.poll(*strace, "-e", f"trace={_CALLS}").returncode == 0
        events += _events(trace.read_text("ascii"), victim.database, shown)
    return Recording(files, acknowledged, events)


def _events(trace: str, database: Path, shown: dict[str, frozenset[Identity]]) -> Iterator[Event]:
    """A call of a thread that was interrupted counts when it begins, a sync when it ends."""
    begun: dict[str, str] = {}
    for line in trace.splitlines():
        found = _LINE.match(line)
        if not found or "= -1 " in line:
            continue
        thread, call, rest = found.groups()
        if rest.endswith("<unfinished ...>"):
            if call in ("fdatasync", "fsync"):
                begun[thread] = rest
                continue
        elif " resumed>" in rest:
            rest = begun.pop(thread, "")
        texts = [bytes.fromhex(text.replace("\\x", "")) for text in _HEX.findall(rest)]
        path = Path(texts[0].decode("utf-8", "replace")) if texts else Path()
        if call == "write" and rest.startswith("(1<"):
            for said in texts[-1].splitlines():
                report = json.loads(said)
                if report.get("outcome") == "changed":
                    yield Event("say", items=shown[report["source"]])
        elif path.name.startswith(database.name) and not path.name.endswith("-shm"):
            numbers = re.findall(r", (\d+)", _HEX.sub("", rest))
            if call == "pwrite64":
                yield Event("write", path.name, int(numbers[-1]), texts[-1])
            elif call == "ftruncate":
                yield Event("truncate", path.name, int(numbers[-1]))
            elif call in ("fdatasync", "fsync", "unlink"):
                yield Event("unlink" if call == "unlink" else "sync", path.name)


def wrong_after_cuts(
    victim: Victim,
    recorded: Recording,
    folder: Path,
    *,
    every: int = 1,
    fates: int = 1,
    lies: bool = False,
) -> tuple[int, list[str]]:
    """How many cuts there were, after each ``every``-th call, and what was wrong after them."""
    acknowledged = set(recorded.acknowledged)
    disk, chance, cuts = Disk(recorded.files, lies=lies), random.Random(9), 0
    wrong: list[str] = []
    for number, event in enumerate(recorded.events):
        disk.do(event)
        acknowledged |= event.items
        if number % every:
            continue
        for fate in range(fates):
            cuts += 1
            files = disk.cut(chance if fate else None)
            wrong += _complaints(victim, files, folder, acknowledged)
    return cuts, wrong


def _complaints(
    victim: Victim, files: dict[str, bytes], folder: Path, acknowledged: set[Identity]
) -> list[str]:
    with TemporaryDirectory(dir=folder) as place:
        for name, data in files.items():
            (Path(place) / name).write_bytes(data)
        try:
            return victim.complaints(Path(place) / victim.database.name, acknowledged)
        except DBAPIError as error:
            return [str(error)]


def main() -> None:
    """Run as a command."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--polls", type=int, default=6)
    parser.add_argument("--fates", type=int, default=8)
    options = parser.parse_args()
    with TemporaryDirectory() as name, Origin() as origin:
        folder = Path(name)
        victim = Victim(Installation(folder / "house", allow="127.0.0.0/8"), origin)
        victim.poll()
        recorded = record(victim, folder, options.polls)
        cuts, wrong = wrong_after_cuts(victim, recorded, folder, fates=options.fates)
        lied, lost = wrong_after_cuts(victim, recorded, folder, lies=True)
    sys.stdout.write(
        f"{len(recorded.events)} calls of {options.polls} polls: after {cuts} cuts, {len(wrong)} times "
        f"something was lost, doubled or broken; had the disk lied about syncs, {len(lost)} of {lied}\n"
    )
    sys.exit(1 if wrong or not lost else 0)


if __name__ == "__main__":
    main()
