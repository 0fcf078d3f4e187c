"""What is known of hosts: the budgets that they allow, and their robots.txt."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Connection, insert, select, update

from aggregator.domain import HostBudget, RobotsFile
from aggregator.store.database import Database
from aggregator.store.schema import hosts


class Hosts:
    """The hosts of one database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def budgets(self) -> list[HostBudget]:
        """Every budget that was learnt."""
        query = select(hosts.c.host, hosts.c.owner, hosts.c.spacing, hosts.c.refused_at)
        with self._database.read() as connection:
            rows = connection.execute(query.where(hosts.c.refused_at.is_not(None)))
            return [HostBudget(*row) for row in rows]

    def learn(self, budgets: Iterable[HostBudget]) -> None:
        """Remember these budgets."""
        with self._database.write() as connection:
            for budget in budgets:
                values = {
                    "owner": budget.owner,
                    "spacing": budget.spacing,
                    "refused_at": budget.refused_at,
                }
                _put(connection, budget.host, values)

    def robots(self) -> dict[str, RobotsFile]:
        """Each host's robots.txt as it was when last asked for."""
        query = select(hosts.c.host, hosts.c.robots_at, hosts.c.robots)
        with self._database.read() as connection:
            rows = connection.execute(query.where(hosts.c.robots_at.is_not(None)))
            return {row.host: RobotsFile(row.robots_at, row.robots) for row in rows}

    def keep_robots(self, found: Mapping[str, RobotsFile]) -> None:
        """Remember these hosts' robots.txt."""
        with self._database.write() as connection:
            for host, file in found.items():
                _put(connection, host, {"robots": file.text, "robots_at": file.at})


def _put(connection: Connection, host: str, values: dict[str, Any]) -> None:
    done = connection.execute(update(hosts).where(hosts.c.host == host).values(values))
    if done.rowcount == 0:
        connection.execute(insert(hosts).values(host=host, **values))
