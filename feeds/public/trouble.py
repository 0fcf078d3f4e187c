"""The page for what went wrong: it says so, and repeats nothing of the request."""

from __future__ import annotations

import logging
from collections.abc import Callable
from http import HTTPStatus

from flask import Response, request
from werkzeug.exceptions import HTTPException

from aggregator.errors import StoreError
from aggregator.settings import Settings
from feeds.public.look import Look, look
from feeds.public.rendering import rendered
from feeds.public.words import Words, words_of

log = logging.getLogger(__name__)


def error_pages(settings: Settings) -> Callable[[Exception], Response]:
    """What answers where a view fails; it needs no database."""
    words, made = words_of(settings.languages[0]), look(settings)

    def error_page(error: Exception) -> Response:
        status, headers = 503 if isinstance(error, StoreError) else 500, dict[str, str]()
        if isinstance(error, HTTPException):
            status = error.code or 500
            if status == 405:
                headers["Allow"] = error.get_response().headers.get("Allow", "")
        else:
            log.error("%s answered %d", request.endpoint or "request", status, exc_info=error)
        if status in (429, 503):
            headers["Retry-After"] = "60" if status == 503 else "5"
        headers["Cache-Control"] = "no-store"
        return Response(_page(status, words, made, settings), status=status, headers=headers)

    return error_page


def _page(status: int, words: Words, made: Look, settings: Settings) -> bytes:
    title, said = {
        404: (words.not_found, words.not_found_say),
        410: (words.gone, words.gone_say),
        405: (HTTPStatus(405).phrase, words.only_gives),
        429: (HTTPStatus(429).phrase, words.too_many),
        503: (HTTPStatus(503).phrase, words.away),
    }.get(status, (HTTPStatus(status).phrase, words.wrong))
    return rendered(
        "error.html",
        newsroom=settings.title,
        language=words.language,
        words=words,
        style=made.path("site.css"),
        icon=made.path("icon.svg"),
        title=title,
        said=said,
    )
