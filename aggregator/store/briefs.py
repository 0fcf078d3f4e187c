"""Briefs: made, saved, taken a step on their way, and found; each a transaction."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from datetime import date, datetime
from itertools import count
from typing import Any

from sqlalchemy import Connection, Row, Select, and_, insert, or_, select, update

from aggregator.domain import (
    AuditEntry,
    Brief,
    BriefQuery,
    BriefRevision,
    BriefState,
    Citation,
    Correction,
    Edit,
    HostedPicture,
    Wording,
)
from aggregator.errors import DeskRefused, EditConflict
from aggregator.store import (
    alerts,
    audit,
    claims,
    edition,
    pictures,
    published,
    slots,
    wordings,
)
from aggregator.store.database import Database, chunks
from aggregator.store.desk_schema import brief_revisions, briefs, corrections
from aggregator.store.placing import Tell, cover, heir
from aggregator.store.schema import stories

Step = Callable[[Brief], Brief]
"""A brief → what becomes of it, or DeskRefused (:mod:`aggregator.desk.workflow`)."""

_PUBLIC = (BriefState.PUBLISHED.value, BriefState.CORRECTED.value)
_SHOWN_SOON = (
    *(BriefState.REVIEW, BriefState.SCHEDULED),
    *(BriefState.PUBLISHED, BriefState.CORRECTED),
)
_BRIEF = select(briefs, brief_revisions).join(
    brief_revisions,
    and_(brief_revisions.c.brief_id == briefs.c.id, brief_revisions.c.number == briefs.c.version),
)
_KEPT = ("id", "uid", "author", "version", "created_at")
_MOVED = (
    *("edited_at", "day", "slug", "publish_at", "published_at"),
    *("updated_at", "withdrawn_at", "reason"),
)


class Briefs:
    """The briefs of one database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def create(
        self,
        uid: str,
        story: int | None,
        wording: Wording,
        author: str,
        now: datetime,
        *,
        slot: tuple[str, date] | None = None,
    ) -> Brief:
        """Store a new draft; ``uid`` is its for ever.

        Of a ``slot`` (a series' slug and a day) whose brief was begun already it is that one which
        is returned, and nothing is stored.
        """
        values = {
            "uid": uid,
            "author": author,
            "state": BriefState.DRAFT.value,
            "version": 1,
            "story_id": story,
            "created_at": now,
            "edited_at": now,
            "reason": "",
        }
        with self._database.write() as connection:
            begun = slots.brief_in(connection, slot) if slot else None
            if begun is not None:
                return _get(connection, begun)
            made = connection.execute(insert(briefs).values(values).returning(briefs.c.id))
            brief_id = int(made.scalar_one())
            if slot:
                slots.take(connection, slot, brief_id)
            wordings.put(connection, brief_id, Edit(0, wording, author, now), None)
            # What was prefilled is kept, whatever the first save takes away.
            wordings.seal(connection, brief_id, 1)
            entry = AuditEntry(now, author, "created", brief=brief_id, story=story)
            audit.note(connection, entry)
            return _get(connection, brief_id)

    def save(self, brief_id: int, edit: Edit, revise: Step) -> Brief:
        """Store what an editor typed; to be called as often as one likes, with the same too.

        Raises DeskRefused when ``revise`` does or there is no such brief, and EditConflict when
        the edit rests on another version than the newest: then it is kept beside that, as a
        revision.
        """
        with self._database.write() as connection:
            stored = _get(connection, brief_id)
            if stored.wording == edit.wording:
                return stored
            if stored.version == edit.version:
                after = _store(connection, stored, revise(stored), edit.who, edit.at)
                if after.story is not None:
                    claims.touch(connection, after.story, edit.who, edit.at)
                return after
            kept = wordings.put_beside(connection, brief_id, stored.version, edit)
        raise EditConflict(stored, kept)

    def change(self, version: int, step: Step, done: AuditEntry, tell: Tell) -> Brief:
        """Take the brief that ``done`` names a step on, and write down who did it.

        What readers may see moves the edition; a brief that goes out covers its story.
        Raises DeskRefused when ``step`` does or there is no such brief, and EditConflict when
        ``version`` is not the newest.
        """
        if done.brief is None:
            raise ValueError("a step of no brief")
        with self._database.write() as connection:
            before = _get(connection, done.brief)
            if before.version != version:
                raise EditConflict(before)
            stored = _store(connection, before, step(before), done.who or before.author, done.at)
            wordings.seal(connection, stored.id, stored.version)
            audit.note(connection, done)
            if stored.state in _SHOWN_SOON and stored.wording.picture:
                pictures.want(connection, stored.wording.picture.url, done.at)
            _tell_readers(connection, before, stored, done, tell)
            return stored

    def get(self, brief_id: int) -> Brief | None:
        """One brief; None when there is none."""
        return self._one(_BRIEF.where(briefs.c.id == brief_id))

    def named(self, brief_ids: Sequence[int]) -> list[Brief]:
        """These briefs, in this order; those that there are."""
        found: dict[int, Brief] = {}
        for part in chunks(brief_ids):
            found |= {brief.id: brief for brief in self._all(_BRIEF.where(briefs.c.id.in_(part)))}
        return [found[brief_id] for brief_id in brief_ids if brief_id in found]

    def at(self, day: date, slug: str) -> Brief | None:
        """The brief at an address, withdrawn or not; None when there was never one."""
        return self._one(_BRIEF.where(briefs.c.day == day, briefs.c.slug == slug))

    def find(self, query: BriefQuery) -> list[Brief]:
        """The briefs that the query asks for."""
        statement = _BRIEF.order_by(briefs.c.edited_at.desc(), briefs.c.id.desc())
        if query.states:
            statement = statement.where(briefs.c.state.in_([s.value for s in query.states]))
        else:
            statement = statement.where(briefs.c.state != BriefState.DISCARDED.value)
        if query.series is not None:
            statement = statement.where(brief_revisions.c.series == query.series)
        if query.author is not None:
            statement = statement.where(briefs.c.author == query.author)
        return self._all(statement.limit(query.limit))

    def published(
        self,
        limit: int | None = None,
        since: datetime | None = None,
        series: Collection[str] | None = None,
    ) -> list[Brief]:
        """What readers see, the newest first: at most ``limit``, published ``since`` then, of one
        of these ``series``.
        """
        statement = _BRIEF.where(briefs.c.state.in_(_PUBLIC))
        if since is not None:
            statement = statement.where(briefs.c.published_at >= since)
        if series is not None:
            statement = statement.where(brief_revisions.c.series.in_(series))
        order = (briefs.c.published_at.desc(), briefs.c.id.desc())
        return self._all(statement.order_by(*order).limit(limit))

    def corrected(self, since: datetime) -> list[Brief]:
        """What readers see and was corrected ``since`` then, whenever it was published."""
        fresh = and_(briefs.c.state == BriefState.CORRECTED.value, briefs.c.updated_at >= since)
        return self._all(_BRIEF.where(fresh).order_by(briefs.c.updated_at.desc()))

    def withdrawn(self, since: datetime) -> list[Brief]:
        """What readers see no more ``since`` then, the last withdrawn first."""
        gone = and_(briefs.c.state == BriefState.WITHDRAWN.value, briefs.c.withdrawn_at >= since)
        return self._all(_BRIEF.where(gone).order_by(briefs.c.withdrawn_at.desc()))

    def due(self, now: datetime) -> list[Brief]:
        """The scheduled briefs whose time has come, in the order of their times."""
        due = and_(briefs.c.state == BriefState.SCHEDULED.value, briefs.c.publish_at <= now)
        return self._all(_BRIEF.where(due).order_by(briefs.c.publish_at, briefs.c.id))

    def revisions(self, brief_id: int) -> list[BriefRevision]:
        """Every wording of a brief that is kept, the first one first."""
        with self._database.read() as connection:
            return wordings.revisions(connection, brief_id)

    def _one(self, statement: Select[Any]) -> Brief | None:
        found = self._all(statement)
        return found[0] if found else None

    def _all(self, statement: Select[Any]) -> list[Brief]:
        with self._database.read() as connection:
            return _read(connection, statement)


