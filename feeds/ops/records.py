"""What happened: incidents, and who did what."""

from __future__ import annotations

from flask import Blueprint, render_template

from feeds.ops.room import Room

_INCIDENTS, _ENTRIES = 200, 500


def record_pages(ops: Blueprint, room: Room) -> None:
    """Add /ops/incidents and /ops/audit."""

    @ops.get("/incidents")
    def incidents() -> str:
        """The incidents, those that go on first."""
        found = sorted(
            room.store.incidents.latest(_INCIDENTS), key=lambda one: one.resolved_at is not None
        )
        return render_template("ops/incidents.html", incidents=found)

    @ops.get("/audit")
    def audit() -> str:
        """What was done, by whom, the last thing first."""
        return render_template("ops/audit.html", entries=room.store.audit.latest(_ENTRIES))
