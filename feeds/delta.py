"""Only what is new, for a client that says what it has (RFC 3229, ``A-IM: feed``)."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Collection
from dataclasses import replace

from feeds.entries import Feed

_REMEMBERED = 64
"""So many earlier versions of each document: an older one costs the client the whole document."""


class Past:
    """Which entries the last versions of one document had, by their ETags without the encoding."""

    def __init__(self) -> None:
        self._entries: OrderedDict[str, frozenset[int]] = OrderedDict()

    def note(self, etag: str, feed: Feed) -> None:
        """Remember a version."""
        self._entries[etag] = frozenset(map(hash, feed.entries))
        self._entries.move_to_end(etag)
        while len(self._entries) > _REMEMBERED:
            self._entries.popitem(last=False)

    def known(self, etags: Collection[str]) -> str | None:
        """Which of a client's ETags is that of a version we remember; None for none."""
        instances = {one.partition("-")[0] for one in etags}
        return next((one for one in instances if one in self._entries), None)

    def news(self, etag: str, feed: Feed) -> Feed:
        """The feed with only the entries that a known version had not, or not as they are now."""
        known = self._entries[etag]
        return replace(feed, entries=tuple(one for one in feed.entries if hash(one) not in known))


def delta_headers(etag: str) -> dict[str, str]:
    """What a 226 says besides, of whose whole document this is the ETag; caches that do not know of
    manipulations must not keep it (RFC 3229 section 10.8).
    """
    return {
        "ETag": f'"{etag}"',
        "IM": "feed",
        "Cache-Control": "no-store, im, max-age=300",
        "Vary": "A-IM, If-None-Match, Accept-Encoding",
    }
