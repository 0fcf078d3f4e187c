"""A brief's way from draft to withdrawal: who may do what, and what becomes of it (pure).

Each step takes a brief and returns it as it is afterwards, or raises DeskRefused with everything
that is in the way.

    draft ⇄ review     submit, recall
    draft, review → scheduled → published → corrected → withdrawn
    draft, review ⇄ discarded          discard, recall (to draft)
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from aggregator.desk import naming
from aggregator.desk.requirements import Reasons, line, missing
from aggregator.domain import Brief, BriefState, Correction, Editor, Role, Wording
from aggregator.errors import DeskRefused

NOTE = 500
"""So many characters a correction's note or the reason of a withdrawal may have."""

_DRAFT, _REVIEW, _SCHEDULED = BriefState.DRAFT, BriefState.REVIEW, BriefState.SCHEDULED
_DISCARDED = BriefState.DISCARDED
_OPEN = (_DRAFT, _REVIEW)
_AHEAD = (_DRAFT, _REVIEW, _SCHEDULED)
_PUBLIC = (BriefState.PUBLISHED, BriefState.CORRECTED)
_SAID = {
    _DRAFT: "it is a draft, which no reader has seen",
    _REVIEW: "it is in review, and no reader has seen it",
    _SCHEDULED: "it is scheduled: take it back before you change it",
    BriefState.PUBLISHED: "it is published: what is wrong can be corrected, or withdrawn",
    BriefState.CORRECTED: "it is published: what is wrong can be corrected, or withdrawn",
    BriefState.WITHDRAWN: "it was withdrawn, for good",
    _DISCARDED: "it was discarded: make a draft of it again before you go on",
}


@dataclass(frozen=True, slots=True)
class Rules:
    """What the operator set: the newsroom's zone, and whether no author publishes alone."""

    zone: ZoneInfo
    four_eyes: bool = False


def revise(brief: Brief, wording: Wording, editor: Editor, now: datetime) -> Brief:
    """Change the wording of what is not out yet, complete or not; everybody may.

    A scheduled brief is as it was when somebody said that it may go out.
    """
    _refuse(_state(brief, _OPEN), _role(editor))
    return replace(brief, wording=wording, edited_at=now)


def submit(brief: Brief, editor: Editor) -> Brief:
    """Say that a draft is ready for somebody else's eyes."""
    _refuse(_state(brief, (_DRAFT,)), _role(editor), missing(brief.wording))
    return replace(brief, state=_REVIEW)


def recall(brief: Brief, editor: Editor) -> Brief:
    """Make a draft again of what is in review, discarded, or scheduled (if the editor may
    schedule).
    """
    may = _publisher(editor) if brief.state is _SCHEDULED else _role(editor)
    _refuse(_state(brief, (_REVIEW, _SCHEDULED, _DISCARDED)), may)
    return replace(brief, state=_DRAFT, publish_at=None)


def discard(brief: Brief, editor: Editor) -> Brief:
    """Put away what nobody wants to go on with; its author may, or a publisher."""
    may = _role(editor) if editor.username == brief.author else _publisher(editor)
    _refuse(_state(brief, _OPEN), may)
    return replace(brief, state=_DISCARDED)


def schedule(brief: Brief, at: datetime, editor: Editor, now: datetime, rules: Rules) -> Brief:
    """Let it go out at a time, in the newsroom's zone unless it says otherwise."""
    publish_at, late = _future(at, now, rules.zone)
    _refuse(_state(brief, _AHEAD), _may_publish(brief, editor, rules), missing(brief.wording), late)
    return replace(brief, state=_SCHEDULED, publish_at=publish_at)


def publish(brief: Brief, editor: Editor, now: datetime, rules: Rules) -> Brief:
    """Let it go out now."""
    _refuse(_state(brief, _AHEAD), _may_publish(brief, editor, rules), missing(brief.wording))
    return _out(brief, now, rules.zone)


def release(brief: Brief, now: datetime, rules: Rules) -> Brief:
    """Let a scheduled brief go out whose time has come, however late: it is of that time."""
    _refuse(_state(brief, (_SCHEDULED,)))
    if brief.publish_at is None or brief.publish_at > now:
        raise DeskRefused({"publish_at": "its time has not come yet"})
    return _out(brief, brief.publish_at, rules.zone)


def correct(brief: Brief, wording: Wording, note: str, editor: Editor, now: datetime) -> Brief:
    """Change what readers see, with a note that they see too.

    Not under the four-eyes rule: what is wrong must not wait for a second pair.
    """
    noted = {"note": line(note, "what was wrong, for those who read it", NOTE)}
    _refuse(_state(brief, _PUBLIC), _publisher(editor), missing(wording), noted)
    at = _later(brief.updated_at, now)
    return replace(
        brief,
        state=BriefState.CORRECTED,
        wording=wording,
        edited_at=now,
        updated_at=at,
        corrections=(*brief.corrections, Correction(at, note.strip(), editor.username)),
    )


def withdraw(brief: Brief, reason: str, editor: Editor, now: datetime) -> Brief:
    """Take it away from readers, for good; its page and the feeds say that it is gone."""
    said = {"reason": line(reason, "why it is withdrawn", NOTE)}
    _refuse(_state(brief, _PUBLIC), _publisher(editor), said)
    return replace(
        brief,
        state=BriefState.WITHDRAWN,
        withdrawn_at=_later(brief.updated_at, now),
        reason=reason.strip(),
    )


def _out(brief: Brief, at: datetime, zone: ZoneInfo) -> Brief:
    return replace(
        brief,
        state=BriefState.PUBLISHED,
        day=at.astimezone(zone).date(),
        slug=naming.slug(brief.wording.headline),
        published_at=at,
        updated_at=at,
    )


def _later(before: datetime | None, now: datetime) -> datetime:
    """A time that is later than the one before, whatever the clock does: feeds go by it."""
    return now if before is None else max(now, before + timedelta(seconds=1))


def _future(at: datetime, now: datetime, zone: ZoneInfo) -> tuple[datetime, Reasons]:
    try:
        found = naming.to_utc(at, zone)
    except (ValueError, OverflowError) as error:
        return now, {"publish_at": str(error)}
    return found, {} if found > now else {"publish_at": "this time is past"}


def _state(brief: Brief, wanted: Collection[BriefState]) -> Reasons:
    return {} if brief.state in wanted else {"state": _SAID[brief.state]}


def _role(editor: Editor) -> Reasons:
    return {"editor": "this account is disabled"} if editor.disabled_at else {}


def _publisher(editor: Editor) -> Reasons:
    if editor.role is Role.EDITOR:
        return {"editor": "only a publisher may do this: submit it to one"}
    return _role(editor)


def _may_publish(brief: Brief, editor: Editor, rules: Rules) -> Reasons:
    if rules.four_eyes and editor.username == brief.author:
        return {"editor": "it is yours: somebody else has to let it go out"}
    return _publisher(editor)


def _refuse(*reasons: Mapping[str, str]) -> None:
    """Raise DeskRefused unless there is no reason to."""
    found = {field: why for some in reasons for field, why in some.items() if why}
    if found:
        raise DeskRefused(found)
