"""Changing one's own password."""

from __future__ import annotations

import logging

from flask import Blueprint, Response, g, make_response, render_template, request

from aggregator.desk.passwords import check_password
from aggregator.errors import AccountRefused
from feeds.desk.entry import Entry

log = logging.getLogger(__name__)

_DONE = "Your password is changed. You are logged out everywhere else."


def password_page(desk: Blueprint, entry: Entry) -> None:
    """Add /desk/password."""

    @desk.get("/password")
    def password() -> str:
        """The form."""
        return render_template("desk/password.html")

    @desk.post("/password")
    def change_password() -> Response:
        """Change it; whoever else is logged in under this name is not any more."""
        username = g.editor.username
        try:
            new = _chosen(entry, username)
        except AccountRefused as refusal:
            return make_response(render_template("desk/password.html", problem=refusal), 422)
        response = make_response("")
        entry.change_password(response, username, new)
        log.info("editor=%s changed their password", username)
        response.set_data(render_template("desk/password.html", message=_DONE))
        return response


def _chosen(entry: Entry, username: str) -> str:
    """The new password; raises AccountRefused, or TooManyAttempts at the old one."""
    new = request.form.get("new", "")
    if new != request.form.get("again", ""):
        raise AccountRefused("the new password and its repetition differ")
    check_password(new, username)
    if entry.check(username, request.form.get("old", "")) is None:
        raise AccountRefused("this is not your password")
    return new
