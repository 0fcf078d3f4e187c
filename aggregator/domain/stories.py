"""Stories, the reports that they are made of, and why each report is where it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any


@dataclass(frozen=True, slots=True)
class Report:
    """What grouping sees of an item: what happened, as one source reports it.

    ``id`` is the item's; ``at`` (UTC) when it was published, or first seen where its source does
    not say or dates it ahead; ``language`` an ISO 639 code or None; ``title`` and ``text`` plain
    text (``text`` the summary, "" where there is none). ``copy_of`` is the earlier item that it is
    known to repeat; ``is_dated`` whether ``at`` is its source's word.
    """

    id: int
    source: str
    at: datetime
    language: str | None
    title: str
    text: str
    url: str | None = None
    copy_of: int | None = None
    is_dated: bool = True


@dataclass(frozen=True, slots=True)
class Placement:
    """An item's story, and why: ``rule`` is new, joined, copy, series, late or regrouped;
    ``evidence`` says what it rests on, in values that JSON has.
    """

    item: int
    story: int
    rule: str
    evidence: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Kept:
    """What is stored of a grouped report, to go on from, as it was compared (without a text that is
    its source's motto): ``edges`` are the earlier reports that it was found to be like, with their
    scores; ``vector`` what the encoder said (int8); ``pinned``
    when an editor put it where it is.
    """

    report: Report
    story: int
    edges: Mapping[int, float] = field(default_factory=dict)
    vector: bytes | None = None
    pinned: bool = False


@dataclass(frozen=True, slots=True)
class State:
    """Where a grouping stands: the number of the next story, of reports so far, the newest
    report's time, the time before which reports are closed, and the items that wait for a repair.
    """

    next_story: int = 1
    count: int = 0
    newest: datetime | None = None
    horizon: datetime | None = None
    touched: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the stored items are grouped: up to the item ``last_item``; ``version`` grows with
    each change of stories, whoever makes it.
    """

    version: int
    last_item: int
    state: State


@dataclass(frozen=True, slots=True)
class Link:
    """An item that is a copy of an earlier one, the first of its kind. ``rule`` is address,
    repeated or text; ``evidence`` says what it rests on, in values that JSON has: the item that it
    was found to be ``like``, how much of the words, headline and summary they share, how many times
    the odds for any two their ``sources`` give it, and the score.
    """

    item: int
    original: int
    rule: str
    evidence: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Grouped:
    """What grouping new ``reports``, in the order of their ids, led to: to be stored, all of it or
    nothing.

    ``placements`` are theirs and what changed for earlier ones, in order; ``kept`` those of the
    reports that are open; ``links`` the copies that were found; ``ties`` how many texts two sources
    both brought by now, where that has changed.
    """

    reports: tuple[Report, ...]
    state: State
    placements: tuple[Placement, ...]
    kept: tuple[Kept, ...]
    links: tuple[Link, ...]
    ties: Mapping[tuple[str, str], int]


@dataclass(frozen=True, slots=True)
class Resumed:
    """What a grouping goes on from: the open reports in the order of their ids, the pairs that
    editors parted, as stories and as copies, and how many texts two sources both brought.
    """

    progress: Progress
    kept: tuple[Kept, ...]
    parted: tuple[tuple[int, int], ...]
    unlinked: tuple[tuple[int, int], ...]
    ties: Mapping[tuple[str, str], int]


@dataclass(frozen=True, slots=True)
class Member:
    """What a story's standing is made of: one of its items, as its source carries it."""

    item: int
    at: datetime
    source: str
    weight: float
    language: str | None
    is_copy: bool


@dataclass(frozen=True, slots=True)
class Standing:
    """A story's place among the others: the item whose headline stands for it, when the first and
    the last report came, from whom and in which languages, and its ``rank``, which grows with what
    speaks for picking it (:mod:`aggregator.stories.score`).
    """

    headline: int
    first_at: datetime
    last_at: datetime
    spread: timedelta
    sources: tuple[str, ...]
    languages: tuple[str, ...]
    rank: float


class StoryState(StrEnum):
    """Whether new reports may still join a story."""

    OPEN = "open"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Story:
    """One event, however many sources and languages carry it; ``items`` (those that nothing hides)
    in the order in which they came; ``is_covered`` when an editor said that there is nothing left
    to write about it.
    """

    id: int
    title: str
    state: StoryState
    standing: Standing
    items: tuple[int, ...]
    is_covered: bool


@dataclass(frozen=True, slots=True)
class StoryQuery:
    """Which stories to list, those with the highest rank first: with a report ``since`` then, at
    most ``limit``.
    """

    since: datetime | None = None
    limit: int | None = None


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """One decision about an item: ``rule`` and ``evidence`` say why, ``story`` and ``other`` (an
    item) what about; ``who`` is the editor who made it, None for the program.
    """

    at: datetime
    item: int
    rule: str
    story: int | None = None
    other: int | None = None
    evidence: Mapping[str, Any] = field(default_factory=dict)
    who: str | None = None
