"""The wire: stories by score, the first page of the desk."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from flask import Blueprint, Response, g, jsonify, make_response, redirect, request
from flask import render_template as render

from aggregator.domain import Claim, Look, Place, WireQuery, WireRow
from aggregator.settings import Settings
from aggregator.store import Store
from feeds.desk.times import clock_time
from feeds.desk.wire_query import address, asked, number_in, place_in, place_text, to_query
from feeds.desk.wire_rows import count, to_row

Claims = Callable[[], Mapping[int, Claim]]

_PATH = "/desk/"
_MOST_NEW = 100
_SAME_LOOK = timedelta(minutes=5)
"""Who looks again so soon has not been away."""


@dataclass(frozen=True, slots=True)
class Wire:
    """What the wire's pages are made from."""

    settings: Settings
    store: Store
    clock: Callable[[], datetime]
    claims: Claims


def wire_pages(desk: Blueprint, wire: Wire) -> None:
    """Add /desk/ and what its script asks for."""

    @desk.get("/", endpoint="wire")
    def front() -> str:
        """A page of the wire."""
        return _page(wire)

    @desk.get("/wire/news")
    def news() -> Response:
        """How many stories with these filters were made since the page was."""
        claims, since = wire.claims(), number_in(request.args.get("since", ""))
        query = replace(_query(wire, claims), made_from=since or 0, limit=_MOST_NEW)
        found = 0 if since is None else wire.store.wire.count(query, g.editor.username)
        return jsonify(stories=found, text=_new(found))

    @desk.get("")
    def without_slash() -> Response:
        """By hand: the redirect that Flask makes goes to whatever host was asked for."""
        return make_response(redirect(_PATH, 308))


def _page(wire: Wire) -> str:
    store, username, claims = wire.store, g.editor.username, wire.claims()
    filters, after = asked(request.args), place_in(request.args.get("after", ""))
    last, look = store.looks.last(username), store.looks.now(wire.clock())
    query = replace(_query(wire, claims), after=after)
    found = store.wire.find(replace(query, limit=query.limit + 1), username)
    shown = found[: query.limit]
    is_whole = not filters and after is None
    new = _new_since(wire, last) if last and is_whole else 0
    if is_whole and (last is None or look.at - last.at > _SAME_LOOK):
        store.looks.keep(username, look)
    zone = wire.settings.time_zone
    return render(
        "desk/wire.html",
        rows=[
            to_row(row, claims.get(row.story.id), last, look.at, zone, me=username) for row in shown
        ],
        next=_next(filters, shown) if len(found) > len(shown) else None,
        first=address(_PATH, filters) if after else None,
        news=address("/desk/wire/news", filters, since=str(look.next_story)),
        here=address(_PATH, filters),
        new=_new(new) if new else None,
        looked=clock_time(last.at, zone, look.at) if last and is_whole else None,
        filters=filters,
        choices=_choices(wire, claims),
    )


def _query(wire: Wire, claims: Mapping[int, Claim]) -> WireQuery:
    filters = asked(request.args)
    return to_query(filters, wire.settings.sources, claims, wire.clock(), wire.settings.time_zone)


def _new_since(wire: Wire, last: Look) -> int:
    query = WireQuery(made_from=last.next_story, limit=_MOST_NEW)
    return wire.store.wire.count(query, g.editor.username)


def _new(number: int) -> str:
    if number >= _MOST_NEW:
        return f"{_MOST_NEW} new stories or more"
    return count(number, "new story", "new stories")


def _next(filters: Mapping[str, str], shown: list[WireRow]) -> str:
    story = shown[-1].story
    return address(_PATH, filters, after=place_text(Place(story.standing.rank, story.id)))


def _choices(wire: Wire, claims: Mapping[int, Claim]) -> dict[str, list[tuple[str, str]]]:
    """What the filters can be set to."""
    sources = wire.settings.sources
    named = [(one.id, one.name) for one in sources]
    return {
        "sources": sorted(named, key=lambda pair: pair[1].casefold()),
        "categories": _pairs({category for one in sources for category in one.categories}),
        "languages": _pairs(wire.store.wire.languages()),
        "claimed": _pairs({claim.who for claim in claims.values()}),
    }


def _pairs(names: Iterable[str]) -> list[tuple[str, str]]:
    return [(name, name) for name in sorted(names)]
