"""What the wire shows of a story (pure)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from aggregator.domain import Claim, Look, Picture, StoryState, WireRow
from aggregator.stories.score import explanation, score
from feeds.desk.times import age
from feeds.public.times import newsroom_time

_NAMED = 4
_FIRST_LINES = 240


@dataclass(frozen=True, slots=True)
class Badge:
    """A state of a story, in a word or two."""

    kind: str
    label: str


@dataclass(frozen=True, slots=True)
class Row:
    """One story on the wire, in the words that the page has."""

    id: int
    title: str
    language: str | None
    sources: str
    languages: str
    reports: str
    age: str
    iso: str
    time: str
    score: str
    why: str
    text: str
    picture: str | None
    original: str | None
    is_seen: bool
    is_mine: bool
    badges: tuple[Badge, ...]


def to_row(
    row: WireRow, claim: Claim | None, last: Look | None, now: datetime, zone: ZoneInfo, *, me: str
) -> Row:
    """A story as the page shows it; ``last`` is when its editor, ``me``, looked here before."""
    story, standing = row.story, row.story.standing
    return Row(
        id=story.id,
        title=story.title,
        language=row.language,
        sources=_names(row.sources),
        languages=", ".join(standing.languages),
        reports=count(len(story.items), "report"),
        age=age(now - standing.last_at),
        iso=standing.last_at.isoformat(timespec="seconds"),
        time=newsroom_time(standing.last_at, zone),
        score=f"{score(standing.rank, now):.1f}",
        why=explanation(standing, covered=story.is_covered),
        text=first_lines(row.text),
        picture=picture_line(row.picture),
        original=row.url,
        is_seen=row.seen_at is not None and row.unseen == 0,
        is_mine=claim is not None and claim.who == me,
        badges=tuple(_badges(row, claim, last, me)),
    )


def count(number: int, what: str, plural: str | None = None) -> str:
    """``1 story``, ``3 stories``."""
    return f"{number} {what if number == 1 else plural or what + 's'}"


def first_lines(text: str) -> str:
    """How a text begins, cut between two words."""
    if len(text) <= _FIRST_LINES:
        return text
    head = text[:_FIRST_LINES]
    return (head.rpartition(" ")[0] or head).rstrip(" ,;:.-–—") + "…"


def picture_line(picture: Picture | None) -> str | None:
    """That there is a picture and whose it is: the desk loads nothing from other hosts."""
    if picture is None:
        return None
    return f"Picture: {picture.credit}" if picture.credit else "Picture without a credit"


def _names(names: tuple[str, ...]) -> str:
    shown, more = names[:_NAMED], len(names) - _NAMED
    return ", ".join(shown) + (f" and {more} more" if more > 0 else "")


def _badges(row: WireRow, claim: Claim | None, last: Look | None, me: str) -> list[Badge]:
    story, found = row.story, []
    if claim is not None:
        label = "you are on it" if claim.who == me else f"{claim.who} is on it"
        found.append(Badge("claimed", label))
    if last is not None and story.id >= last.next_story:
        found.append(Badge("new", "new"))
    if row.seen_at is not None and row.unseen:
        found.append(Badge("new", f"{row.unseen} more since you looked"))
    if story.is_covered:
        found.append(Badge("covered", "covered"))
    if story.state is StoryState.CLOSED:
        found.append(Badge("closed", "closed"))
    return found
