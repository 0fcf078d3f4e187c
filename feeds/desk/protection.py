"""The headers of the desk."""

from __future__ import annotations

from flask import Blueprint, Response

from aggregator.settings import Settings

_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
        "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'; "
        "require-trusted-types-for 'script'; trusted-types desk"
    ),
    # Not no-referrer: with that, browsers send "Origin: null" along with our own forms.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_YEAR = "max-age=31536000"


def protect_desk(desk: Blueprint, settings: Settings) -> None:
    """Only what we serve runs, nobody frames it, nobody keeps it."""

    @desk.after_request
    def protect(response: Response) -> Response:
        response.headers.update(_HEADERS)
        response.headers.setdefault("Cache-Control", "no-store")
        if settings.base_url.startswith("https:"):
            response.headers["Strict-Transport-Security"] = _YEAR
        return response
