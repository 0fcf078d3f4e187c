"""What is known of hosts: the budgets that they allow, and their robots.txt."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from operator import itemgetter
from typing import Any

from sqlalchemy import select, true
from sqlalchemy.dialects import postgresql, sqlite

from aggregator.domain import HostBudget, RobotsFile
from aggregator.store.database import Database, chunks
from aggregator.store.schema import hosts


class Hosts:
    """The hosts of one database."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._insert: Any = sqlite.insert if database.is_sqlite else postgresql.insert

    def budgets(self, of: Iterable[str] | None = None) -> list[HostBudget]:
        """Every budget that was learnt, or those of the named hosts."""
        query = select(hosts.c.host, hosts.c.owner, hosts.c.spacing, hosts.c.refused_at)
        named = true() if of is None else hosts.c.host.in_(list(of))
        with self._database.read() as connection:
            rows = connection.execute(query.where(named, hosts.c.refused_at.is_not(None)))
            return [HostBudget(*row) for row in rows]

    def learn(self, budgets: Iterable[HostBudget]) -> None:
        """Remember these budgets."""
        rows = [
            {
                "host": one.host,
                "owner": one.owner,
                "spacing": one.spacing,
                "refused_at": one.refused_at,
            }
            for one in budgets
        ]
        self._put(rows)

    def robots(self, of: Iterable[str] | None = None) -> dict[str, RobotsFile]:
        """Each host's robots.txt as it was when last asked for, or those of the named hosts; named
        by scheme and host.
        """
        query = select(hosts.c.host, hosts.c.robots_at, hosts.c.robots)
        named = true() if of is None else hosts.c.host.in_(list(of))
        with self._database.read() as connection:
            rows = connection.execute(query.where(named, hosts.c.robots_at.is_not(None)))
            return {row.host: RobotsFile(row.robots_at, row.robots) for row in rows}

    def keep_robots(self, found: Mapping[str, RobotsFile]) -> None:
        """Remember these hosts' robots.txt."""
        rows = [
            {"host": host, "robots": file.text, "robots_at": file.at}
            for host, file in found.items()
        ]
        self._put(rows)

    def _put(self, rows: list[dict[str, Any]]) -> None:
        """One statement for all of them, in one order: so two processes cannot block each other."""
        ordered = sorted(rows, key=itemgetter("host"))
        with self._database.write(alone=False) as connection:
            for part in chunks(ordered):
                put = self._insert(hosts).values(list(part))
                learnt = {name: put.excluded[name] for name in part[0] if name != "host"}
                connection.execute(put.on_conflict_do_update(index_elements=["host"], set_=learnt))
