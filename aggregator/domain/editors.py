"""Who works at the desk, and that they are who they say."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Role(StrEnum):
    """What an editor may do: write and submit; publish as well; edit the sources as well."""

    EDITOR = "editor"
    PUBLISHER = "publisher"
    OPERATOR = "operator"


@dataclass(frozen=True, slots=True)
class Editor:
    """A person with an account; ``initials`` stand under what they write ("QG")."""

    username: str
    name: str
    initials: str
    role: Role
    disabled_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Session:
    """An editor who is logged in, in one browser.

    ``key`` is the digest of the token that the browser has: whoever reads the database cannot pass
    for anybody. ``csrf`` is what a form of theirs must bring along; ``expires_at`` the latest end.
    """

    key: str
    username: str
    csrf: str
    created_at: datetime
    seen_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Attempt:
    """A login that failed, or whose password is just being looked at."""

    at: datetime
    address: str
    username: str
