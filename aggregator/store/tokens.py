"""Tokens for the private feeds, of which only digests are kept."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, insert, select

from aggregator.domain import AuditEntry, Token
from aggregator.store import audit
from aggregator.store.database import Database
from aggregator.store.ops_schema import tokens


class Tokens:
    """The tokens of one database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, name: str, digest: str, who: str, now: datetime) -> bool:
        """Let whoever has the token with this digest in; False when the name is taken."""
        with self._database.write() as connection:
            if connection.execute(select(tokens.c.name).where(tokens.c.name == name)).first():
                return False
            connection.execute(insert(tokens).values(name=name, digest=digest, created_at=now))
            audit.note(connection, AuditEntry(now, who, "token made", detail=name))
        return True

    def revoke(self, name: str, who: str, now: datetime) -> bool:
        """Shut out whoever has it, from now on; False when there is none of this name."""
        with self._database.write() as connection:
            gone = connection.execute(delete(tokens).where(tokens.c.name == name)).rowcount
            if gone:
                audit.note(connection, AuditEntry(now, who, "token revoked", detail=name))
        return bool(gone)

    def all(self) -> list[Token]:
        """Every token that lets somebody in, by name."""
        query = select(tokens.c.name, tokens.c.created_at).order_by(tokens.c.name)
        with self._database.read() as connection:
            return [Token(*row) for row in connection.execute(query)]

    def admits(self, digest: str) -> bool:
        """Whether the token with this digest lets its bearer in."""
        query = select(tokens.c.name).where(tokens.c.digest == digest)
        with self._database.read() as connection:
            return connection.execute(query).first() is not None
