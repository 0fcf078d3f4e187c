"""Briefs: what our desk wrote about stories, and what became of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from aggregator.domain.documents import Picture
from aggregator.domain.pictures import HostedPicture


class BriefState(StrEnum):
    """Where a brief stands on its way; ``corrected`` is published, with a correction;
    ``discarded`` is a draft that nobody wants any more, which no reader has seen.
    """

    DRAFT = "draft"
    REVIEW = "review"
    SCHEDULED = "scheduled"
    PUBLISHED = "published"
    CORRECTED = "corrected"
    WITHDRAWN = "withdrawn"
    DISCARDED = "discarded"


@dataclass(frozen=True, slots=True)
class Citation:
    """What a brief rests on: an item as it was when it was cited, so that it outlives retention.

    ``source`` is the name that readers see; ``seen_at`` when we last saw the item say so.
    """

    item: int
    source: str
    url: str | None
    title: str
    language: str | None
    seen_at: datetime


@dataclass(frozen=True, slots=True)
class Wording:
    """What an editor typed: ``body`` is Markdown; ``byline`` initials or a name; ``kicker`` what
    stands above the headline, such as the name of a series; ``series`` that series' slug.
    """

    headline: str = ""
    body: str = ""
    byline: str = ""
    kicker: str = ""
    language: str = "en"
    picture: Picture | None = None
    series: str | None = None
    categories: tuple[str, ...] = ()
    citations: tuple[Citation, ...] = ()

    def holds(self, earlier: Wording) -> bool:
        """Whether everything that an earlier wording says is still there, in its order."""
        return all(map(_is_within, earlier._parts(), self._parts()))

    def _parts(self) -> tuple[Sequence[object], ...]:
        texts = (self.headline, self.body, self.byline, self.kicker, self.language)
        picture = self.picture or Picture("")
        credited = (picture.url, picture.alt or "", picture.credit or "")
        return (*texts, *credited, self.series or "", self.categories, self.citations)


def _is_within(some: Sequence[object], more: Sequence[object]) -> bool:
    rest = iter(more)
    return all(one in rest for one in some)


@dataclass(frozen=True, slots=True)
class Correction:
    """What readers are told of a change after publishing."""

    at: datetime
    note: str
    who: str


@dataclass(frozen=True, slots=True)
class Brief:
    """An editor's rewritten summary of a story.

    ``uid`` is its atom:id (``urn:uuid:…``), minted once; ``day`` (of ``published_at``, as the
    newsroom had it then) and ``slug`` make its address: all of them never change once it is out.
    ``version`` is the number of the revision that ``wording`` is, and grows with each save: an edit
    names the one that it rests on. ``publish_at`` is when a scheduled one goes out. ``updated_at``
    moves only with a correction. ``story`` is what it is about, if a story; ``reason`` why it was
    withdrawn. ``hosted`` is its picture as we serve it, None as long as we cannot.
    """

    id: int
    uid: str
    author: str
    state: BriefState
    version: int
    wording: Wording
    created_at: datetime
    edited_at: datetime
    story: int | None = None
    day: date | None = None
    slug: str | None = None
    publish_at: datetime | None = None
    published_at: datetime | None = None
    updated_at: datetime | None = None
    withdrawn_at: datetime | None = None
    reason: str = ""
    corrections: tuple[Correction, ...] = ()
    hosted: HostedPicture | None = None

    @property
    def is_public(self) -> bool:
        """Whether readers see it."""
        return self.state in (BriefState.PUBLISHED, BriefState.CORRECTED)


@dataclass(frozen=True, slots=True)
class Filed:
    """A published brief as archives file it: where it is, when it went out, and what it is filed
    under; ``sources`` are the names that it credits.
    """

    id: int
    day: date
    slug: str
    headline: str
    published_at: datetime
    updated_at: datetime
    language: str
    kicker: str
    series: str | None
    categories: tuple[str, ...]
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Edit:
    """What an editor typed over a ``version`` of a brief."""

    version: int
    wording: Wording
    who: str
    at: datetime


@dataclass(frozen=True, slots=True)
class BriefRevision:
    """A version of a brief's wording: ``at`` is when it was last saved, ``who`` typed it."""

    number: int
    at: datetime
    who: str
    wording: Wording


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """Something that was done at the desk: ``action`` in one word, ``detail`` in plain text;
    ``who`` did it, None for the program.
    """

    at: datetime
    who: str | None
    action: str
    brief: int | None = None
    story: int | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Claim:
    """Who is at work on a story: since when, and when they were last seen at it."""

    story: int
    who: str
    since: datetime
    seen_at: datetime


class AlertKind(StrEnum):
    """What became of an item that a published brief rests on."""

    REVISED = "revised"
    CORRECTED = "corrected"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class Alert:
    """An item that a published brief cites is not what it was: its revision ``before`` became
    ``after``, or its page is gone (then both are what it last said). It is open until somebody
    dismisses it, or corrects or withdraws the brief.
    """

    id: int
    brief: int
    item: int
    at: datetime
    kind: AlertKind
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class BriefQuery:
    """Which briefs to list, those edited last first: in one of these states (none: in any but
    ``discarded``).
    """

    states: tuple[BriefState, ...] = ()
    series: str | None = None
    author: str | None = None
    limit: int | None = None