def _get(connection: Connection, brief_id: int) -> Brief:
    found = _read(connection, _BRIEF.where(briefs.c.id == brief_id))
    if not found:
        raise DeskRefused({"brief": f"there is no brief {brief_id}"})
    return found[0]


def _read(connection: Connection, statement: Select[Any]) -> list[Brief]:
    rows = list(connection.execute(statement))
    cited: dict[tuple[int, int], list[Citation]] = {}
    corrected: dict[int, list[Correction]] = defaultdict(list)
    hosted = pictures.hosted(connection, [row.picture["url"] for row in rows if row.picture])
    for part in chunks([row.id for row in rows]):
        cited |= wordings.citations(connection, wordings.current_citations(part))
        query = select(corrections).where(corrections.c.brief_id.in_(part))
        for row in connection.execute(query.order_by(corrections.c.id)):
            corrected[row.brief_id].append(Correction(row.at, row.note, row.who))
    made = []
    for row in rows:
        wording = wordings.to_wording(row, cited.get((row.id, row.version), ()))
        shown = hosted.get(wording.picture.url) if wording.picture else None
        made.append(_brief(row, wording, corrected[row.id], shown))
    return made


def _brief(
    row: Row[Any],
    wording: Wording,
    corrected: Sequence[Correction],
    shown: HostedPicture | None,
) -> Brief:
    return Brief(
        **{name: row._mapping[briefs.c[name]] for name in (*_KEPT, *_MOVED)},
        state=BriefState(row.state),
        story=row.story_id,
        wording=wording,
        corrections=tuple(corrected),
        hosted=shown,
    )


