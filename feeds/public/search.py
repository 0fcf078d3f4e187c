"""Searching the published briefs: a form and a page, without a script.

Somebody else decides what is asked for, and how often. So only words count, few of them; the last
answers are kept; and only so many searches are made at once, the others are asked to come again.
"""

from __future__ import annotations

import threading
from collections import OrderedDict

from flask import Request, Response
from werkzeug.exceptions import TooManyRequests

from aggregator.domain import Edition
from aggregator.store.folding import words
from aggregator.wire.clean import one_line
from feeds.public.library import Library
from feeds.public.pages import HTML
from feeds.public.rendering import rendered
from feeds.public.shown import card
from feeds.public.site import Head
from feeds.representation import Representation

_MOST_CHARACTERS = 100
_MOST_FOUND = 60
_KEPT = 200
_AT_ONCE = 2
_PATIENCE = 0.2
"""Seconds that a search waits for others: who waits keeps a thread from answering."""


class Search:
    """Answers at /search."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._kept: OrderedDict[str, tuple[Edition, Representation]] = OrderedDict()
        self._lock = threading.Lock()
        self._turns = threading.BoundedSemaphore(_AT_ONCE)

    def answer(self, request: Request) -> Response:
        """The page for what is asked for; raises TooManyRequests."""
        typed = one_line(request.args.get("q", "")[:_MOST_CHARACTERS])
        edition = self._library.edition
        with self._lock:
            kept = self._kept.get(typed)
        if kept is None or kept[0] != edition:
            kept = edition, self._made(typed, edition)
            with self._lock:
                self._kept[typed] = kept
                self._kept.move_to_end(typed)
                while len(self._kept) > _KEPT:
                    self._kept.popitem(last=False)
        return kept[1].answer(request)

    def _made(self, typed: str, edition: Edition) -> Representation:
        if not self._turns.acquire(timeout=_PATIENCE):
            raise TooManyRequests
        try:
            return Representation.of(self._page(typed), HTML, edition.changed_at)
        finally:
            self._turns.release()

    def _page(self, typed: str) -> bytes:
        library, site = self._library, self._library.site
        found = library.store.published.search(typed, _MOST_FOUND) if words(typed) else []
        briefs = [brief for brief in library.store.briefs.named(found) if brief.is_public]
        title = site.words.found.format(words=typed) if typed else site.words.search
        return rendered(
            "search.html",
            site=site,
            head=Head(title, "/search", is_listed=False),
            typed=typed,
            cards=[card(brief, library.settings) for brief in briefs],
        )
