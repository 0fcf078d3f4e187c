"""One source: how it is, what went wrong, and what an operator can do about it."""

from __future__ import annotations

from flask import Blueprint, Response, abort, g, make_response, redirect, render_template, url_for

from aggregator.domain import SourceHealth
from aggregator.errors import ConfigError
from aggregator.oversight.causes import cause
from aggregator.settings import SOURCES, editing, writing
from feeds.ops.pictures import sparkline
from feeds.ops.room import DAYS, Room
from feeds.ops.rows import to_row

_SHOWN = 50


def source_pages(ops: Blueprint, room: Room) -> None:
    """Add /ops/sources/… and its buttons."""

    @ops.get("/sources/<source_id>")
    def source(source_id: str) -> str:
        """Everything that is known of a source."""
        return _page(room, _found(room, source_id))

    @ops.post("/sources/<source_id>/poll")
    def poll_source(source_id: str) -> Response:
        """Have it polled at once, also when it said that it is gone."""
        health = _found(room, source_id)
        room.store.sources.poll_soon(health.source.id, g.editor.username, room.clock())
        return _back(health)

    @ops.post("/sources/<source_id>/accept")
    def accept_address(source_id: str) -> Response:
        """Put the address that it moved to, or that was found in its place, into sources.yaml."""
        health = _found(room, source_id)
        found = cause(health)
        if found is None or found.replacement is None:
            return make_response(_page(room, health, "there is no new address to accept"), 409)
        path = room.sources_file
        try:
            text = writing.read(path)
            changed = editing.with_changes(text, {health.source.id: {"url": found.replacement}})
            problems = room.wrong_with({SOURCES: changed})
            if problems:
                return make_response(_page(room, health, "; ".join(problems)), 422)
            writing.write(path, changed, text)
        except ConfigError as error:
            return make_response(_page(room, health, str(error)), 409)
        room.note("address accepted", f"{health.source.id}: {found.replacement}")
        return _back(health)


def _found(room: Room, source_id: str) -> SourceHealth:
    found = [one for one in room.store.sources.health() if one.source.id == source_id]
    if not found:
        abort(404)
    return found[0]


def _page(room: Room, health: SourceHealth, problem: str = "") -> str:
    key = health.source.id
    counts = room.per_day([key])[key]
    label = f"{sum(counts)} items in {DAYS} days, {max(counts)} on the best day"
    return render_template(
        "ops/source.html",
        row=to_row(health, room.pace, sparkline(counts, label)),
        label=label,
        errors=room.store.failures.of_source(key, _SHOWN),
        gaps=room.store.figures.gaps(key, _SHOWN),
        incidents=room.store.incidents.of_source(key, _SHOWN),
        problem=problem,
    )


def _back(health: SourceHealth) -> Response:
    return make_response(redirect(url_for("ops.source", source_id=health.source.id), 303))
