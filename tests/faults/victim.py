"""The program under faults: what it acknowledged is written down, and looked for afterwards."""

from __future__ import annotations

import json
import re
import sqlite3
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from tests.journeys.service import Installation
from tests.origin import Origin

SOURCES = 6
WINDOW = 8

Identity = tuple[str, str]


class Victim:
    """An installation whose sources show ``WINDOW`` entries each, one of them new a document."""

    def __init__(self, folder: Path, origin: Origin, hour: float = 3600, **settings: str) -> None:
        self.origin = origin
        self.house = Installation(folder, allow="127.0.0.0/8")
        self.house.environ["AGGREGATOR_HOUR"] = str(hour)
        self.ids = [f"paper-{number}" for number in range(SOURCES)]
        self.declare(**settings)
        self.house.run("db", "upgrade")
        self.database = next((self.house.folder / "var").glob("*.db"))
        self.acknowledged: set[Identity] = set()
        self.shown: set[Identity] = set()
        self.struck = False
        self.show(0)

    def declare(self, **settings: str) -> None:
        """Declare the sources with these settings of theirs."""
        self.house.declare(
            [
                {"id": key, "name": key, "url": f"{self.origin.url}/{key}", **settings}
                for key in self.ids
            ]
        )

    def show(self, document: int) -> None:
        """Let every source show this document, which is the next one or a later one."""
        self.newest = document
        numbers = range(document, document + WINDOW)
        for key in self.ids:
            entries = "".join(
                f"<item><title>{key} {n}</title><guid isPermaLink='false'>{key}:{n}</guid>"
                f"<link>https://{key}.example/{n}</link>"
                f"<description>{'x' * 300}</description></item>"
                for n in numbers
            )
            body = f'<rss version="2.0"><channel><title>F</title>{entries}</channel></rss>'
            self.origin.put(f"/{key}", body, ETag=f'"{document}"')
            self.shown |= {(key, f"{key}:{n}") for n in numbers}

    def poll(self, *wrap: str, injected: Sequence[str] = ()) -> subprocess.CompletedProcess[str]:
        """Poll once under a command such as prlimit, or with calls that strace spoils: then
        ``struck`` tells whether there was such a call.
        """
        trace = self.house.folder / "trace"
        if injected:
            calls = ",".join(rule.partition(":")[0] for rule in injected)
            rules = [option for rule in injected for option in ("-e", f"inject={rule}")]
            wrap = ("strace", "-f", "-o", str(trace), "-e", f"trace={calls}", *rules)
        visible = dict(self.shown_now())
        done = subprocess.run(
            [*wrap, sys.executable, "-m", "aggregator", "poll", "--json"],
            cwd=self.house.folder, env=self.house.environ, capture_output=True, text=True,
            timeout=300,
        )  # fmt: skip
        assert "Traceback" not in done.stderr, done.stderr
        if injected:
            self.struck = re.search(r"INJECTED|killed by SIGKILL", trace.read_text()) is not None
        for line in done.stdout.splitlines():
            said = json.loads(line)
            if said.get("outcome") == "changed":
                self.acknowledged |= visible[said["source"]]
        return done

    def shown_now(self) -> list[tuple[str, set[Identity]]]:
        """What each source's present document holds."""
        numbers = range(self.newest, self.newest + WINDOW)
        return [(key, {(key, f"{key}:{n}") for n in numbers}) for key in self.ids]

    def complaints(
        self, database: Path | None = None, acknowledged: set[Identity] | None = None
    ) -> list[str]:
        """What is wrong with what is stored: nothing may be broken, doubled or lost, and nobody
        may ask with the validators of a document whose items are not there.
        """
        connection = sqlite3.connect(database or self.database)
        try:
            # Closing it moves the WAL to the file; nothing depends on when that is on the disk.
            connection.execute("PRAGMA synchronous = OFF")
            whole = connection.execute("PRAGMA integrity_check").fetchone()[0]
            bad = connection.execute("PRAGMA foreign_key_check").fetchall()
            rows = connection.execute("SELECT source_id, guid FROM items").fetchall()
            etags = connection.execute("SELECT source_id, etag FROM poll_states").fetchall()
        finally:
            connection.close()
        lost = (self.acknowledged if acknowledged is None else acknowledged) - set(rows)
        said = {
            (key, f"{key}:{int(etag[1:-1]) + n}")
            for key, etag in etags if etag for n in range(WINDOW)
        }  # fmt: skip
        return [
            *([] if whole == "ok" else [whole]),
            *map(str, bad),
            *([] if len(rows) == len(set(rows)) else ["doubled"]),
            *([f"lost {sorted(lost)[:3]}"] if lost else []),
            *(["validators moved without their items"] if said - set(rows) else []),
        ]

    def let_leases_lapse(self) -> None:
        """What takes two minutes: sources that a killed process held are free again."""
        connection = sqlite3.connect(self.database)
        with connection:
            connection.execute("UPDATE poll_states SET leased_until = NULL, leased_by = NULL")
        connection.close()

    def recover(self) -> None:
        """After the fault: what was acknowledged is there, and an undisturbed poll has the rest."""
        assert self.complaints() == []
        self.let_leases_lapse()
        done = self.poll()
        assert done.returncode == 0, done.stderr
        assert self.complaints() == []
        assert self.acknowledged <= self.shown
        connection = sqlite3.connect(self.database)
        rows = connection.execute("SELECT source_id, guid FROM items").fetchall()
        connection.close()
        assert set(rows) == self.shown, set(rows) ^ self.shown
