"""A brief's revisions: compared and restored; and all that was done with it."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, Response, abort, g, make_response, render_template, request

from aggregator.domain import Brief, BriefRevision
from aggregator.errors import DeskRefused, EditConflict
from feeds.desk.editor_form import OPEN, differing
from feeds.desk.wire_query import number_in
from feeds.desk.writing import BRIEF, Writing, to_brief
from feeds.public.times import newsroom_time

_MEANWHILE = "It was changed meanwhile. Look at what it is now, then choose again."


def history_pages(desk: Blueprint, writing: Writing) -> None:
    """Add /desk/briefs/…/history."""

    @desk.get(f"/briefs/{BRIEF}/history")
    def history(brief_id: int) -> str:
        """The page, with two revisions beside each other where they are asked for."""
        return _page(writing, writing.found(brief_id))

    @desk.post(f"/briefs/{BRIEF}/restore")
    def restore(brief_id: int) -> Response:
        """Make a revision the brief's wording again."""
        brief = writing.found(brief_id)
        number = number_in(request.form.get("number", "")) or 0
        version = number_in(request.form.get("version", "")) or 0
        try:
            writing.desk.restore(brief.id, version, number, g.editor)
        except DeskRefused as refused:
            said = "; ".join(refused.reasons.values())
            return make_response(_page(writing, brief, said), 422)
        except EditConflict as conflict:
            return make_response(_page(writing, conflict.stored, _MEANWHILE), 409)
        return to_brief(brief.id, "restored")


def _page(writing: Writing, brief: Brief, problem: str = "") -> str:
    zone = writing.settings.time_zone
    revisions = writing.store.briefs.revisions(brief.id)
    old, new = _pair(revisions)
    return render_template(
        "desk/history.html",
        brief=brief,
        revisions=[(one, newsroom_time(one.at, zone)) for one in revisions[::-1]],
        old=old,
        new=new,
        rows=differing(old.wording, new.wording) if old and new else None,
        is_open=brief.state in OPEN,
        done=[
            (newsroom_time(entry.at, zone), entry)
            for entry in writing.store.audit.of_brief(brief.id)[::-1]
        ],
        problem=problem,
    )


def _pair(revisions: Sequence[BriefRevision]) -> tuple[BriefRevision | None, BriefRevision | None]:
    """The revisions that are compared: those asked for, else the last two."""
    numbered = {one.number: one for one in revisions}
    if not ("old" in request.args or "new" in request.args):
        return (revisions[-2], revisions[-1]) if len(revisions) > 1 else (None, None)
    old, new = (numbered.get(number_in(request.args.get(name, "")) or 0) for name in ("old", "new"))
    if old is None or new is None:
        abort(404, "There is no such revision.")
    return old, new
