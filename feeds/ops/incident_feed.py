"""Incidents for feed readers, which cannot log in: whoever has a token may read.

The token stands in an ``Authorization: Bearer`` header or, for readers that send none, in the
address. It is kept as a digest only, and a wrong one is answered like an address without anything.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from html import escape

from flask import Blueprint, Response, abort, request

from aggregator.desk.sessions import key_of
from aggregator.domain import Incident
from aggregator.settings import Settings
from aggregator.store import Store
from feeds.documents import atom
from feeds.entries import Entry, Feed, last_change
from feeds.jsonfeed import json_feed
from feeds.public.times import newsroom_time
from feeds.representation import Representation

_LIMIT = 100
_FORMATS: dict[str, tuple[Callable[[Feed], bytes], str]] = {
    "atom": (atom, "application/atom+xml; charset=utf-8"),
    "json": (json_feed, "application/feed+json; charset=utf-8"),
}


def incident_feed(settings: Settings, store: Store) -> Blueprint:
    """The blueprint of the private feed."""
    blueprint = Blueprint("incident_feed", __name__)

    def answer(token: str, ending: str) -> Response:
        if not token or not store.tokens.admits(key_of(token)):
            abort(404)
        render, content_type = _FORMATS[ending]
        feed = _feed(settings, store)
        response = Representation.of(render(feed), content_type, feed.updated_at).answer(request)
        response.headers["Cache-Control"] = "private, no-cache"
        response.headers["X-Robots-Tag"] = "noindex"
        del response.headers["Access-Control-Allow-Origin"]
        return response

    @blueprint.get("/incidents/<token>.<any(atom, json):ending>")
    def by_address(token: str, ending: str) -> Response:
        """The feed, for whoever knows its address."""
        return answer(token, ending)

    @blueprint.get("/incidents.<any(atom, json):ending>")
    def by_header(ending: str) -> Response:
        """The feed, for whoever sends a token along."""
        kind, _, token = request.headers.get("Authorization", "").partition(" ")
        return answer(token.strip() if kind.lower() == "bearer" else "", ending)

    return blueprint


def _feed(settings: Settings, store: Store) -> Feed:
    found = store.incidents.latest(_LIMIT)
    names = store.sources.names()
    uid = store.installation_id()
    return Feed(
        id=f"urn:uuid:{uid}#incidents",
        title=f"{settings.title}: incidents",
        subtitle="Sources that fail, one entry each time",
        base_url=settings.base_url,
        path="/incidents",
        language="en",
        updated_at=last_change((one.updated_at for one in found), ()),
        entries=tuple(entry(one, names[one.source_id], settings, uid) for one in found),
    )


def entry(incident: Incident, name: str, settings: Settings, uid: str) -> Entry:
    """An incident as its one entry, with the ``name`` of its source; ``updated`` moves with what is
    to be known, not at each try.
    """
    state = "over" if incident.resolved_at else "failing"
    lines = _lines(incident, settings)
    return Entry(
        id=f"urn:uuid:{uid}#incident-{incident.id}",
        title=f"{name} ({incident.source_id}): {state}",
        url=f"{settings.base_url}/ops/sources/{incident.source_id}",
        published_at=incident.opened_at,
        updated_at=max(incident.updated_at, incident.opened_at),
        summary=incident.cause,
        content="".join(f"<p>{escape(line)}</p>" for line in lines),
        authors=(settings.title,),
        categories=("resolved" if incident.resolved_at else "open",),
        language="en",
        source=None,
    )


def _lines(incident: Incident, settings: Settings) -> list[str]:
    def shown(at: datetime) -> str:
        return newsroom_time(at, settings.time_zone)

    lines = [incident.cause, f"Failing since {shown(incident.opened_at)}."]
    if incident.replacement:
        lines.append(f"A replacement was found: {incident.replacement}")
    if incident.resolved_at:
        lines.append(f"Resolved {shown(incident.resolved_at)}.")
    elif incident.next_try_at:
        lines.append(f"Next try {shown(incident.next_try_at)}.")
    else:
        lines.append("It is not tried again by itself.")
    return lines
