"""Who is logged in. What is not here is not: nothing that a browser keeps counts by itself."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, insert, select, update

from aggregator.domain import Editor, Session
from aggregator.store.database import Database
from aggregator.store.editors import FIELDS, editor
from aggregator.store.schema import editors, sessions

_MINE = tuple(sessions.c[name] for name in Session.__dataclass_fields__)


class Sessions:
    """The sessions of one database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def find(self, key: str) -> tuple[Session, Editor] | None:
        """The session with this key and whose it is, however old."""
        query = select(*FIELDS, *_MINE).join(editors, editors.c.username == sessions.c.username)
        with self._database.read() as connection:
            row = connection.execute(query.where(sessions.c.key == key)).one_or_none()
        return (Session(*row[len(FIELDS) :]), editor(row)) if row else None

    def open(self, new: Session, password: str) -> bool:
        """Store a session that was granted for ``password`` (its hash).

        False, when that is not their password any more or they were disabled meanwhile: looking at
        a password takes its time. Sessions that are over are cleared away.
        """
        query = select(editors.c.username).where(
            editors.c.username == new.username,
            editors.c.password == password,
            editors.c.disabled_at.is_(None),
        )
        with self._database.write() as connection:
            connection.execute(delete(sessions).where(sessions.c.expires_at <= new.created_at))
            if connection.execute(query).one_or_none() is None:
                return False
            values = {name: getattr(new, name) for name in Session.__dataclass_fields__}
            connection.execute(insert(sessions).values(values))
        return True

    def touch(self, key: str, now: datetime) -> None:
        """Note that it was used."""
        with self._database.write() as connection:
            connection.execute(update(sessions).where(sessions.c.key == key).values(seen_at=now))

    def end(self, key: str) -> None:
        """Log out."""
        with self._database.write() as connection:
            connection.execute(delete(sessions).where(sessions.c.key == key))
