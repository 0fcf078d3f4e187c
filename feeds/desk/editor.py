"""The editor's page: writing a brief, and sending it on its way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from flask import Blueprint, Response, g, jsonify, make_response, render_template, request

from aggregator.desk.attribution import closing_line
from aggregator.desk.naming import path
from aggregator.domain import Brief, ListedItem, Picture, Wording
from aggregator.errors import DeskRefused, EditConflict, PictureRefused
from feeds.desk.editor_form import (
    OPEN,
    Differing,
    arranged,
    differing,
    label,
    numbers,
    planned,
    steps,
    to_fields,
    to_wording,
)
from feeds.desk.times import clock_time
from feeds.desk.wire_query import number_in
from feeds.desk.writing import BRIEF, Writing, to_brief
from feeds.public.times import newsroom_time

_SAID = {
    "saved": "Saved.",
    "submit": "Submitted: a publisher can let it go out.",
    "recall": "It is a draft again.",
    "discard": "Discarded. It is kept, and can be made a draft again.",
    "publish": "Published.",
    "schedule": "Scheduled.",
    "correct": "Corrected: readers see your note.",
    "withdraw": "Withdrawn.",
    "restored": "Restored; what it was before is kept as well.",
}
_ASIDE = ("publish_at", "note", "reason", "sure")
_STEPS = ("submit", "recall", "discard", "publish", "schedule", "correct", "withdraw")
_MOST_OTHERS = 40


@dataclass
class Sent:
    """What a form brought; ``version`` moves on when it is saved."""

    action: str
    version: int
    wording: Wording
    aside: Mapping[str, str] = field(default_factory=dict)
    reasons: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Clash:
    """Somebody else's wording that came first, beside the editor's own."""

    who: str
    at: str
    kept: int | None
    rows: list[Differing]


def editor_pages(desk: Blueprint, writing: Writing) -> None:
    """Add /desk/briefs/… for one brief."""

    @desk.get(f"/briefs/{BRIEF}")
    def brief(brief_id: int) -> Response:
        """The page."""
        found = writing.found(brief_id)
        message = _SAID.get(request.args.get("said", ""), "")
        aside = {"publish_at": request.args.get("at", "")[:20]}
        return _shown(writing, found, Sent("", found.version, found.wording, aside), message)

    @desk.post(f"/briefs/{BRIEF}")
    def act(brief_id: int) -> Response:
        """What a button of the page asks for; what cannot be done loses nothing."""
        found = writing.found(brief_id)
        sent = _sent(writing, found)
        try:
            return _act(writing, found, sent)
        except DeskRefused as refused:
            sent.reasons = refused.reasons
            return _shown(writing, writing.found(brief_id), sent, status=422)
        except EditConflict as conflict:
            return _clashed(writing, sent, conflict)

    @desk.post(f"/briefs/{BRIEF}/autosave")
    def autosave(brief_id: int) -> Response:
        """Keep what was typed so far, for the page's script."""
        found = writing.found(brief_id)
        sent = _sent(writing, found)
        try:
            _check(sent)
            saved = writing.desk.save(brief_id, sent.version, sent.wording, g.editor)
        except DeskRefused as refused:
            return make_response(jsonify(reasons=refused.reasons), 422)
        except EditConflict as conflict:
            return make_response(jsonify(version=conflict.stored.version, kept=conflict.kept), 409)
        at = clock_time(writing.clock(), writing.settings.time_zone, writing.clock())
        return jsonify(version=saved.version, saved_at=at, live=writing.live(saved, saved.wording))

    @desk.post(f"/briefs/{BRIEF}/preview")
    def preview(brief_id: int) -> str:
        """How it will appear, and what the checks say; nothing is kept."""
        found = writing.found(brief_id)
        return writing.live(found, _sent(writing, found).wording)


