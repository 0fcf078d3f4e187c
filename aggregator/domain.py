"""The values that every room speaks (DESIGN terms): frozen, standard library only.

Times are aware UTC and end in ``_at``; sequences are tuples; text never carries markup unless
its docstring says "safe HTML" (made safe by :mod:`aggregator.wire.clean`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class Republish(StrEnum):
    """How much of a source's items the operator lets us republish."""

    NONE = "none"
    LINK = "link"
    EXCERPT = "excerpt"
    FULL = "full"


class SourceStatus(StrEnum):
    """A source's condition in one word, for operators."""

    NEW = "new"
    OK = "ok"
    FAILING = "failing"
    GONE = "gone"
    DISABLED = "disabled"


@dataclass(frozen=True, slots=True)
class Source:
    """An upstream feed, as the operator declared it; ``name`` is the credit that readers see."""

    id: str
    name: str
    url: str
    site: str | None = None
    language: str | None = None
    categories: tuple[str, ...] = ()
    interval: timedelta | None = None
    republish: Republish = Republish.EXCERPT
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    enabled: bool = True
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Hints:
    """When a feed itself asks to be left alone: ``interval`` is the shortest between two polls;
    hours (0 to 23) and days (0 is Monday) to skip are in GMT.
    """

    interval: timedelta | None = None
    skip_hours: tuple[int, ...] = ()
    skip_days: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class PollState:
    """What polling taught us about a source; ``url`` is the declared URL it was learnt at.

    ``moved_to`` is where permanent redirects point and ``moved_seen`` how often in a row they
    did; ``address`` is that place once it is asked directly. ``full_at`` is when a whole document
    last came, ``newest_at`` the date of its newest item. ``pace`` is the interval that suits how
    often the source changes; ``pushed`` is whether its hub tells us when it does; ``fresh_for`` is
    how long its server last said an answer stays good. ``seen`` are the digests of the last
    document's entries (:mod:`aggregator.wire.fresh`), ``entries`` is how many it had, ``compared``
    how many changed documents were compared with the one before. ``unreadable`` is the digest of
    a document that could not be read.
    """

    source_id: str
    url: str
    etag: str | None = None
    last_modified: str | None = None
    body_digest: str | None = None
    next_poll_at: datetime | None = None
    polled_at: datetime | None = None
    succeeded_at: datetime | None = None
    changed_at: datetime | None = None
    status: int | None = None
    failures: int = 0
    error: str | None = None
    moved_to: str | None = None
    moved_seen: int = 0
    address: str | None = None
    gone_at: datetime | None = None
    feed_id: str | None = None
    feed_site: str | None = None
    hub: str | None = None
    topic: str | None = None
    pushed: bool = False
    full_at: datetime | None = None
    newest_at: datetime | None = None
    pace: timedelta | None = None
    fresh_for: timedelta | None = None
    hints: Hints = Hints()
    seen: bytes = b""
    unreadable: str | None = None
    entries: int = 0
    compared: int = 0


@dataclass(frozen=True, slots=True)
class Job:
    """One leased poll: the source and what is known of it."""

    source: Source
    state: PollState


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP question, a GET unless it carries a ``form``; validators go out byte for byte as
    they came in.

    ``suspect`` is for what gave no answer the last time.
    """

    url: str
    etag: str | None = None
    last_modified: str | None = None
    suspect: bool = False
    form: bytes | None = None


@dataclass(frozen=True, slots=True)
class HostBudget:
    """What a host's refusals taught: how far apart requests must be, and whose limit it is."""

    host: str
    owner: str | None = None
    spacing: timedelta | None = None
    refused_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class RobotsFile:
    """A host's robots.txt; ``text`` is None when it says nothing that concerns us."""

    at: datetime
    text: str | None


@dataclass(frozen=True, slots=True)
class Subscription:
    """What a hub was asked to tell us (WebSub). ``token`` is the end of the callback's address;
    ``lease_until`` is None until the hub has confirmed; ``retry_at`` is when to ask it (again).
    """

    source_id: str
    hub: str
    topic: str
    token: str
    secret: str
    retry_at: datetime
    lease_until: datetime | None = None
    failures: int = 0
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Ping:
    """A document that a hub delivered; ``id`` is None until it is stored."""

    source_id: str
    received_at: datetime
    content_type: str
    body: bytes
    id: int | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """The answer to a :class:`Request`, whatever its status.

    ``url`` is where the body came from after redirects; ``moved_to`` the address reached by
    permanent redirects (301, 308) alone from the start, None when there was none.
    ``headers`` has lower-case names; ``body`` is decoded (no Content-Encoding left).
    """

    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes
    fetched_at: datetime
    moved_to: str | None = None


@dataclass(frozen=True, slots=True)
class Picture:
    """A lead picture and who is to be credited for it."""

    url: str
    alt: str | None = None
    credit: str | None = None
    width: int | None = None
    height: int | None = None


