"""The program under faults: what it acknowledged is written down, and looked for afterwards."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import select, update

from aggregator.store.schema import items, poll_states
from tests.databases import opened
from tests.journeys.service import DATABASE, Installation
from tests.origin import Origin

SOURCES = 6
WINDOW = 8

Identity = tuple[str, str]

_ITEMS = select(items.c.source_id, items.c.guid)


class Victim:
    """An installation whose sources show ``WINDOW`` entries each, one of them new a document."""

    def __init__(
        self, house: Installation, origin: Origin, hour: float = 3600, **settings: str
    ) -> None:
        self.origin = origin
        self.house = house
        self.house.environ["AGGREGATOR_HOUR"] = str(hour)
        self.ids = [f"paper-{number}" for number in range(SOURCES)]
        self.declare(**settings)
        self.house.run("db", "upgrade")
        self.database = house.folder / DATABASE
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
        """What is wrong with what is stored, or with a copy of the file: nothing may be broken,
        doubled or lost, and nobody may ask with the validators of a document whose items are not
        there.
        """
        url = f"sqlite:///{database}" if database else self.house.database_url
        bad: list[str] = []
        with opened(url) as connection:
            if connection.dialect.name == "sqlite":
                # Closing it moves the WAL to the file; nothing depends on when that is on the disk.
                connection.exec_driver_sql("PRAGMA synchronous = OFF")
                for row in connection.exec_driver_sql("PRAGMA integrity_check"):
                    bad += [] if row[0] == "ok" else [str(row[0])]
                bad += map(str, connection.exec_driver_sql("PRAGMA foreign_key_check"))
            rows = connection.execute(_ITEMS).all()
            etags = connection.execute(select(poll_states.c.source_id, poll_states.c.etag)).all()
        found = {(key, guid) for key, guid in rows}
        lost = (self.acknowledged if acknowledged is None else acknowledged) - found
        said = {
            (key, f"{key}:{int(etag[1:-1]) + n}")
            for key, etag in etags if etag for n in range(WINDOW)
        }  # fmt: skip
        return [
            *bad,
            *([] if len(rows) == len(found) else ["doubled"]),
            *([f"lost {sorted(lost)[:3]}"] if lost else []),
            *(["validators moved without their items"] if said - found else []),
        ]

    def let_leases_lapse(self) -> None:
        """What takes two minutes: sources that a killed process held are free again."""
        with opened(self.house.database_url) as connection:
            connection.execute(update(poll_states).values(leased_until=None, leased_by=None))

    def recover(self) -> None:
        """After the fault: what was acknowledged is there, and an undisturbed poll has the rest."""
        assert self.complaints() == []
        self.let_leases_lapse()
        done = self.poll()
        assert done.returncode == 0, done.stderr
        assert self.complaints() == []
        assert self.acknowledged <= self.shown
        with opened(self.house.database_url) as connection:
            rows = {(key, guid) for key, guid in connection.execute(_ITEMS)}
        assert rows == self.shown, rows ^ self.shown
