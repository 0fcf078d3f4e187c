"""Who is at work, and the desk that they work at (a composition root)."""

from __future__ import annotations

import getpass

import click

from aggregator.cli.app import utc_now
from aggregator.desk.attribution import initials
from aggregator.desk.desk import Desk
from aggregator.desk.workflow import Rules
from aggregator.domain import Editor, Role
from aggregator.settings import Settings
from aggregator.store import Store


def desk_of(settings: Settings, store: Store) -> Desk:
    """The newsroom's desk."""
    return Desk(store, Rules(settings.time_zone, settings.four_eyes), settings.languages, utc_now)


def editor_named(store: Store, username: str) -> Editor:
    """The editor with this account. Raises UsageError where there is none that may work.

    Whoever may run commands here runs the newsroom: without an account they act as its operator.
    """
    editor = store.editors.find(username)
    if editor is None and username == getpass.getuser():
        return Editor(username, username, initials(username), Role.OPERATOR)
    if editor is None:
        raise click.UsageError(f"there is no editor '{username}'; add one: aggregator users add")
    if editor.disabled_at:
        raise click.UsageError(f"the account of '{username}' is disabled")
    return editor
