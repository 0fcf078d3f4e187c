"""What goes over the network, and what it says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from datetime import datetime

from aggregator.domain.sources import Hints
from aggregator.domain.value import Value, value


@value
class Credential:
    """What to say to the servers of one ``origin`` (scheme, host, port) and to nobody else: the
    value of an Authorization header.
    """

    origin: str
    header: str = field(repr=False)


@value
class Request:
    """One HTTP question, a GET unless it carries a ``form`` (or what ``form_type`` says that it is)
    or asks for the ``head`` alone;
    validators go out byte for byte as they came in.

    ``suspect`` is for what gave no answer the last time.
    """

    url: str
    etag: str | None = None
    last_modified: str | None = None
    suspect: bool = False
    form: bytes | None = None
    credential: Credential | None = None
    head: bool = False
    form_type: str | None = None


@value
class Document(Value):
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


@value
class Ping:
    """A document that a hub delivered; ``id`` is None until it is stored."""

    source_id: str
    received_at: datetime
    content_type: str
    body: bytes
    id: int | None = None


@value
class Picture(Value):
    """A lead picture and who is to be credited for it."""

    url: str
    alt: str | None = None
    credit: str | None = None
    width: int | None = None
    height: int | None = None


@value
class ParsedItem(Value):
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


@value
class ParsedFeed(Value):
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
    hints: Hints = field(default_factory=Hints)
    skipped: tuple[int, ...] = ()


@value
class Sighting:
    """A parsed item with its identity in its source and the keys under which it is found again.

    ``digest`` covers everything we store; ``iri`` is the source's own id where that can be an
    atom:id; ``article`` is the number that its address gives the article, ``headline`` a digest of
    headline and date. ``excluded_by`` is the operator's filter that keeps the item off the feeds,
    ``held`` why we do so ourselves; None when it is shown.
    """

    item: ParsedItem
    identity: str
    iri: str | None
    canonical_url: str | None
    article: str | None
    headline: str | None
    digest: str
    excluded_by: str | None = None
    held: str | None = None
