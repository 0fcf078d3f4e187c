"""The first page of the desk."""

from __future__ import annotations

from flask import Blueprint, Response, make_response, redirect, render_template


def landing_page(desk: Blueprint) -> None:
    """Add /desk/."""

    @desk.get("/")
    def wire() -> str:
        """Who is logged in."""
        return render_template("desk/landing.html")

    @desk.get("")
    def without_slash() -> Response:
        """By hand: the redirect that Flask makes goes to whatever host was asked for."""
        return make_response(redirect("/desk/", 308))
