"""What an operator declares, and what polling teaches of it."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

from aggregator.domain.value import Value, value


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


@value
class Source(Value):
    """An upstream feed, as the operator declared it; ``name`` is the credit that readers see.

    ``auth`` names what its server is told about us, as ``env:NAME``; it is never the secret.
    ``article`` is whether editors may have its articles fetched for reading at the desk.
    """

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
    auth: str | None = None
    article: bool = False


@value
class Hints(Value):
    """When a feed itself asks to be left alone: ``interval`` is the shortest between two polls;
    hours (0 to 23) and days (0 is Monday) to skip are in GMT.
    """

    interval: timedelta | None = None
    skip_hours: tuple[int, ...] = ()
    skip_days: tuple[int, ...] = ()


@value
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


@value
class SourceHealth:
    """A source, what polling knows of it, how many items it has, how many gaps were found between
    its documents and not filled, and how many of its items are held back.
    """

    source: Source
    state: PollState
    items: int
    gaps: int = 0
    held: int = 0

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


@value
class HostBudget:
    """What a host's refusals taught: how far apart requests must be, and whose limit it is."""

    host: str
    owner: str | None = None
    spacing: timedelta | None = None
    refused_at: datetime | None = None


@value
class RobotsFile:
    """A host's robots.txt; ``text`` is None when it says nothing that concerns us."""

    at: datetime
    text: str | None


@value
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
