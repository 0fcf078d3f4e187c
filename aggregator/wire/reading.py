"""A document → what it says that is new (pure; runs in a child process)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from aggregator.domain import Document, ParsedFeed, ParsedItem, Source
from aggregator.domain.value import Value, value
from aggregator.errors import ParseError
from aggregator.wire import fresh
from aggregator.wire.identity import key_of
from aggregator.wire.parse import parse

# To be changed with whatever makes the same bytes mean something else.
_VERSION = b"1"
_NONE = bytes(8)


@value
class Reading(Value):
    """What a document says: the feed with the items that had to be parsed.

    ``known`` counts the entries that were there, byte for byte, in the document before; ``seen``
    is what to remember of this one. ``older`` are the items of older documents that were followed
    to close a gap, ``filled`` is whether they closed it.
    """

    feed: ParsedFeed
    known: int
    seen: bytes
    older: tuple[ParsedItem, ...] = ()
    filled: bool = False

    @property
    def items(self) -> tuple[ParsedItem, ...]:
        """Everything that had to be parsed, the newest document first."""
        return self.feed.items + self.older


def read(document: Document, source: Source, seen: bytes, now: datetime) -> Reading:
    """Parse what ``seen``, remembered of the document before, does not hold.

    The items are those that :func:`parse` finds in the whole document, less those of entries that
    are known. Raises ParseError when the document is no feed.
    """
    pieces = fresh.split(document.body, document.headers.get("content-type", ""))
    if pieces is None:
        return Reading(parse(document, source, now), 0, b"")
    digests = [fresh.digest(entry) for entry in pieces.entries]
    before = fresh.unpacked(seen)
    unknown = [index for index, raw in enumerate(digests) if raw not in before.keys]
    if len(unknown) < len(digests):
        part = _parsed_part(replace(document, body=pieces.only(unknown)), source, now)
        context = _context(pieces, document, source, part) if part else b""
        remembered = part and _merged(before, context, digests, unknown, part)
        if part and remembered:
            return Reading(part, len(digests) - len(unknown), remembered.packed())
    feed = parse(document, source, now)
    keys = _keys(feed)
    if len(keys) != len(digests):
        return Reading(feed, 0, b"")
    context = _context(pieces, document, source, feed)
    return Reading(feed, 0, fresh.Seen(context, dict(zip(digests, keys, strict=True))).packed())


def _parsed_part(document: Document, source: Source, now: datetime) -> ParsedFeed | None:
    """A document of which entries were left out; None where only they told that it is a feed."""
    try:
        return parse(document, source, now)
    except ParseError:
        return None


def _merged(
    before: fresh.Seen, context: bytes, digests: list[bytes], unknown: list[int], feed: ParsedFeed
) -> fresh.Seen | None:
    """What to remember of a document read in part; None when it must be read as a whole."""
    keys = _keys(feed)
    if before.context != context or len(keys) != len(unknown):
        return None
    kept = {raw: before.keys[raw] for raw in digests if raw in before.keys}
    # A new entry that claims to be one that is still there: all must be seen together.
    if not set(keys).isdisjoint(set(kept.values()) - {_NONE}):
        return None
    new = {digests[index]: key for index, key in zip(unknown, keys, strict=True)}
    return fresh.Seen(context, kept | new)


def _context(pieces: fresh.Split, document: Document, source: Source, feed: ParsedFeed) -> bytes:
    """What the meaning of an entry's bytes hangs on besides themselves."""
    languages = f"{feed.language} {source.language}"
    return fresh.digest(_VERSION, pieces.root, document.url.encode(), languages.encode())


def _keys(feed: ParsedFeed) -> list[bytes]:
    """For each entry in its place, the digest of its item's key."""
    items = iter(feed.items)
    skipped = set(feed.skipped)
    count = len(feed.items) + len(skipped)
    return [_NONE if at in skipped else _digest(next(items)) for at in range(count)]


def _digest(item: ParsedItem) -> bytes:
    return fresh.digest(key_of(item).encode("utf-8", "replace"))
