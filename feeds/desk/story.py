"""A story: all that sources report of it, side by side."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, Response, abort, g, make_response, redirect, render_template, request

from aggregator.domain import Story
from aggregator.errors import RulingRefused
from aggregator.store import Store
from aggregator.store.rulings import Rulings
from aggregator.stories.reasons import mentions
from aggregator.stories.score import explanation, score, teller
from feeds.desk.reports import to_reports
from feeds.desk.wire import Wire
from feeds.desk.wire_query import number_in
from feeds.desk.wire_rows import count
from feeds.public.times import newsroom_time

_SHOWN = 100
_OTHERS = 40
STORY = "<int(max=2147483647):story_id>"
"""The number of a story in an address."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a form of the page was refused, and what was chosen in it."""

    form: str
    reason: str
    items: Collection[int] = ()
    other: str = ""


def story_pages(desk: Blueprint, wire: Wire) -> None:
    """Add the page of a story and what can be decided on it."""

    @desk.get(f"/stories/{STORY}")
    def story(story_id: int) -> Response:
        """The page; a story that was merged leads to the one that it is in."""
        found = found_story(wire.store, story_id)
        if found.id != story_id:
            return to_story(found.id)
        return make_response(story_page(wire, found))

    @desk.post(f"/stories/{STORY}/merge")
    def merge_story(story_id: int) -> Response:
        """Put other stories into this one."""
        return _decide(wire, story_id, "merge", lambda r: r.merge(story_id, [_other()]))

    @desk.post(f"/stories/{STORY}/split")
    def split_story(story_id: int) -> Response:
        """Make a story of its own of the chosen items."""
        return _decide(wire, story_id, "pick", lambda r: r.split(_chosen()))

    @desk.post(f"/stories/{STORY}/move")
    def move_items(story_id: int) -> Response:
        """Put the chosen items into another story."""
        return _decide(wire, story_id, "pick", lambda r: r.move(_chosen(), _other()))

    @desk.post(f"/stories/{STORY}/cover")
    def cover_story(story_id: int) -> Response:
        """Say that it needs no more writing about, or that it does after all."""
        covered = request.form.get("covered") == "1"
        return _decide(wire, story_id, "story", lambda r: r.cover(story_id, covered=covered))

    @desk.post(f"/stories/{STORY}/unlink")
    def unlink_item(story_id: int) -> Response:
        """Say that an item is no copy."""
        item = number_in(request.form.get("item", "")) or 0
        return _decide(wire, story_id, "story", lambda r: r.unlink(item))


def _decide(
    wire: Wire, story_id: int, form: str, decide: Callable[[Rulings], int | None]
) -> Response:
    """Let an editor decide; what is refused is said at its form, and nothing chosen is lost."""
    tell = teller(wire.settings.languages)
    try:
        new = decide(wire.store.rulings(tell, g.editor.username, wire.clock()))
    except RulingRefused as refused:
        refusal = Refusal(form, str(refused), picked_items(), request.form.get("other", ""))
        return make_response(story_page(wire, found_story(wire.store, story_id), refusal), 422)
    return to_story(new or story_id)


def story_page(wire: Wire, story: Story, refusal: Refusal | None = None) -> str:
    """The page of a story, with what was refused on it."""
    store, now, zone = wire.store, wire.clock(), wire.settings.time_zone
    listed = store.items.of_story(story.id, _SHOWN)
    ledgers = store.stories.ledgers([one.item.id for one in listed])
    titles = store.items.titles(mentions(e for entries in ledgers.values() for e in entries))
    revised = [one.item.id for one in listed if one.item.revision > 1]
    revisions = {item: store.items.revisions(item) for item in revised}
    texts = store.article_texts.of([one.item.id for one in listed])
    last_item = _opened(store, story.id, now)
    standing = story.standing
    return render_template(
        "desk/story.html",
        story=story,
        language=next((o.item.language for o in listed if o.item.id == standing.headline), None),
        reports=to_reports(
            listed, ledgers, titles, revisions, texts, last_item=last_item, zone=zone
        ),
        hidden=len(story.items) - len(listed),
        facts=[
            count(len(story.items), "report"),
            explanation(standing, covered=story.is_covered),
            f"score {score(standing.rank, now):.1f}",
            f"first report {newsroom_time(standing.first_at, zone)}",
            f"last {newsroom_time(standing.last_at, zone)}",
        ],
        claim=wire.claims().get(story.id),
        others=_others(store, story.id),
        refusal=refusal,
    )


def _opened(store: Store, story_id: int, now: datetime) -> int | None:
    """Note that the editor sees the story; return its newest item when they last did."""
    username, newest = g.editor.username, store.looks.newest_item(story_id)
    before = store.looks.seen(username, story_id)
    if before is None or before[1] < newest:
        store.looks.open(username, story_id, newest, now)
    return before[1] if before else None


def _others(store: Store, story_id: int) -> list[tuple[int, str]]:
    """What it is most likely to be merged with."""
    return [(one, title) for one, title in store.wire.titles(_OTHERS).items() if one != story_id]


def found_story(store: Store, story_id: int) -> Story:
    """The story under a number, or the one that it was merged into; else the answer is 404."""
    return store.stories.get(story_id) or abort(404, "There is no such story.")


def picked_items() -> list[int]:
    """The reports that are ticked."""
    numbers = (number_in(text) for text in request.form.getlist("item"))
    return [number for number in numbers if number is not None]


def _chosen() -> list[int]:
    """The ticked items; raises RulingRefused where none is."""
    chosen = picked_items()
    if not chosen:
        raise RulingRefused("tick the reports that do not belong here")
    return chosen


def _other() -> int:
    """The story that was typed; raises RulingRefused where that is no number."""
    number = number_in(request.form.get("other", "").strip())
    if number is None:
        raise RulingRefused("give the other story's number")
    return number


def to_story(story_id: int) -> Response:
    """To a story's page."""
    return make_response(redirect(f"/desk/stories/{story_id}", 303))
