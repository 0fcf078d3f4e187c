"""What subscribers and visitors get.

``entries`` what a feed is made of · ``briefs``, ``combined`` what goes into ours (pure) ·
``documents`` Atom and RSS through feedgen ·
``jsonfeed`` · ``press`` which keeps them ready · ``representation`` ready bytes and conditional
answers · ``public`` the site and the feeds' addresses · ``desk`` the editors' pages ·
``health`` · ``websub`` where hubs call.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from flask import Flask

from aggregator.settings import Settings
from aggregator.settings.live import ConfigState
from aggregator.store import Store
from feeds.desk import desk_pages
from feeds.headers import protect
from feeds.health import health_view
from feeds.press import Press
from feeds.public import error_page, public_site
from feeds.websub import websub_callbacks

__all__ = ["create_app"]


def create_app(
    settings: Settings,
    store: Store,
    clock: Callable[[], datetime],
    config: Callable[[], ConfigState] | None = None,
) -> Flask:
    """Build the WSGI application; ``clock`` gives aware UTC, ``config`` how the operator's files
    stand, where they are followed.
    """
    app = Flask("feeds", static_folder=None, template_folder=None)
    # The redirect that would merge them goes to whatever host was asked for.
    app.url_map.merge_slashes = False
    press = Press(settings, store)
    app.register_blueprint(public_site(settings, store, press))
    app.register_blueprint(desk_pages(settings, store, clock))
    app.register_blueprint(websub_callbacks(settings, store, clock))
    app.add_url_rule("/health", "health", health_view(settings, store, clock, config))
    app.register_error_handler(Exception, error_page)
    app.after_request(protect)
    return app
