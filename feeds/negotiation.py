"""What a request's headers ask for (RFC 9110 sections 12 and 13); pure.

Clients send the same few values again and again, so what each means is remembered.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from functools import lru_cache

from werkzeug.datastructures import Accept, ETags
from werkzeug.http import parse_accept_header, parse_date, parse_etags

ENCODINGS = ("br", "gzip")
"""Those that documents are kept in, besides as they are; what comes first is preferred."""

_REMEMBERED = 2048


@lru_cache(_REMEMBERED)
def encoding(accepted: str) -> str:
    """The encoding that a client gets, "" for none, from its Accept-Encoding."""
    accepts = parse_accept_header(accepted, Accept)
    best = max(ENCODINGS, key=accepts.quality)
    return best if accepts.quality(best) > 0 else ""


def is_known(
    if_none_match: str, if_modified_since: str, etags: Collection[str], at: datetime
) -> bool:
    """Whether the client has the document that has these ETags (without quotes), made ``at``.

    Any of them proves it, whatever encoding it asks for now; a date counts only without an ETag.
    """
    if if_none_match:
        tags = _tags(if_none_match)
        return tags.star_tag or any(map(tags.contains_weak, etags))
    since = _date(if_modified_since) if if_modified_since else None
    return since is not None and since >= at.replace(microsecond=0)


def tags(if_none_match: str) -> frozenset[str]:
    """The ETags that a client has, without quotes and whether weak or strong."""
    found = _tags(if_none_match)
    return frozenset((*found.as_set(include_weak=True),))


@lru_cache(_REMEMBERED)
def manipulations(a_im: str) -> frozenset[str]:
    """The instance manipulations that a client understands (RFC 3229 section 10.5.3)."""
    accepts = parse_accept_header(a_im.lower(), Accept)
    return frozenset(name for name, quality in accepts if quality > 0)


@lru_cache(_REMEMBERED)
def _tags(value: str) -> ETags:
    return parse_etags(value)


@lru_cache(_REMEMBERED)
def _date(value: str) -> datetime | None:
    return parse_date(value)
