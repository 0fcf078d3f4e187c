"""Style and script of the desk: kept by browsers for good, under an address that names the bytes.

The version stands in the path and is one for all: so a script that imports ``./desk.js`` gets the
one that the page has, not a second one.
"""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

from flask import Blueprint, Response, send_from_directory, url_for

_FOLDER = Path(__file__).parent / "static"
_FOR_GOOD = "public, max-age=31536000, immutable"


def serve_assets(desk: Blueprint) -> None:
    """Add /desk/static/…, and ``asset(name)`` for templates."""
    paths = sorted(path for path in _FOLDER.rglob("*") if path.is_file())
    current = sha256(b"".join(path.read_bytes() for path in paths)).hexdigest()[:12]

    @desk.get("/static/<version>/<path:name>")
    def static(version: str, name: str) -> Response:
        """A file; under an old address it is the new one, and asked for each time."""
        response = send_from_directory(_FOLDER, name)
        response.headers["Cache-Control"] = _FOR_GOOD if version == current else "no-cache"
        return response

    def asset(name: str) -> str:
        return url_for("desk.static", version=current, name=name)

    desk.context_processor(lambda: {"asset": asset})
