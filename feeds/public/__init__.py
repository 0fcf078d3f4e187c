"""The public side: the front page, the feeds' addresses, and the page for what went wrong."""

from __future__ import annotations

import logging
from http import HTTPStatus
from pathlib import Path

from flask import Blueprint, Response, render_template, request
from werkzeug.exceptions import HTTPException

from aggregator.errors import StoreError
from aggregator.settings import Settings
from aggregator.store import Store
from feeds.press import Press
from feeds.public.brief import BriefPages
from feeds.public.front import front_page

log = logging.getLogger(__name__)

_HERE = Path(__file__).parent
_REASONS = {
    404: "There is nothing at this address.",
    410: "What was here has been withdrawn.",
    405: "This address only gives; it takes nothing.",
    503: "The newsroom's database does not answer just now. Please try again in a minute.",
}


def public_site(settings: Settings, store: Store, press: Press) -> Blueprint:
    """The blueprint of everything that anybody may read."""
    site = Blueprint(
        "public",
        __name__,
        static_folder=str(_HERE / "static"),
        static_url_path="/static",
        template_folder=str(_HERE / "templates"),
    )
    site.add_url_rule("/", "front", lambda: _front(settings, press))
    briefs = BriefPages(settings, store, press)
    site.add_url_rule("/news/<int:year>/<int:month>/<int:day>/<slug>", "brief", briefs.answer)
    site.add_url_rule("/robots.txt", "robots", _robots)
    return site


def error_page(error: Exception) -> Response:
    """A plain page that says what happened and repeats nothing of the request."""
    if isinstance(error, HTTPException):
        status = error.code or 500
        headers = {"Allow": error.get_response().headers.get("Allow", "")} if status == 405 else {}
    else:
        status, headers = (503 if isinstance(error, StoreError) else 500), {}
        log.error("%s answered %d", request.endpoint or "request", status, exc_info=error)
    if status == 503:
        headers["Retry-After"] = "60"
    reason = _REASONS.get(status, "Something went wrong on our side.")
    page = render_template("error.html", phrase=HTTPStatus(status).phrase, reason=reason)
    return Response(page, status=status, headers=headers | {"Cache-Control": "no-store"})


def _front(settings: Settings, press: Press) -> Response:
    made = press.page("/", lambda: front_page(press.current(), settings).encode())
    return made.answer(request)


def _robots() -> Response:
    return Response("User-agent: *\nAllow: /\n", content_type="text/plain; charset=utf-8")