@dataclass(frozen=True, slots=True)
class ParsedItem:
    """One usable entry of a document, normalised and safe to store.

    ``title``, ``text``, ``authors`` and ``categories`` are plain text; ``summary`` and
    ``content`` safe HTML; ``url`` is absolute http(s).
    """

    guid: str | None
    url: str | None
    title: str
    summary: str = ""
    content: str = ""
    text: str = ""
    authors: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    language: str | None = None
    published_at: datetime | None = None
    updated_at: datetime | None = None
    picture: Picture | None = None


@dataclass(frozen=True, slots=True)
class ParsedFeed:
    """A document, normalised.

    ``hub`` and ``topic`` are for WebSub (section 4); ``older`` is the document with the entries
    before these (RFC 5005); ``skipped`` are the positions of entries that could not be used.
    """

    title: str
    items: tuple[ParsedItem, ...]
    id: str | None = None
    site: str | None = None
    language: str | None = None
    hub: str | None = None
    topic: str | None = None
    older: str | None = None
    hints: Hints = Hints()
    skipped: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Sighting:
    """A parsed item with its identity in its source and the digests that tell change.

    ``digest`` covers everything we store, ``visible_digest`` what readers see; ``iri`` is the
    source's own id where that can be an atom:id; ``excluded_by`` is the operator's filter that
    keeps the item off the feeds, None when none does.
    """

    item: ParsedItem
    identity: str
    iri: str | None
    canonical_url: str | None
    digest: str
    visible_digest: str
    excluded_by: str | None = None


@dataclass(frozen=True, slots=True)
class KnownItem:
    """The little that deciding needs to know of a stored item."""

    id: int
    identity: str
    guid: str | None
    canonical_url: str | None
    digest: str
    visible_digest: str


@dataclass(frozen=True, slots=True)
class Change:
    """A stored item that its source changed; ``visible`` when readers would notice."""

    item_id: int
    sighting: Sighting
    visible: bool


@dataclass(frozen=True, slots=True)
class Decision:
    """What one document means for what is stored."""

    new: tuple[Sighting, ...] = ()
    changed: tuple[Change, ...] = ()
    unchanged: int = 0


@dataclass(frozen=True, slots=True)
class Gap:
    """A changed document that had nothing in common with the one before: what a source published
    and withdrew between the two was not seen, unless the source's archives ``filled`` it.
    """

    after_at: datetime
    before_at: datetime
    filled: bool


@dataclass(frozen=True, slots=True)
class PollResult:
    """What one poll led to, to be recorded: all of it or nothing.

    ``at`` is when the document came (None: the state's ``polled_at``); ``ping`` is the delivery
    that it was; ``hub_failed`` is for a hub that had not told of what the poll found.
    """

    state: PollState
    decision: Decision = Decision()
    gap: Gap | None = None
    at: datetime | None = None
    ping: int | None = None
    hub_failed: bool = False


class Outcome(StrEnum):
    """How one poll ended."""

    CHANGED = "changed"
    UNCHANGED = "unchanged"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class PollReport:
    """One poll as operators read it."""

    source_id: str
    outcome: Outcome
    status: int | None = None
    new: int = 0
    revised: int = 0
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Item:
    """A stored article as one source carries it.

    ``entry_id`` is the atom:id under which we republish it, for ever: the source's own id where
    that is an IRI nobody else used, else one of ours. ``revised_at`` is when we last saw it change.
    """

    id: int
    source_id: str
    entry_id: str
    guid: str | None
    url: str | None
    canonical_url: str | None
    title: str
    summary: str
    content: str
    text: str
    authors: tuple[str, ...]
    categories: tuple[str, ...]
    language: str | None
    published_at: datetime | None
    updated_at: datetime | None
    first_seen_at: datetime
    revised_at: datetime | None
    revision: int
    duplicate_of: int | None
    excluded_by: str | None
    picture: Picture | None


@dataclass(frozen=True, slots=True)
class ItemQuery:
    """Which items to list: newest first, ``limit`` None for all of them."""

    source_id: str | None = None
    since: datetime | None = None
    search: str | None = None
    limit: int | None = None


@dataclass(frozen=True, slots=True)
class SourceHealth:
    """A source, what polling knows of it, how many items it has, and how many gaps were found
    between its documents and not filled.
    """

    source: Source
    state: PollState
    items: int
    gaps: int = 0

    @property
    def coverage(self) -> float | None:
        """The share of changed documents that joined the one before; None before there were two."""
        compared = self.state.compared
        return 1 - min(self.gaps, compared) / compared if compared else None

    @property
    def status(self) -> SourceStatus:
        """The one word that ``sources list`` shows."""
        if not self.source.enabled:
            return SourceStatus.DISABLED
        if self.state.gone_at:
            return SourceStatus.GONE
        if self.state.failures:
            return SourceStatus.FAILING
        return SourceStatus.OK if self.state.succeeded_at else SourceStatus.NEW


@dataclass(frozen=True, slots=True)
class Edition:
    """Which state of the published content the store holds; ``number`` grows with each change."""

    number: int
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class ListedItem:
    """An item for publishing or listing, with the source that it is credited to.

    ``feed_id`` is the source feed's own id (its URL where it has none); ``site`` its web page,
    as declared or as the feed says.
    """

    item: Item
    source: Source
    feed_id: str
    site: str | None
