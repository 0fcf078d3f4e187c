"""The editors' pages, all behind one gate. To add a page: a module here with a function that is
given the blueprint and adds views to it, a line in ``desk_pages``, a template that extends
``desk/base.html`` and says ``{{ csrf_field() }}`` in each form.

``gate`` who passes · ``entry`` who is logged in · ``cookies`` · ``login`` in and out · ``password``
changing one's own · ``wire`` the first page, with ``wire_query`` and ``wire_rows`` · ``story`` one
story, with ``reports`` and ``edits`` of theirs · ``reading`` an article's text, with ``full_text``
· ``claims`` taking a story · ``briefs`` the list, with ``alerts`` and ``slots`` · ``editor`` one
brief, with ``editor_form``, ``preview`` and ``uploads`` · ``history`` its revisions · ``writing``
what these share · ``times`` · ``waiting`` · ``protection`` headers · ``trouble`` what went wrong ·
``assets`` style and script.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial

from flask import Blueprint

from aggregator.desk.desk import Desk
from aggregator.desk.workflow import Rules
from aggregator.settings import Settings
from aggregator.store import Store
from feeds.desk.assets import serve_assets
from feeds.desk.briefs import brief_list
from feeds.desk.claims import claim_pages
from feeds.desk.editor import editor_pages
from feeds.desk.entry import Entry
from feeds.desk.gate import Gate, requires
from feeds.desk.history import history_pages
from feeds.desk.login import login_pages
from feeds.desk.password import password_page
from feeds.desk.protection import protect_desk
from feeds.desk.reading import reading_pages
from feeds.desk.slots import slot_pages
from feeds.desk.story import story_pages
from feeds.desk.trouble import trouble_page
from feeds.desk.uploads import Uploads
from feeds.desk.waiting import open_alerts
from feeds.desk.wire import Wire, wire_pages
from feeds.desk.writing import Writing

__all__ = ["desk_pages", "requires"]


def desk_pages(settings: Settings, store: Store, clock: Callable[[], datetime]) -> Blueprint:
    """The blueprint of everything under /desk.

    In its views ``g.editor`` is who asks and ``g.session`` their session.
    """
    desk = Blueprint(
        "desk",
        __name__,
        url_prefix="/desk",
        template_folder="templates",
    )
    entry = Entry(settings.base_url, store, clock)
    gate = Gate(settings, entry)
    desk.before_request(gate.admit)
    desk.context_processor(gate.context)
    desk.context_processor(lambda: {"open_alerts": partial(open_alerts, store)})
    desk.register_error_handler(Exception, trouble_page)
    protect_desk(desk, settings)
    serve_assets(desk)
    login_pages(desk, entry)
    password_page(desk, entry)
    wire = Wire(settings, store, clock, claims=lambda: store.claims.held(clock()))
    wire_pages(desk, wire)
    story_pages(desk, wire)
    reading_pages(desk, wire)
    rules = Rules(settings.time_zone, settings.four_eyes)
    at_work = Desk(store, rules, settings.languages, clock)
    writing = Writing(settings, store, clock, at_work, Uploads(settings, store, clock))
    claim_pages(desk, wire, writing)
    brief_list(desk, writing)
    slot_pages(desk, writing)
    editor_pages(desk, writing)
    history_pages(desk, writing)
    return desk