def _sent(writing: Writing, brief: Brief) -> Sent:
    form, reasons = request.form, {}
    action, items = form.get("do", "save"), numbers(form.getlist("item"))
    try:
        if action.startswith(("up:", "down:", "remove:", "add")):
            wanted = arranged(items, action, form.get("add", ""))
            citations = writing.cited(brief, wanted)
        else:
            citations = writing.cited(brief, items)
    except DeskRefused as refused:
        reasons = refused.reasons
        citations = tuple(one for one in brief.wording.citations if one.item in items)
    version = number_in(form.get("version", "")) or 0
    aside = {name: form.get(name, "") for name in _ASIDE}
    wording = to_wording(form, citations, brief.wording)
    sent = request.files.get("file")
    if sent and sent.filename:
        try:
            url = writing.uploads.keep(sent.read())
            wording = replace(wording, picture=replace(wording.picture or Picture(""), url=url))
        except PictureRefused as refused:
            reasons = reasons | {"picture": f"The file: {refused}"}
    return Sent(action, version, wording, aside, reasons)


def _check(sent: Sent) -> None:
    if sent.reasons:
        raise DeskRefused(sent.reasons)


def _act(writing: Writing, brief: Brief, sent: Sent) -> Response:
    """Save first what is typed, then do what is asked for."""
    _check(sent)
    desk, number, editor = writing.desk, brief.id, g.editor
    is_step = sent.action in _STEPS
    if brief.state in OPEN or sent.action == "save":
        brief = desk.save(number, sent.version, sent.wording, editor)
        sent.version = brief.version
    if not is_step and sent.action != "save":
        return _shown(writing, brief, sent)
    match sent.action:
        case "submit":
            desk.submit(number, sent.version, editor)
        case "recall":
            desk.recall(number, sent.version, editor)
        case "discard":
            if not sent.aside["sure"]:
                raise DeskRefused({"sure": "tick this if you are sure"})
            desk.discard(number, sent.version, editor)
        case "publish":
            desk.publish(number, sent.version, editor)
        case "schedule":
            desk.schedule(number, sent.version, planned(sent.aside["publish_at"]), editor)
        case "correct":
            desk.correct(number, sent.version, sent.wording, sent.aside["note"], editor)
        case "withdraw":
            desk.withdraw(number, sent.version, sent.aside["reason"], editor)
    return to_brief(number, sent.action if is_step else "saved")


def _clashed(writing: Writing, sent: Sent, conflict: EditConflict) -> Response:
    """Both versions beside each other; saving again goes on from the one that is stored."""
    stored, zone = conflict.stored, writing.settings.time_zone
    revisions = writing.store.briefs.revisions(stored.id)
    theirs = next((one for one in revisions if one.number == stored.version), None)
    clash = Clash(
        who=theirs.who if theirs else "somebody",
        at=clock_time(stored.edited_at, zone, writing.clock()),
        kept=conflict.kept,
        rows=differing(stored.wording, sent.wording),
    )
    sent.version = stored.version
    return _shown(writing, stored, sent, clash=clash, status=409)


def _shown(
    writing: Writing,
    brief: Brief,
    sent: Sent,
    message: str = "",
    *,
    clash: Clash | None = None,
    status: int = 200,
) -> Response:
    zone, settings = writing.settings.time_zone, writing.settings
    done = writing.store.audit.of_brief(brief.id)
    page = render_template(
        "desk/editor.html",
        brief=brief,
        sent=sent,
        fields=to_fields(sent.wording),
        label=label,
        others=_others(writing, brief, sent.wording),
        live=writing.live(brief, sent.wording),
        closing=closing_line(sent.wording),
        picture_said=writing.uploads.said(sent.wording.picture.url if sent.wording.picture else ""),
        may=steps(brief, g.editor, four_eyes=settings.four_eyes),
        is_own_turn=settings.four_eyes and brief.author == g.editor.username,
        is_open=brief.state in OPEN,
        alerts=writing.alerts(brief.id) if brief.is_public else [],
        path=path(brief),
        clash=clash,
        message=message,
        zone=zone.key,
        edited=clock_time(brief.edited_at, zone, writing.clock()),
        goes_out=newsroom_time(brief.publish_at, zone) if brief.publish_at else None,
        done=[(newsroom_time(entry.at, zone), entry) for entry in done[::-1]],
    )
    return make_response(page, status)


def _others(writing: Writing, brief: Brief, wording: Wording) -> list[ListedItem]:
    """The reports of the brief's story that it does not cite."""
    if brief.story is None:
        return []
    cited = {one.item for one in wording.citations}
    story = writing.store.stories.get(brief.story)
    listed = writing.store.items.of_story(story.id, _MOST_OTHERS) if story else []
    return [one for one in listed if one.item.id not in cited]
