"""The first page: how everything is."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from markupsafe import Markup

from aggregator.domain import QueueCounts, SourceStatus
from aggregator.errors import QueueError
from aggregator.oversight.alarms import in_words
from aggregator.oversight.forecast import forecast
from feeds.desk.wire_query import number_in
from feeds.ops.pictures import growth, in_bytes, sparkline
from feeds.ops.room import DAYS, Room
from feeds.ops.rows import is_meant, sorted_rows, to_row

_PAGE = 50
_SIZES = 400


def overview_page(ops: Blueprint, room: Room) -> None:
    """Add /ops/ and what the database takes."""

    @ops.get("/")
    def overview() -> str:
        """What is wrong, what awaits a yes, every source, the worst first."""
        return _overview(room)

    @ops.get("/storage")
    def storage() -> str:
        """What the database takes, how it grows, what it will take."""
        sizes, space = room.store.figures.sizes(_SIZES), room.store.figures.space()
        largest = sorted(space.tables.items(), key=lambda item: -item[1])
        return render_template(
            "ops/storage.html",
            size=in_bytes(space.bytes),
            free=in_bytes(space.free) if space.free is not None else None,
            tables=[(name, in_bytes(size)) for name, size in largest],
            plot=growth(sizes),
            forecast=forecast(sizes, space.bytes, space.free),
            in_bytes=in_bytes,
            retention=room.settings.retention,
            in_words=in_words,
        )


def _overview(room: Room) -> str:
    state, typed = request.args.get("state", ""), request.args.get("q", "").strip()[:100]
    page = max(1, number_in(request.args.get("page", "")) or 1)
    health = room.store.sources.health()
    rows = sorted_rows(to_row(one, room.pace) for one in health if is_meant(one, state, typed))
    shown = rows[(page - 1) * _PAGE : page * _PAGE]
    counts = room.per_day([row.health.source.id for row in shown])
    queue = room.store.figures.queue(room.clock())
    return render_template(
        "ops/overview.html",
        alarms=[alarm for alarm in room.store.alarms.all() if alarm.cleared_at is None],
        config=room.config() if room.config else None,
        messages=_messages(room),
        queue=queue,
        lag=in_words(queue.lag),
        database=room.store.description,
        size=in_bytes(room.store.figures.size()),
        edition=room.store.edition(),
        waiting=[row for row in sorted_rows(to_row(h, room.pace) for h in health) if row.waits],
        rows=[to_row(row.health, room.pace, _spark(counts, row.health.source.id)) for row in shown],
        total=len(rows),
        page=page,
        pages=-(-len(rows) // _PAGE) or 1,
        state=state,
        typed=typed,
        states=[(one.value, sum(h.status is one for h in health)) for one in SourceStatus],
    )


def _messages(room: Room) -> QueueCounts | str | None:
    """The queue's, or why they are not known; None where there is no queue."""
    if room.messages is None:
        return None
    try:
        return room.messages()
    except QueueError as error:
        return str(error)


def _spark(counts: dict[str, list[int]], source_id: str) -> Markup:
    items = counts[source_id]
    return sparkline(items, f"{sum(items)} items in {DAYS} days, {max(items)} on the best day")
