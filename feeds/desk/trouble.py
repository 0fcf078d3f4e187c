"""What the desk says when something cannot be done."""

from __future__ import annotations

import logging
from http import HTTPStatus
from math import ceil

from flask import Response, render_template, request
from werkzeug.exceptions import HTTPException

from aggregator.errors import AggregatorError, StoreError, TooManyAttempts

log = logging.getLogger(__name__)

_REASONS = {
    400: "This request cannot be read.",
    401: "You are not logged in any more. Log in in another tab, then come back to what you typed.",
    403: "This is not for you to do.",
    404: "There is nothing at this address.",
    405: "This address does not take that.",
    413: "This is more than we take at once.",
    503: "The newsroom's database does not answer just now. Please try again in a minute.",
}


def trouble_page(error: Exception) -> Response:
    """A page that says what happened and repeats nothing of the request.

    The text of an AggregatorError is for people, so it is shown: what an editor asked for cannot be
    done (409) or not now (429).
    """
    status, headers = _status(error)
    if status >= 500:
        log.error("%s answered %d", request.endpoint, status, exc_info=error)
    page = render_template(
        "desk/trouble.html", phrase=HTTPStatus(status).phrase, reason=_reason(error, status)
    )
    return Response(page, status=status, headers=headers)


def _status(error: Exception) -> tuple[int, dict[str, str]]:
    match error:
        case HTTPException():
            allow = error.get_response().headers.get("Allow")
            return error.code or 500, {"Allow": allow} if allow else {}
        case StoreError():
            return 503, {"Retry-After": "60"}
        case TooManyAttempts():
            return 429, {"Retry-After": str(ceil(error.wait.total_seconds()))}
        case AggregatorError():
            return 409, {}
    return 500, {}


def _reason(error: Exception, status: int) -> str:
    if isinstance(error, AggregatorError) and status < 500:
        return str(error)
    # Werkzeug's own sentences are longer than ours; one that a view gave is meant for this case.
    if isinstance(error, HTTPException) and error.description != type(error).description:
        return str(error.description)
    return _REASONS.get(status, "Something went wrong on our side.")
