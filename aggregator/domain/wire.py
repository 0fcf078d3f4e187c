"""The wire as an editor reads it: which stories are asked for, and what is shown of each."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from aggregator.domain.documents import Picture
from aggregator.domain.stories import Story, StoryState


@dataclass(frozen=True, slots=True)
class Place:
    """A story's place on the wire: what follows it is asked for by it."""

    rank: float
    story: int


@dataclass(frozen=True, slots=True)
class WireQuery:
    """Which stories to show, those with the highest rank first; None asks for nothing.

    ``search``: words that one of its items has, the last of them perhaps not typed to its end.
    ``sources``: any of these carries it. ``language``: a primary tag. It was reported in at
    ``since`` or later, and began before ``until``. ``unseen``: it has items that the editor has not
    seen. ``among``: it is one of these. ``made_from``: it has this number or a higher one.
    """

    search: str | None = None
    sources: Collection[str] | None = None
    language: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    state: StoryState | None = None
    unseen: bool = False
    covered: bool | None = None
    among: Collection[int] | None = None
    made_from: int | None = None
    after: Place | None = None
    limit: int = 50


@dataclass(frozen=True, slots=True)
class WireRow:
    """A story as the wire shows it.

    ``text`` is how the item begins whose headline it has; ``language`` and ``url`` are that item's
    as well. ``sources`` are names, in the order in which they reported. ``picture`` is that of the
    first item that has one. ``seen_at`` is when this editor last opened it, None if never;
    ``unseen`` is how many of its items came after that.
    """

    story: Story
    text: str
    language: str | None
    url: str | None
    sources: tuple[str, ...]
    picture: Picture | None
    seen_at: datetime | None
    unseen: int


@dataclass(frozen=True, slots=True)
class Look:
    """When an editor looked at the wire, and the number that the next story was to have then."""

    at: datetime
    next_story: int
