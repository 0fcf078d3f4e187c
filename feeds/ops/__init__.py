"""The operators' pages, behind the desk's gate and for the role operator only.

``gate`` who passes · ``overview`` how everything is · ``source`` one source, and what is done with
it · ``editing`` sources.yaml · ``config`` the settings and where each comes from · ``records``
incidents and the audit log · ``rows`` what the pages show of a source (pure) · ``pictures`` plots
(pure) · ``incident_feed`` incidents for feed readers, by token instead of login · ``room`` what the
pages share.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from flask import Blueprint

from aggregator.domain import QueueCounts
from aggregator.settings import Settings
from aggregator.settings.live import ConfigState
from aggregator.store import Store
from feeds.ops.config import config_page
from feeds.ops.editing import editing_page
from feeds.ops.gate import guard_operators
from feeds.ops.overview import overview_page
from feeds.ops.records import record_pages
from feeds.ops.room import Room
from feeds.ops.source import source_pages

__all__ = ["ops_pages"]


def ops_pages(
    settings: Settings,
    store: Store,
    clock: Callable[[], datetime],
    config: Callable[[], ConfigState] | None = None,
    messages: Callable[[], QueueCounts] | None = None,
) -> Blueprint:
    """The blueprint of everything under /ops; ``config`` is how the operator's files stand,
    ``messages`` counts those of the queue, where there is one.
    """
    ops = Blueprint("ops", __name__, url_prefix="/ops", template_folder="templates")
    room = Room(settings, store, clock, config, messages)
    guard_operators(ops, room)
    overview_page(ops, room)
    source_pages(ops, room)
    editing_page(ops, room)
    config_page(ops, room)
    record_pages(ops, room)
    return ops
