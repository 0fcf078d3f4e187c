"""The feeds that the operator publishes beside the combined one, and what is archived of that."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class EntryKind(StrEnum):
    """What an entry may be made of."""

    BRIEFS = "briefs"
    ITEMS = "items"


@dataclass(frozen=True, slots=True)
class DeclaredFeed:
    """A feed as the operator declared it, at ``/feeds/<slug>``.

    An entry must answer every condition that is set: it has one of the ``categories`` (letter case
    ignored), is in one of the ``languages`` (``fr`` is ``fr-BE`` too), comes from or rests on one
    of the ``sources``, belongs to one of the ``series``, has all the words of ``search``. ``size``
    is the most entries that it has.
    """

    slug: str
    title: str
    description: str = ""
    language: str | None = None
    categories: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    series: tuple[str, ...] = ()
    search: str | None = None
    kinds: tuple[EntryKind, ...] = (EntryKind.BRIEFS, EntryKind.ITEMS)
    size: int = 100


@dataclass(frozen=True, slots=True)
class ArchivedEntry:
    """An entry as the archive keeps it for ever: ``markup`` is its Atom element.

    It was made of the item or of the brief of that number; ``republish`` is how far the item's
    source let us go then.
    """

    id: str
    markup: str
    updated_at: datetime
    item: int | None = None
    brief: int | None = None
    republish: str | None = None


@dataclass(frozen=True, slots=True)
class Archive:
    """A closed document of the archive, ``name`` such as ``2026/01``, or ``2026/01-2`` where
    a month has several; it holds what came out after the one before and up to the item
    ``last_item`` and the time ``last_at``.
    """

    name: str
    last_item: int
    last_at: datetime
    closed_at: datetime
    entries: tuple[ArchivedEntry, ...]
