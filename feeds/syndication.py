"""The addresses of the feeds and of their archive."""

from __future__ import annotations

from flask import Blueprint, Response, abort, request

from feeds.delta import delta_headers
from feeds.negotiation import manipulations, tags
from feeds.press import Press

_OK = 200
_IM_USED = 226


def syndication(press: Press) -> Blueprint:
    """The blueprint of everything that readers' software subscribes to."""
    feeds = Blueprint("syndication", __name__)

    def feed() -> Response:
        path = request.path
        response = press.feed(path).answer(request)
        if response.status_code == _OK and _wants_news():
            return _news(press, path) or response
        return response

    for number, path in enumerate(press.feeds):
        feeds.add_url_rule(path, f"feed-{number}", feed)

    @feeds.get("/archive/<name>/<part>.atom")
    def archive(name: str, part: str) -> Response:
        """A month of the archive; the query only tells one day's reading from the next's."""
        found = press.archive(f"{name}/{part}")
        return found.answer(request) if found else abort(404)

    return feeds


def _wants_news() -> bool:
    return "feed" in manipulations(request.headers.get("A-IM", ""))


def _news(press: Press, path: str) -> Response | None:
    """Only what the client has not (RFC 3229), where its validator tells what that is."""
    known = tags(request.headers.get("If-None-Match", ""))
    whole = press.feed(path)
    news = press.news(path, known) if known else None
    if news is None:
        return None
    response = news.answer(request)
    if response.status_code != _OK:
        return None
    coding = response.headers.get("Content-Encoding")
    etag = f"{whole.etag}-{coding}" if coding else whole.etag
    response.status_code = _IM_USED
    response.headers.update(delta_headers(etag))
    return response
