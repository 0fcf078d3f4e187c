"""Every SQL statement: one method, one transaction; rows become values at the door.

``schema``, ``desk_schema`` the tables · ``migrations`` how they came to be · ``versions`` which a
database has · ``database`` connections and transactions · ``sources``, ``polls``, ``items``,
``hosts``, ``subscriptions``, ``notices``, ``stories`` the statements · ``asides`` what a poll
brings besides items · ``queued`` polls that wait in a queue · ``turns`` which process may ask a
host · ``rulings`` what editors decide about stories · ``placing`` what both share · ``search``
finding items by words · ``wire`` stories as the desk lists them · ``looks`` what each editor has
seen · ``briefs``, ``wordings``, ``slots``, ``claims``, ``alerts``, ``watches``, ``article_texts``,
``audit`` the desk's · ``selection``, ``archives`` what feeds have · ``published`` what readers see
of it · ``pictures`` how far we are with those, and ``folder`` their files · ``editors``,
``sessions``, ``attempts`` who may enter it · ``edition`` what tells a feed that it must be rendered
again · ``leadership`` which of several schedulers polls · ``failures``, ``incidents``, ``alarms``,
``figures``, ``tokens`` what operators are told and how (``ops_schema``) · ``retention`` what is
kept for how long · ``rehearsal`` trying other sources · ``backup``, ``integrity``, ``copying`` the
whole database. ``rows``, ``types``, ``folding`` how values, columns and searched text are stored.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from sqlalchemy import select

from aggregator.domain import Edition
from aggregator.store import edition, integrity, rehearsal, versions
from aggregator.store.alarms import Alarms
from aggregator.store.alerts import Alerts
from aggregator.store.archives import Archives
from aggregator.store.article_texts import ArticleTexts
from aggregator.store.attempts import Attempts
from aggregator.store.audit import Audit
from aggregator.store.briefs import Briefs
from aggregator.store.claims import Claims
from aggregator.store.database import Database
from aggregator.store.editors import Editors
from aggregator.store.failures import Failures
from aggregator.store.figures import Figures
from aggregator.store.hosts import Hosts
from aggregator.store.incidents import Incidents
from aggregator.store.items import Items
from aggregator.store.leadership import Leadership
from aggregator.store.looks import Looks
from aggregator.store.notices import Notices
from aggregator.store.pictures import Pictures
from aggregator.store.placing import Tell
from aggregator.store.polls import Polls
from aggregator.store.published import Published
from aggregator.store.queued import Queued
from aggregator.store.retention import Retention
from aggregator.store.rulings import Rulings
from aggregator.store.schema import installation
from aggregator.store.sessions import Sessions
from aggregator.store.slots import Slots
from aggregator.store.sources import Sources
from aggregator.store.stories import Stories
from aggregator.store.subscriptions import Subscriptions
from aggregator.store.tokens import Tokens
from aggregator.store.turns import Turns
from aggregator.store.watches import Watches
from aggregator.store.wire import Wire

__all__ = ["Store", "check", "downgrade", "upgrade"]


class Store:
    """The stored state of one newsroom; safe to use from several threads."""

    def __init__(self, url: str) -> None:
        """Open the database at ``url``.

        Raises StoreError, having changed nothing, when it is missing, unreadable, foreign, or of
        another schema than ours.
        """
        database = Database(url)
        try:
            versions.check(database)
        except Exception:
            database.close()
            raise
        self._furnish(database)

    def _furnish(self, database: Database) -> None:
        self._database = database
        self.sources = Sources(self._database)
        self.polls = Polls(self._database)
        self.queued = Queued(self._database)
        self.items = Items(self._database)
        self.stories = Stories(self._database)
        self.briefs = Briefs(self._database)
        self.slots = Slots(self._database)
        self.published = Published(self._database)
        self.pictures = Pictures(self._database)
        self.claims = Claims(self._database)
        self.alerts = Alerts(self._database)
        self.watches = Watches(self._database)
        self.article_texts = ArticleTexts(self._database)
        self.archives = Archives(self._database)
        self.audit = Audit(self._database)
        self.wire = Wire(self._database)
        self.looks = Looks(self._database)
        self.hosts = Hosts(self._database)
        self.turns = Turns(self._database)
        self.subscriptions = Subscriptions(self._database)
        self.notices = Notices(self._database)
        self.editors = Editors(self._database)
        self.sessions = Sessions(self._database)
        self.attempts = Attempts(self._database)
        self.failures = Failures(self._database)
        self.incidents = Incidents(self._database)
        self.alarms = Alarms(self._database)
        self.tokens = Tokens(self._database)
        self.figures = Figures(self._database)
        self.retention = Retention(self._database)
        self.leadership = Leadership(self._database)

    @property
    def description(self) -> str:
        """The kind and version of the database, for /health."""
        if self._database.is_sqlite:
            return f"SQLite {sqlite3.sqlite_version}"
        with self._database.read() as connection:
            version = connection.dialect.server_version_info or ()
        return "PostgreSQL " + ".".join(map(str, version))

    def edition(self) -> Edition:
        """Which state of the published content the store holds: one row, cheap to ask for."""
        with self._database.read() as connection:
            return edition.current(connection)

    def renew_edition(self, now: datetime) -> None:
        """Say that what is published looks otherwise from now on, although nothing is new."""
        with self._database.write() as connection:
            edition.bump(connection, now)

    @contextmanager
    def rehearsal(self, since: datetime) -> Iterator[Store]:
        """The same store, for trying: what is changed in it is undone in the end, and nobody else
        sees it. Of items it has those since then, without their texts. Raises StoreError.
        """
        with rehearsal.rehearsal(self._database, since) as stage:
            staged = object.__new__(Store)
            staged._furnish(stage)
            yield staged

    def rulings(self, tell: Tell, who: str, now: datetime) -> Rulings:
        """What the editor ``who`` decides ``now``; ``tell`` says where stories stand."""
        return Rulings(self._database, tell, who, now)

    def installation_id(self) -> str:
        """The UUID minted when this database was made; permanent ids are built on it."""
        with self._database.read() as connection:
            return str(connection.execute(select(installation.c.uid)).scalar_one())

    def close(self) -> None:
        """Close every connection."""
        self.leadership.release()
        self._database.close()


def upgrade(url: str) -> tuple[str | None, str]:
    """Create or migrate the database at ``url``; return its schema before (None: new) and after.

    Raises StoreError, having changed nothing, for a newer or foreign one.
    """
    database = Database(url)
    try:
        return versions.upgrade(database)
    finally:
        database.close()


def downgrade(url: str, revision: str) -> None:
    """Take the database at ``url`` back to an older schema. Raises StoreError."""
    database = Database(url)
    try:
        versions.downgrade(database, revision)
    finally:
        database.close()


def check(url: str) -> list[str]:
    """Everything that is wrong with the database at ``url``, each in a sentence.

    Raises StoreError when it cannot be opened at all.
    """
    database = Database(url)
    try:
        versions.check(database)
        return integrity.problems(database)
    finally:
        database.close()
