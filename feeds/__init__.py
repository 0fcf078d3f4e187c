"""What subscribers and visitors get.

``entries`` what a feed is made of · ``briefs``, ``combined`` what goes into ours (pure) ·
``newsstand`` the feeds of an edition · ``trial`` what a draft would change in them · ``archives``
what came before them · ``documents`` Atom and RSS through feedgen, ``markup`` what it lacks ·
``jsonfeed`` · ``delta`` only what is new ·
``press`` which keeps them ready, ``keep`` on disk · ``export`` all of it as files, with
``serverfiles`` for those that serve them · ``representation`` ready bytes and conditional answers,
``negotiation`` of what · ``ready`` the short way to them · ``syndication`` the feeds' addresses ·
``public`` the site · ``desk`` the editors' pages · ``ops`` the operators' · ``health`` ·
``metrics`` · ``websub`` where hubs call · ``headers`` of every response · ``asleep`` the last good
documents, until the database answers.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from flask import Flask

from aggregator.domain import QueueCounts
from aggregator.settings import Settings
from aggregator.settings.live import ConfigState
from aggregator.store import Store
from feeds.desk import desk_pages
from feeds.headers import protect
from feeds.health import health_view
from feeds.metrics import PATH, Metrics, metrics_view
from feeds.ops import ops_pages
from feeds.ops.incident_feed import incident_feed
from feeds.press import Press
from feeds.public import error_pages, public_site
from feeds.syndication import syndication
from feeds.websub import websub_callbacks

__all__ = ["create_app"]


def create_app(
    settings: Settings,
    store: Store,
    clock: Callable[[], datetime],
    press: Press | None = None,
    *,
    config: Callable[[], ConfigState] | None = None,
    metrics: Metrics | None = None,
    messages: Callable[[], QueueCounts] | None = None,
) -> Flask:
    """Build the WSGI application; ``clock`` gives aware UTC, ``config`` how the operator's files
    stand, where they are followed; ``metrics`` are the process's, ``messages`` counts those of the
    queue.

    The press is the caller's where it is to be kept fresh, or on disk.
    """
    metrics = metrics or Metrics(store, clock)
    app = Flask("feeds", static_folder=None, template_folder=None)
    # The redirect that would merge them goes to whatever host was asked for.
    app.url_map.merge_slashes = False
    press = press or Press(settings, store)
    app.register_blueprint(syndication(press))
    app.register_blueprint(public_site(settings, store, press))
    app.register_blueprint(desk_pages(settings, store, clock))
    app.register_blueprint(ops_pages(settings, store, clock, config, messages))
    app.register_blueprint(incident_feed(settings, store))
    app.register_blueprint(websub_callbacks(settings, store, clock))
    app.add_url_rule("/health", "health", health_view(settings, store, clock, config))
    app.register_error_handler(Exception, error_pages(settings))
    app.add_url_rule(PATH, "metrics", metrics_view(settings, metrics))
    app.after_request(protect)
    app.after_request(metrics.answered)
    return app
