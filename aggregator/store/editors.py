"""Editors' accounts. Whatever changes who may enter ends their sessions with it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, delete, insert, select, update

from aggregator.domain import Editor, Role
from aggregator.store.database import Database
from aggregator.store.schema import editors, sessions

FIELDS = tuple(editors.c[name] for name in Editor.__dataclass_fields__)
"""The columns of an Editor, in its order."""


class Editors:
    """The accounts of one database. Passwords come here as hashes."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self) -> list[Editor]:
        """Everybody, by username."""
        with self._database.read() as connection:
            rows = connection.execute(select(*FIELDS).order_by(editors.c.username))
            return [editor(row) for row in rows]

    def find(self, username: str) -> Editor | None:
        """Who has this username, disabled or not."""
        with self._database.read() as connection:
            row = connection.execute(_one(username)).one_or_none()
        return editor(row) if row else None

    def password(self, username: str) -> str | None:
        """The hash of the password that lets them in; None: nobody, or they are disabled."""
        query = select(editors.c.password).where(
            editors.c.username == username, editors.c.disabled_at.is_(None)
        )
        with self._database.read() as connection:
            return connection.execute(query).scalar_one_or_none()

    def add(self, new: Editor, password: str, now: datetime) -> bool:
        """Store an account; False, having changed nothing, where the username is taken."""
        values = {name: getattr(new, name) for name in Editor.__dataclass_fields__}
        with self._database.write() as connection:
            if connection.execute(_one(new.username)).one_or_none():
                return False
            connection.execute(insert(editors).values(password=password, created_at=now, **values))
        return True

    def set_password(self, username: str, password: str) -> bool:
        """Change the password and end every session; False: there is nobody of that name."""
        return self._change(username, password=password)

    def disable(self, username: str, now: datetime) -> bool:
        """Let nobody in under this name and end every session; False: there is nobody."""
        return self._change(username, disabled_at=now)

    def enable(self, username: str) -> bool:
        """Let them in again; False: there is nobody of that name."""
        return self._change(username, disabled_at=None)

    def edit(self, changed: Editor) -> bool:
        """Change name, initials and role, from the next request on; False: there is nobody of that
        name.
        """
        values = {name: getattr(changed, name) for name in ("name", "initials", "role")}
        mine = update(editors).where(editors.c.username == changed.username)
        with self._database.write() as connection:
            return connection.execute(mine.values(values)).rowcount > 0

    def _change(self, username: str, **values: Any) -> bool:
        with self._database.write() as connection:
            connection.execute(delete(sessions).where(sessions.c.username == username))
            mine = update(editors).where(editors.c.username == username)
            return connection.execute(mine.values(values)).rowcount > 0


def editor(row: Row[Any]) -> Editor:
    """The Editor in a row that begins with FIELDS."""
    username, name, initials, role, disabled_at = row[: len(FIELDS)]
    return Editor(username, name, initials, Role(role), disabled_at)


def _one(username: str) -> Select[Any]:
    return select(*FIELDS).where(editors.c.username == username)
