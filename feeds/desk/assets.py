"""Style and script of the desk: kept by browsers for good, under an address that names the bytes.

The version stands in the path and is one for all: so a script that imports ``./desk.js`` gets the
one that the page has, not a second one.
"""

from __future__ import annotations

from functools import cache
from hashlib import sha256
from pathlib import Path

from flask import Blueprint, Response, send_from_directory, url_for

_FOLDER = Path(__file__).parent / "static"
_FOR_GOOD = "public, max-age=31536000, immutable"


def serve_assets(desk: Blueprint) -> None:
    """Add /desk/static/…, and ``asset(name)`` for templates."""

    @desk.get("/static/<version>/<path:name>")
    def static(version: str, name: str) -> Response:
        """A file; under an old address it is the new one, and asked for each time."""
        response = send_from_directory(_FOLDER, name)
        response.headers["Cache-Control"] = _FOR_GOOD if version == _version() else "no-cache"
        return response

    desk.context_processor(lambda: {"asset": asset})


def asset(name: str) -> str:
    """The address of a file."""
    return url_for("desk.static", version=_version(), name=name)


@cache
def _version() -> str:
    paths = sorted(path for path in _FOLDER.rglob("*") if path.is_file())
    return sha256(b"".join(path.read_bytes() for path in paths)).hexdigest()[:12]
