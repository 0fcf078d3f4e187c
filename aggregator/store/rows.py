"""Rows to values and back, at the door."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from sqlalchemy import Row

from aggregator.domain import (
    Hints,
    Item,
    Job,
    ParsedItem,
    Picture,
    PollState,
    Republish,
    Revision,
    Sighting,
    Source,
    Standing,
    Story,
    StoryState,
)
from aggregator.store.folding import fold
from aggregator.store.schema import items, poll_states, sources, story_items

STATE_FIELDS = tuple(PollState.__dataclass_fields__)
_SOURCE_FIELDS = tuple(Source.__dataclass_fields__)
SOURCE_COLUMNS = tuple(sources.c[name] for name in _SOURCE_FIELDS)
STATE_COLUMNS = tuple(poll_states.c[name] for name in STATE_FIELDS)
_LISTS_AT = [_SOURCE_FIELDS.index(name) for name in ("categories", "include", "exclude")]
_REPUBLISH_AT = _SOURCE_FIELDS.index("republish")
_REPUBLISH = {one.value: one for one in Republish}
_HINTS_AT = STATE_FIELDS.index("hints")
_PICTURE_FIELDS = tuple(Picture.__dataclass_fields__)
_ITEM_FIELDS = tuple(name for name in Item.__dataclass_fields__ if name != "story")
SAID = ("url", "title", "summary", "content", "authors", "updated_at", "picture")
"""What a revision keeps of an item."""


def source_values(source: Source) -> dict[str, Any]:
    """A declared source as a row; ``position`` and ``removed_at`` are the caller's."""
    values = {name: getattr(source, name) for name in Source.__dataclass_fields__}
    for name in ("categories", "include", "exclude"):
        values[name] = list(values[name])
    return values | {"republish": source.republish.value}


def to_source(row: Row[Any]) -> Source:
    """A row that has the columns of ``sources``, joined or not → Source."""
    values = {name: row._mapping[sources.c[name]] for name in Source.__dataclass_fields__}
    for name in ("categories", "include", "exclude"):
        values[name] = tuple(values[name])
    return Source(**values | {"republish": Republish(values["republish"])})


def state_values(state: PollState, names: Sequence[str] = STATE_FIELDS) -> dict[str, Any]:
    """A poll state as a row, or these columns of it."""
    values = {name: getattr(state, name) for name in names}
    if "hints" in values:
        values["hints"] = _hint_values(state.hints)
    return values


def to_state(row: Row[Any]) -> PollState:
    """A row that has the columns of ``poll_states``, joined or not → PollState."""
    values = {name: row._mapping[poll_states.c[name]] for name in STATE_FIELDS}
    return PollState(**values | {"hints": _to_hints(values["hints"])})


def to_job(source_row: Sequence[Any], state_row: Sequence[Any]) -> Job:
    """The rows of ``SOURCE_COLUMNS`` and ``STATE_COLUMNS`` → Job; quick, since it is done for each
    poll.
    """
    source, state = list(source_row), list(state_row)
    for at in _LISTS_AT:
        source[at] = tuple(source[at])
    source[_REPUBLISH_AT] = _REPUBLISH[source[_REPUBLISH_AT]]
    state[_HINTS_AT] = _to_hints(state[_HINTS_AT])
    return Job(source=Source(*source), state=PollState(*state))


def item_values(sighting: Sighting) -> dict[str, Any]:
    """What a sighting says of an item, as a row; identity and history are the caller's."""
    item = sighting.item
    return {
        "guid": item.guid,
        "url": item.url,
        "canonical_url": sighting.canonical_url,
        "article": sighting.article,
        "headline": sighting.headline,
        "title": item.title,
        "summary": item.summary,
        "content": item.content,
        "text": item.text,
        "search": fold(f"{item.title} {item.text}"),
        "authors": list(item.authors),
        "categories": list(item.categories),
        "language": item.language,
        "updated_at": item.updated_at,
        "digest": sighting.digest,
        "excluded_by": sighting.excluded_by,
        "picture": _picture_values(item),
    }


def new_item_values(
    source_id: str, sighting: Sighting, entry_id: str, now: datetime
) -> dict[str, Any]:
    """The row of an item seen for the first time."""
    published_at = sighting.item.published_at
    return item_values(sighting) | {
        "source_id": source_id,
        "identity": sighting.identity,
        "entry_id": entry_id,
        "held": sighting.held,
        "published_at": published_at,
        "first_seen_at": now,
        "sort_at": published_at or now,
        "revision": 1,
    }


def own_entry_id(source_id: str, identity: str) -> str:
    """The atom:id of an item whose own id cannot serve: the same one whenever it is asked for."""
    return uuid5(NAMESPACE_URL, f"{source_id}\n{identity}").urn


def to_item(row: Row[Any]) -> Item:
    """A row that has the columns of ``items`` and the story's number, joined or not → Item."""
    values = {name: row._mapping[items.c[name]] for name in _ITEM_FIELDS}
    values["story"] = row._mapping[story_items.c.story_id]
    values["authors"] = tuple(values["authors"])
    values["categories"] = tuple(values["categories"])
    values["picture"] = _to_picture(values["picture"])
    return Item(**values)


def to_revision(row: Row[Any]) -> Revision:
    """A row that has the fields of Revision → Revision."""
    values = dict(row._mapping)
    picture, authors = _to_picture(values["picture"]), tuple(values["authors"])
    return Revision(**values | {"picture": picture, "authors": authors})


def _to_picture(values: dict[str, Any] | None) -> Picture | None:
    return Picture(**values) if values else None


def to_story(row: Any, members: list[int], horizon: datetime | None) -> Story:
    """A row that has the columns of ``stories`` and its headline's title → Story."""
    is_closed = horizon is not None and row.last_at < horizon
    return Story(
        id=row.id,
        title=row.title,
        state=StoryState.CLOSED if is_closed else StoryState.OPEN,
        standing=Standing(
            headline=row.headline,
            first_at=row.first_at,
            last_at=row.last_at,
            spread=row.spread,
            sources=tuple(row.sources),
            languages=tuple(row.languages),
            rank=row.rank,
        ),
        items=tuple(members),
        is_covered=row.is_covered,
    )


def _picture_values(item: ParsedItem) -> dict[str, Any] | None:
    picture = item.picture
    # Not asdict(): it copies every value deeply.
    return {name: getattr(picture, name) for name in _PICTURE_FIELDS} if picture else None


def _hint_values(hints: Hints) -> dict[str, Any] | None:
    """Most feeds give none."""
    if hints == Hints():
        return None
    seconds = hints.interval.total_seconds() if hints.interval else None
    return {"interval": seconds, "hours": hints.skip_hours, "days": hints.skip_days}


def _to_hints(values: dict[str, Any] | None) -> Hints:
    if values is None:
        return Hints()
    interval = timedelta(seconds=values["interval"]) if values["interval"] else None
    return Hints(interval, tuple(values["hours"]), tuple(values["days"]))
