"""The editor's form: its fields ↔ a wording (pure)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from aggregator.desk.accounts import allows
from aggregator.domain import Brief, BriefState, Citation, Editor, Picture, Role, Wording
from aggregator.errors import DeskRefused
from aggregator.wire.difference import Piece, difference
from feeds.desk.wire_query import number_in

OPEN = (BriefState.DRAFT, BriefState.REVIEW)
"""In these states the wording may be saved."""

_AHEAD = {
    BriefState.DRAFT: frozenset({"save", "submit"}),
    BriefState.REVIEW: frozenset({"save", "recall"}),
    BriefState.DISCARDED: frozenset({"recall"}),
}
_LINES = ("headline", "kicker", "byline", "language")
_MOVES = {"up": -1, "down": 1}
_LABELS = {
    "kicker": "Kicker",
    "headline": "Headline",
    "body": "Text",
    "byline": "Byline",
    "language": "Language",
    "series": "Series",
    "categories": "Categories",
    "picture": "Picture",
    "alt": "What the picture shows",
    "credit": "Credit of the picture",
    "citations": "Rests on",
}


@dataclass(frozen=True, slots=True)
class Differing:
    """A field that two wordings have differently."""

    name: str
    label: str
    pieces: tuple[Piece, ...]


def to_wording(
    form: Mapping[str, str], citations: Iterable[Citation], before: Wording | None = None
) -> Wording:
    """What was typed, as it was typed; ``before`` knows the size of a picture that stays."""
    return Wording(
        **{name: form.get(name, "") for name in _LINES},
        # Browsers send the ends of lines as CRLF.
        body=form.get("body", "").replace("\r\n", "\n"),
        series=form.get("series", "").strip() or None,
        categories=_categories(form.get("categories", "")),
        picture=_picture(form, before.picture if before else None),
        citations=tuple(citations),
    )


def to_fields(wording: Wording) -> dict[str, str]:
    """A wording as the fields of the form have it."""
    picture = wording.picture or Picture("")
    return {
        "kicker": wording.kicker,
        "headline": wording.headline,
        "body": wording.body,
        "byline": wording.byline,
        "language": wording.language,
        "series": wording.series or "",
        "categories": ", ".join(wording.categories),
        "picture": picture.url,
        "alt": picture.alt or "",
        "credit": picture.credit or "",
    }


def label(field: str) -> str:
    """What the page calls a field."""
    return _LABELS.get(field, "")


def differing(old: Wording, new: Wording) -> list[Differing]:
    """The fields that differ, with what is gone and what is new in each."""
    before, after = _texts(old), _texts(new)
    return [
        Differing(name, _LABELS[name], tuple(difference(before[name], after[name])))
        for name in _LABELS
        if before[name] != after[name]
    ]


def numbers(typed: Iterable[str]) -> list[int]:
    """The items that a form names, each once, in their order."""
    found = (number_in(text.strip()) for text in typed)
    return list(dict.fromkeys(number for number in found if number is not None))


def arranged(items: Sequence[int], action: str, typed: str) -> list[int]:
    """The cited items after ``up:7``, ``down:7``, ``remove:7``, ``add:7`` or ``add``, which takes
    the number that was ``typed``.

    Raises DeskRefused where that is none.
    """
    what, _, number = action.partition(":")
    item = number_in(number or typed.strip())
    if what == "add":
        if item is None:
            raise DeskRefused({"citations": f"'{typed[:20]}' is no number of a report"})
        return list(dict.fromkeys([*items, item]))
    rest = [one for one in items if one != item]
    if item is None or item not in items or what == "remove":
        return rest
    place = max(0, items.index(item) + _MOVES.get(what, 0))
    return [*rest[:place], item, *rest[place:]]


def planned(typed: str) -> datetime:
    """The time in a field for a local time. Raises DeskRefused where it has none."""
    try:
        return datetime.fromisoformat(typed.strip())
    except ValueError:
        raise DeskRefused({"publish_at": "give a day and a time"}) from None


def steps(brief: Brief, editor: Editor, *, four_eyes: bool) -> frozenset[str]:
    """What the editor may do with a brief as it stands: what the page has buttons for."""
    may = _AHEAD.get(brief.state, frozenset())
    publishes, is_own = allows(editor.role, Role.PUBLISHER), brief.author == editor.username
    if brief.state in OPEN and (publishes or is_own):
        may |= {"discard"}
    if not publishes:
        return may
    if brief.state is BriefState.SCHEDULED:
        may |= {"recall"}
    if brief.is_public:
        return frozenset({"correct", "withdraw"})
    over = (BriefState.WITHDRAWN, BriefState.DISCARDED)
    if brief.state not in over and not (four_eyes and is_own):
        may |= {"publish", "schedule"}
    return may


def _texts(wording: Wording) -> dict[str, str]:
    cited = "\n".join(f"{one.source}: {one.title}" for one in wording.citations)
    return to_fields(wording) | {"citations": cited}


def _categories(typed: str) -> tuple[str, ...]:
    named = (" ".join(one.split()) for one in typed.split(","))
    return tuple(dict.fromkeys(one for one in named if one))


def _picture(form: Mapping[str, str], before: Picture | None) -> Picture | None:
    url, alt, credit = (form.get(name, "").strip() for name in ("picture", "alt", "credit"))
    if not (url or alt or credit):
        return None
    kept = before if before and before.url == url else Picture(url)
    return replace(kept, alt=alt or None, credit=credit or None)
