"""Operators only: the desk's gate, and then the role."""

from __future__ import annotations

from functools import partial

from flask import Blueprint, Response, abort, g, request

from aggregator.desk.accounts import allows
from aggregator.domain import Role
from feeds.desk.assets import asset
from feeds.desk.entry import Entry
from feeds.desk.gate import Gate
from feeds.desk.protection import protect_desk
from feeds.desk.trouble import trouble_page
from feeds.desk.waiting import open_alerts
from feeds.ops.room import Room

_LARGEST_FORM = 8 << 20
"""A file of some ten thousand sources, as a form sends it."""


def guard_operators(ops: Blueprint, room: Room) -> None:
    """Let nobody in who is not an operator, with the desk's sessions, tokens and headers."""
    gate = Gate(room.settings, Entry(room.settings.base_url, room.store, room.clock), _LARGEST_FORM)

    @ops.before_request
    def admit() -> Response | None:
        request.max_form_memory_size = _LARGEST_FORM
        turned_away = gate.admit()
        if turned_away is None and not allows(g.editor.role, Role.OPERATOR):
            abort(403, "This needs the role operator.")
        return turned_away

    ops.context_processor(gate.context)
    ops.context_processor(lambda: {"asset": asset, "time": room.time})
    ops.context_processor(lambda: {"open_alerts": partial(open_alerts, room.store)})
    ops.register_error_handler(Exception, trouble_page)
    protect_desk(ops, room.settings)
