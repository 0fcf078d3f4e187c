"""What an editor asks the wire for: an address ↔ a query (pure)."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from aggregator.domain import Claim, Place, Source, StoryState, WireQuery
from feeds.desk.times import read_time

FILTERS = ("q", "source", "category", "language", "since", "until", "state", "covered", "claimed")
CHECKS = ("unseen",)
_LONGEST = 200
_MOST = 2**31 - 1


def asked(args: Mapping[str, str]) -> dict[str, str]:
    """The filters that an address has, as they were typed; the empty ones left out."""
    given = {name: args.get(name, "").strip()[:_LONGEST] for name in (*FILTERS, *CHECKS)}
    return {name: value for name, value in given.items() if value}


def to_query(
    args: Mapping[str, str],
    sources: Sequence[Source],
    claims: Mapping[int, Claim],
    now: datetime,
    zone: ZoneInfo,
) -> WireQuery:
    """The query that an address stands for; what cannot be read asks for nothing."""
    state, covered = args.get("state"), args.get("covered")
    return WireQuery(
        search=args.get("q"),
        sources=_sources(args, sources),
        language=args.get("language"),
        since=read_time(args.get("since", ""), now, zone),
        until=read_time(args.get("until", ""), now, zone),
        state=StoryState(state) if state in list(StoryState) else None,
        unseen="unseen" in args,
        covered=covered == "yes" if covered in ("yes", "no") else None,
        among=_claimed(args, claims),
    )


def address(path: str, filters: Mapping[str, str], **more: str) -> str:
    """A page's address with these filters."""
    query = urlencode({**filters, **more})
    return f"{path}?{query}" if query else path


def place_in(text: str) -> Place | None:
    """Where the page before ended; None at the first one."""
    rank, _, story = text.partition("_")
    number = number_in(story)
    try:
        value = float(rank)
    except ValueError:
        return None
    return Place(value, number) if number is not None and math.isfinite(value) else None


def place_text(place: Place) -> str:
    """A place as it stands in an address; it is read back exactly."""
    return f"{place.rank!r}_{place.story}"


def number_in(text: str) -> int | None:
    """A number as stories and items have; None for anything else."""
    if not (text.isascii() and text.isdigit()):
        return None
    number = int(text[:11])
    return number if number <= _MOST else None


def _sources(args: Mapping[str, str], sources: Sequence[Source]) -> Collection[str] | None:
    """A category stands for the sources that the operator put into it."""
    source, category = args.get("source"), args.get("category")
    if category is None:
        return None if source is None else [source]
    ids = [one.id for one in sources if category in one.categories]
    return ids if source is None else [one for one in ids if one == source]


def _claimed(args: Mapping[str, str], claims: Mapping[int, Claim]) -> Collection[int] | None:
    who = args.get("claimed")
    if who is None:
        return None
    return [story for story, claim in claims.items() if claim.who == who]
