"""Who works at the desk."""

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
