"""One poll, from its lease to its result."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from aggregator.domain.documents import Sighting
from aggregator.domain.sources import PollState, Source
from aggregator.domain.value import value


@value
class Job:
    """One leased poll: the source and what is known of it."""

    source: Source
    state: PollState


@value
class Due:
    """A source that is due: where it is asked, and whether it never was."""

    source_id: str
    url: str
    is_new: bool


@value
class Marks:
    """What a document's items may be stored under: guids, for items without one identities,
    canonical URLs, and the ``article`` and ``headline`` of a :class:`Sighting`.
    """

    guids: frozenset[str]
    identities: frozenset[str]
    urls: frozenset[str]
    articles: frozenset[str]
    headlines: frozenset[str]


@value
class KnownItem:
    """The little that deciding needs to know of a stored item; ``html`` is its content, else its
    summary; ``pruned_at`` is since when that and most of the text are not kept any more.
    """

    id: int
    identity: str
    guid: str | None
    canonical_url: str | None
    digest: str
    title: str
    text: str
    html: str
    published_at: datetime | None
    pruned_at: datetime | None = None


@value
class Change:
    """A stored item that its source changed; ``visible`` when readers would notice, ``corrected``
    when it newly says that it corrects what was wrong.
    """

    item_id: int
    sighting: Sighting
    visible: bool
    corrected: bool = False


@value
class Decision:
    """What one document means for what is stored; ``renamed`` is how many items came back under
    another guid.
    """

    new: tuple[Sighting, ...] = ()
    changed: tuple[Change, ...] = ()
    unchanged: int = 0
    renamed: int = 0


@value
class Gap:
    """A changed document that had nothing in common with the one before: what a source published
    and withdrew between the two was not seen, unless the source's archives ``filled`` it.
    """

    after_at: datetime
    before_at: datetime
    filled: bool


class NoticeKind(StrEnum):
    """What a notice is about."""

    FLOOD = "flood"
    RENAMED = "renamed"


@value
class Notice:
    """Something unusual about a source that its operator should look at, in words."""

    source_id: str
    at: datetime
    kind: NoticeKind
    text: str


@value
class PollResult:
    """What one poll led to, to be recorded: all of it or nothing.

    ``at`` is when the document came (None: the state's ``polled_at``); ``ping`` is the delivery
    that it was; ``hub_failed`` is for a hub that had not told of what the poll found; ``notice`` is
    what the operator should hear of. Of ``state`` what differs from ``before`` is recorded, all of
    it where that is None.
    """

    state: PollState
    decision: Decision = Decision()
    gap: Gap | None = None
    at: datetime | None = None
    ping: int | None = None
    hub_failed: bool = False
    notice: Notice | None = None
    before: PollState | None = None


class Outcome(StrEnum):
    """How one poll ended."""

    CHANGED = "changed"
    UNCHANGED = "unchanged"
    FAILED = "failed"


@value
class PollReport:
    """One poll as operators read it."""

    source_id: str
    outcome: Outcome
    status: int | None = None
    new: int = 0
    revised: int = 0
    error: str | None = None
