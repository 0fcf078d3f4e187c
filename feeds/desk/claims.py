"""Taking a story: claiming it, giving it up, beginning to write about it."""

from __future__ import annotations

from flask import Blueprint, Response, g, make_response, request

from aggregator.domain import BriefQuery, Story
from aggregator.errors import DeskRefused
from feeds.desk.editor_form import OPEN
from feeds.desk.story import STORY, Refusal, found_story, picked_items, story_page, to_story
from feeds.desk.wire import Wire
from feeds.desk.writing import Writing, to_brief


def claim_pages(desk: Blueprint, wire: Wire, writing: Writing) -> None:
    """Add what an editor does with a story as a whole."""

    @desk.post(f"/stories/{STORY}/claim")
    def claim_story(story_id: int) -> Response:
        """Say that one is at work on it; ``take_over`` says so although somebody else is."""
        story = found_story(wire.store, story_id)
        try:
            _claim(wire, story)
        except DeskRefused as refused:
            return _refused(wire, story, refused)
        return to_story(story.id)

    @desk.post(f"/stories/{STORY}/release")
    def release_story(story_id: int) -> Response:
        """Give it up."""
        story = found_story(wire.store, story_id)
        wire.store.claims.release(story.id, g.editor.username, wire.clock())
        return to_story(story.id)

    @desk.post(f"/stories/{STORY}/write")
    def write(story_id: int) -> Response:
        """Claim it and begin a draft, which cites the ticked reports, or all where none is ticked;
        go on with one's own draft about the whole story if there is one.
        """
        story = found_story(wire.store, story_id)
        picked = picked_items()
        try:
            _claim(wire, story)
            if picked:
                return to_brief(writing.desk.begin_from_items(picked, g.editor).id)
            begun = _begun(wire, story) or writing.desk.begin_from_story(story.id, g.editor).id
        except DeskRefused as refused:
            return _refused(wire, story, refused)
        return to_brief(begun)


def _claim(wire: Wire, story: Story) -> None:
    take_over = request.form.get("take_over") == "1"
    wire.store.claims.claim(story.id, g.editor.username, wire.clock(), take_over=take_over)


def _begun(wire: Wire, story: Story) -> int | None:
    query = BriefQuery(OPEN, author=g.editor.username)
    return next((one.id for one in wire.store.briefs.find(query) if one.story == story.id), None)


def _refused(wire: Wire, story: Story, refused: DeskRefused) -> Response:
    refusal = Refusal("story", ", ".join(refused.reasons.values()), picked_items())
    return make_response(story_page(wire, story, refusal), 422)
