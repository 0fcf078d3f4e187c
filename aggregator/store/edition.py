"""The edition: which state of the published content the store holds."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, case, select, update

from aggregator.domain import Edition
from aggregator.store.schema import installation


def bump(connection: Connection, now: datetime) -> None:
    """Say, in the transaction that changed something readers may see, that it did.

    The time never goes back, whatever the clock does: Last-Modified is made of it.
    """
    later = case((installation.c.changed_at < now, now), else_=installation.c.changed_at)
    connection.execute(
        update(installation).values(edition=installation.c.edition + 1, changed_at=later)
    )


def current(connection: Connection) -> Edition:
    """Read the edition."""
    row = connection.execute(select(installation.c.edition, installation.c.changed_at)).one()
    return Edition(number=row.edition, changed_at=row.changed_at)
