"""Who is at work, and the desk that they work at (a composition root)."""

from __future__ import annotations

from aggregator.cli.app import utc_now
from aggregator.desk.desk import Desk
from aggregator.desk.workflow import Rules
from aggregator.domain import Editor, Role
from aggregator.settings import Settings
from aggregator.store import Store


def desk_of(settings: Settings, store: Store) -> Desk:
    """The newsroom's desk."""
    return Desk(store, Rules(settings.time_zone, settings.four_eyes), settings.languages, utc_now)


def editor_named(store: Store, username: str) -> Editor:  # noqa: ARG001 - accounts will be in it
    """The editor with this account."""
    initials = "".join(part[0] for part in username.split(".") if part).upper()
    return Editor(username, username.title(), initials, Role.PUBLISHER)
