"""Logging in and out."""

from __future__ import annotations

import logging
import re

from flask import Blueprint, Response, g, make_response, redirect, render_template, request

from aggregator.desk.accounts import username_of
from feeds.desk.entry import Entry

log = logging.getLogger(__name__)

_HOME = "/desk/"
_OUR_PAGES = re.compile(r"/(?:desk|ops)/[\w./~%-]*(\?[\w./~%&=+:,-]*)?", re.ASCII)
_WRONG = "Username and password do not belong together."


def login_pages(desk: Blueprint, entry: Entry) -> None:
    """Add /desk/login and /desk/logout."""

    @desk.get("/login")
    def login() -> Response:
        """The form; who is logged in already is past it."""
        if g.editor is not None:
            return _to(landing(request.args.get("next", "")))
        return _form(entry, request.args.get("next", ""))

    @desk.post("/login")
    def enter() -> Response:
        """Let them in; what was wrong is not said."""
        username = username_of(request.form.get("username", ""))
        target = landing(request.form.get("next", ""))
        response = _to(target)
        password = entry.check(username, request.form.get("password", ""))
        if password is None or not entry.open(response, username, password):
            log.warning("a login from %s failed", request.remote_addr)
            return _form(entry, target, username=username, problem=_WRONG, status=401)
        log.info("editor=%s logged in from %s", username, request.remote_addr)
        return response

    @desk.post("/logout")
    def logout() -> Response:
        """End the session."""
        response = _to("/desk/login")
        entry.close(response)
        return response


def landing(wanted: str) -> str:
    """Where a login leads: to a page of the desk, whatever the address of the form said."""
    return wanted if _OUR_PAGES.fullmatch(wanted) else _HOME


def _form(
    entry: Entry, target: str, username: str = "", problem: str = "", status: int = 200
) -> Response:
    page = render_template(
        "desk/login.html",
        target=landing(target),
        username=username,
        problem=problem,
    )
    response = make_response(page, status)
    entry.keep_form_token(response)
    return response


def _to(target: str) -> Response:
    return make_response(redirect(target, 303))
