"""Logins that failed, kept for as long as they count."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta

from sqlalchemy import delete, insert, or_, select

from aggregator.domain import Attempt
from aggregator.store.database import Database
from aggregator.store.schema import attempts

_FIELDS = tuple(attempts.c[name] for name in Attempt.__dataclass_fields__)


class Attempts:
    """The attempts of one database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def begin(
        self, new: Attempt, wait: Callable[[Sequence[Attempt], Attempt], timedelta], keep: timedelta
    ) -> tuple[timedelta, int | None]:
        """Ask ``wait`` how long this attempt has to wait, given those of its address and account.

        Return that and, where it need not wait, the attempt's number: it counts from now on, so
        that many at once cannot slip through. Those older than ``keep`` are cleared away.
        """
        related = or_(attempts.c.address == new.address, attempts.c.username == new.username)
        query = select(*_FIELDS).where(related).order_by(attempts.c.at)
        with self._database.write() as connection:
            connection.execute(delete(attempts).where(attempts.c.at <= new.at - keep))
            before = [Attempt(*row) for row in connection.execute(query)]
            pause = wait(before, new)
            if pause > timedelta():
                return pause, None
            values = {name: getattr(new, name) for name in Attempt.__dataclass_fields__}
            added = insert(attempts).values(values).returning(attempts.c.id)
            return pause, int(connection.execute(added).scalar_one())

    def succeeded(self, number: int) -> None:
        """The attempt was none of the failures."""
        with self._database.write() as connection:
            connection.execute(delete(attempts).where(attempts.c.id == number))
