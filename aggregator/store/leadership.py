"""Who leads: of all schedulers on one database, one polls."""

from __future__ import annotations

import fcntl
from pathlib import Path
from typing import IO, Any

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from aggregator.store.database import Database

_LEADER_LOCK_KEY = 7_201_640_418_316
_SIGNS_OF_LIFE = text(
    # A machine that lost its power closes nothing: after some 15 s the server takes it for dead.
    "SELECT set_config('tcp_keepalives_idle', '5', false),"
    " set_config('tcp_keepalives_interval', '3', false),"
    " set_config('tcp_keepalives_count', '3', false)"
)


class Leadership:
    """One process's claim to lead; it ends with the process, however that ends.

    A session's advisory lock in PostgreSQL; a locked file beside an SQLite database.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._file: IO[Any] | None = None
        self._session: Connection | None = None

    def held(self) -> bool:
        """Take the lead if nobody has it; whether it is ours now."""
        return self._hold_file() if self._database.is_sqlite else self._hold_session()

    def release(self) -> None:
        """Let another process lead."""
        if self._file is not None:
            self._file.close()
            self._file = None
        if self._session is not None:
            self._session.invalidate()  # closes it for good: a pooled session would keep the lock
            self._session.close()
            self._session = None

    def _hold_file(self) -> bool:
        if self._file is not None:
            return True
        file = Path(f"{self._database.url.database}.leader").open("ab")  # noqa: SIM115 - held open
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            file.close()
            return False
        self._file = file
        return True

    def _hold_session(self) -> bool:
        try:
            if self._session is None:
                self._session = self._database.session()
                self._session.execute(_SIGNS_OF_LIFE)
            query = text("SELECT pg_try_advisory_lock(:key)")
            # Asked again, the same session gets it again: that tells whether it is still there.
            if self._session.execute(query, {"key": _LEADER_LOCK_KEY}).scalar():
                return True
        except DBAPIError:
            pass  # the server is away; whoever reaches it first will lead
        self.release()
        return False
