"""Style and script of the desk: kept by browsers for good under an address that names the bytes."""

from __future__ import annotations

from functools import cache
from hashlib import sha256
from pathlib import Path

from flask import Blueprint, Response, request, url_for

_FOR_GOOD = "public, max-age=31536000, immutable"


def serve_assets(desk: Blueprint, folder: Path) -> None:
    """Give templates ``asset(name)``; an address without a version is asked for each time."""

    @cache
    def version(name: str) -> str:
        return sha256((folder / name).read_bytes()).hexdigest()[:16]

    def asset(name: str) -> str:
        return url_for("desk.static", filename=name, v=version(name))

    @desk.after_request
    def keep(response: Response) -> Response:
        if request.endpoint == "desk.static" and response.status_code < 400:
            named = request.args.get("v") == version((request.view_args or {})["filename"])
            response.headers["Cache-Control"] = _FOR_GOOD if named else "no-cache"
        return response

    desk.context_processor(lambda: {"asset": asset})