def _store(connection: Connection, before: Brief, after: Brief, who: str, now: datetime) -> Brief:
    """Store what became of a brief, unless another process has changed it since it was read."""
    version = before.version
    if after.wording != before.wording:
        edit = Edit(version, after.wording, who, now)
        version = wordings.put(connection, before.id, edit, version)
    values = {name: getattr(after, name) for name in _MOVED}
    if after.day is not None and before.slug is None:
        values["slug"] = _free_slug(connection, after.day, after.slug or "")
    as_read = (
        briefs.c.id == before.id,
        briefs.c.version == before.version,
        briefs.c.state == before.state.value,
    )
    done = connection.execute(
        update(briefs)
        .where(*as_read)
        .values(values | {"version": version, "state": after.state.value})
    )
    if done.rowcount != 1:
        raise EditConflict(before)
    fresh = after.corrections[len(before.corrections) :]
    rows = [{"brief_id": before.id, "at": c.at, "note": c.note, "who": c.who} for c in fresh]
    if rows:
        connection.execute(insert(corrections), rows)
    return _get(connection, before.id)


def _free_slug(connection: Connection, day: date, wanted: str) -> str:
    """The slug, with a number if there is a brief of that day under it."""
    query = select(briefs.c.slug).where(briefs.c.day == day)
    taken = set(connection.execute(query).scalars())
    numbered = (f"{wanted}-{number}" for number in count(2))
    return wanted if wanted not in taken else next(s for s in numbered if s not in taken)


def _tell_readers(
    connection: Connection, before: Brief, after: Brief, done: AuditEntry, tell: Tell
) -> None:
    if before.is_public:
        alerts.resolve(connection, after.id, done.at)
    elif after.is_public:
        alerts.brief_published(connection, after.id, done.at)
    if before.is_public != after.is_public and after.story is not None:
        _tell_story(connection, after, after.story, done, tell)
    if after.state is BriefState.DISCARDED and after.story is not None and done.who:
        claims.give_up(connection, heir(connection, after.story), done.who, done.at)
    if before.is_public or after.is_public:
        published.index(connection, after)
        edition.bump(connection, done.at)


def _tell_story(
    connection: Connection, brief: Brief, story: int, done: AuditEntry, tell: Tell
) -> None:
    """What is out covers its story; withdrawn, it does so no longer, unless another one does."""
    story, who = heir(connection, story), done.who or brief.author
    if brief.is_public:
        claims.drop(connection, story)
    elif _is_covered(connection, story):
        return
    cover(connection, story, tell, who, done.at, covered=brief.is_public)


def _is_covered(connection: Connection, story: int) -> bool:
    """Whether readers see a brief about a story, or about one that was merged into it."""
    about = select(stories.c.id).join(briefs, briefs.c.story_id == stories.c.id)
    merged = or_(stories.c.id == story, stories.c.merged_into.is_not(None))
    found = connection.execute(about.where(briefs.c.state.in_(_PUBLIC), merged).distinct())
    return any(heir(connection, one) == story for one in found.scalars().all())
