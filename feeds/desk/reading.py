"""Reading an article at the desk: having its text fetched, and looking whether it has come."""

from __future__ import annotations

from flask import Blueprint, Response, abort, g, make_response, redirect, render_template, request

from aggregator.errors import DeskRefused
from feeds.desk.full_text import to_full_text
from feeds.desk.story import STORY, Refusal, found_story, story_page
from feeds.desk.wire import Wire
from feeds.desk.wire_query import number_in


def reading_pages(desk: Blueprint, wire: Wire) -> None:
    """Add the button of a report's text, and what the page's script asks for."""

    @desk.post(f"/stories/{STORY}/read")
    def read_article(story_id: int) -> Response:
        """Put the article on the list of what is to be fetched; nobody waits for it here."""
        story = found_story(wire.store, story_id)
        item = number_in(request.form.get("item", "")) or 0
        try:
            wire.store.article_texts.ask(item, g.editor.username, wire.clock())
        except DeskRefused as refused:
            refusal = Refusal("story", "; ".join(refused.reasons.values()))
            return make_response(story_page(wire, story, refusal), 422)
        return make_response(redirect(f"/desk/stories/{story.id}#item-{item}", 303))

    @desk.get("/items/<int(max=2147483647):item_id>/text")
    def article_text(item_id: int) -> str:
        """The part of the story's page that has the text, or says that it is waited for."""
        listed = wire.store.items.listed([item_id])
        if not listed or listed[0].item.story is None:
            abort(404, "There is no such report.")
        item, known = listed[0].item, wire.store.article_texts.of([item_id]).get(item_id)
        text = to_full_text(listed[0], known, wire.settings.time_zone)
        return render_template(
            "desk/full_text.html", text=text, story_id=item.story, language=item.language
        )
