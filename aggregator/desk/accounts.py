"""Accounts: what people are called at the desk, and what they may do."""

from __future__ import annotations

import re
from dataclasses import replace

from aggregator.desk.attribution import initials as initials_of
from aggregator.domain import Editor, Role
from aggregator.errors import AccountRefused

_USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,31}")
_INITIALS = re.compile(r"[^\W\d_]{1,5}")
_LONGEST_NAME = 80


def new_editor(username: str, name: str, initials: str | None, role: Role) -> Editor:
    """Who is to have an account; ``initials`` are the name's where none are given.

    Raises AccountRefused, saying what would be right.
    """
    if not _USERNAME.fullmatch(username):
        raise AccountRefused(
            f"{username!r} is no username: up to 32 lower-case letters, digits and . _ -"
        )
    name = " ".join(name.split())
    if not name or not name.isprintable() or len(name) > _LONGEST_NAME:
        raise AccountRefused(f"a name is one line of 1 to {_LONGEST_NAME} characters")
    given = initials or initials_of(name)
    if not _INITIALS.fullmatch(given):
        raise AccountRefused(f"{given!r} are no initials: 1 to 5 letters, such as QG")
    return Editor(username, name, given, role)


def edited(editor: Editor, name: str | None, initials: str | None, role: Role | None) -> Editor:
    """The editor with what is given instead of what it was; raises AccountRefused as well."""
    changed = new_editor(
        editor.username, name or editor.name, initials or editor.initials, role or editor.role
    )
    return replace(changed, disabled_at=editor.disabled_at)


def username_of(typed: str) -> str:
    """The username that somebody means by what they typed."""
    return typed.strip().lower()[:64]


def allows(has: Role, needed: Role) -> bool:
    """Whether a role includes another: operators publish, publishers write."""
    ranks = list(Role)
    return ranks.index(has) >= ranks.index(needed)
