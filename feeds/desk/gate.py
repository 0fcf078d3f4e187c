"""The gate of the desk: nobody unknown comes in, nothing changes but from our own pages."""

from __future__ import annotations

import hmac
from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec, TypeVar
from urllib.parse import urlsplit

from flask import Response, abort, g, make_response, redirect, request, url_for
from markupsafe import Markup

from aggregator.desk.accounts import allows
from aggregator.domain import Role
from aggregator.settings import Settings
from feeds.desk.entry import Entry
from feeds.desk.uploads import LARGEST

P = ParamSpec("P")
R = TypeVar("R")

_SAFE = ("GET", "HEAD", "OPTIONS")
_OPEN = ("desk.login", "desk.enter")
_LARGEST_FORM = 1 << 20
_UPLOADS = "desk.act"
_FOREIGN = "This form is not one of ours, or it is too old. Load the page again."


class Gate:
    """What every request to the desk passes; ``largest`` is the bytes that a form may have."""

    def __init__(self, settings: Settings, entry: Entry, largest: int = _LARGEST_FORM) -> None:
        self._settings, self._entry, self._largest = settings, entry, largest

    def admit(self) -> Response | None:
        """Before each request: set ``g.editor`` and ``g.session``, or turn the request away.

        Whatever changes something must come from our own origin with the token of its session, or,
        at the login, with that of the form.
        """
        has_picture = request.endpoint == _UPLOADS
        request.max_content_length = LARGEST if has_picture else self._largest
        if request.endpoint == "desk.static":
            return None
        is_login = request.endpoint in _OPEN
        changes = request.method not in _SAFE
        g.session, g.editor = self._entry.who() or (None, None)
        g.csrf = self._entry.form_token() if is_login or not g.session else g.session.csrf
        if changes and not self._is_from_here():
            abort(403, _FOREIGN)
        if g.editor is None and not is_login:
            return _to_login(may_redirect=not changes)
        if changes and not _is_same(_sent_token(), g.csrf):
            abort(403, _FOREIGN)
        return None

    def context(self) -> dict[str, Any]:
        """What every template of the desk can use."""
        return {
            "newsroom": self._settings.title,
            # Who logs in anew is not shown as logged in.
            "editor": None if request.endpoint in _OPEN else g.get("editor"),
            "csrf_token": g.get("csrf", ""),
            "csrf_field": _csrf_field,
        }

    def _is_from_here(self) -> bool:
        """What the browser says of the page that asks; not every browser says it."""
        site = request.headers.get("Sec-Fetch-Site", "same-origin")
        origin = request.headers.get("Origin")
        base = urlsplit(self._settings.base_url)
        own = {f"{base.scheme}://{base.netloc}"}
        if base.scheme == "http":
            # On loopback the service may listen on another port than its public address says.
            own.add(request.host_url.rstrip("/"))
        return site == "same-origin" and (origin is None or origin in own)


def requires(role: Role) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Let only editors with this role, or one that includes it, use a view."""

    def guard(view: Callable[P, R]) -> Callable[P, R]:
        @wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
            if not allows(g.editor.role, role):
                abort(403, f"This needs the role {role}.")
            return view(*args, **kwargs)

        return guarded

    return guard


def _to_login(*, may_redirect: bool) -> Response:
    """A page leads to the login; a form or a script is told that nobody is logged in."""
    if not may_redirect or request.headers.get("Sec-Fetch-Dest", "document") != "document":
        abort(401)
    asked = request.full_path.rstrip("?")
    return make_response(redirect(url_for("desk.login", next=asked)))


def _sent_token() -> str:
    return request.headers.get("X-CSRF-Token") or request.form.get("csrf", "")


def _is_same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode(), other.encode())


def _csrf_field() -> Markup:
    return Markup('<input type="hidden" name="csrf" value="{}">').format(g.csrf)
