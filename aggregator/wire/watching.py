"""When to look whether a cited page is still there, and what an answer means (pure).

A look is one request for the head of a page. Not every server knows such requests: where one said
that the page is not there, or that it does not do this, the page itself is asked for, with the
validators that were given. So a page is gone when two looks in a row say so, the second a GET.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from http import HTTPStatus

from aggregator.domain import Document, Request, Watch
from aggregator.wire.pace import retry_after

FIRST = 1
EVERY = 8
AGAIN = 2
FOR = 24 * 7
"""In hours: from publishing to the first look, between looks, from a miss to the look that
confirms it, and how long a brief's pages are looked at."""

_MISSING = (HTTPStatus.NOT_FOUND, HTTPStatus.GONE)
_NO_HEAD = (HTTPStatus.METHOD_NOT_ALLOWED, HTTPStatus.NOT_IMPLEMENTED)
_SURE = 2


def question(watch: Watch) -> Request:
    """What to ask for at the next look."""
    if watch.misses or watch.status in _NO_HEAD:
        return Request(watch.url, watch.etag, watch.last_modified)
    return Request(watch.url, head=True)


def after_look(watch: Watch, document: Document | None, now: datetime, hour: timedelta) -> Watch:
    """What a look taught; ``document`` is None where no answer came, which says nothing."""
    if document is None:
        return replace(watch, looked_at=now, next_at=now + EVERY * hour)
    status, headers = document.status, document.headers
    misses = watch.misses + 1 if status in _MISSING else 0
    wait = (AGAIN if misses or status in _NO_HEAD else EVERY) * hour
    told = retry_after(headers.get("retry-after"), now)
    seen = replace(
        watch,
        looked_at=now,
        next_at=now + max(wait, told or wait),
        status=status,
        misses=misses,
        etag=headers.get("etag", watch.etag),
        last_modified=headers.get("last-modified", watch.last_modified),
    )
    return replace(seen, next_at=None, gone_at=now) if misses >= _SURE else seen
