"""The archive of the combined feed, a document a month (RFC 5005 section 4).

What came out is put into documents in the order in which it did, whatever dates sources give. A
document is closed when its month is over, or when it has many entries, and what comes next is
there; from then on it is stored, and what it says never changes. What is corrected later is in the
current feed again, with a newer ``updated``, and wins there. Only what may not be shown any more
goes: what was withdrawn, and what a source's ``republish`` does not allow any longer.

As long as its month runs, a document grows. Who has read it once need not read an archive again;
so the current feed links to it under an address that is another one each day.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from aggregator.domain import Archive, ArchivedEntry, Brief, Edition, ListedItem, Republish
from aggregator.settings import Settings
from aggregator.store import Store
from feeds.briefs import tombstone
from feeds.combined import Material, made_of, month_after
from feeds.documents import archive, atom_markup
from feeds.entries import Entry, Feed, entry, last_change

log = logging.getLogger(__name__)

MOST = 1000
"""A document with so many entries is closed before its month is over."""

_MOST_RUNNING = 5 * MOST

_SETTLED = timedelta(hours=1)
"""Until then, something may yet be stored that came out before."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LONG = timedelta(days=31)


@dataclass(frozen=True, slots=True)
class _Arrival:
    at: datetime
    made_of: Brief | ListedItem


class Archives:
    """The archive of one newsroom."""

    def __init__(self, settings: Settings, store: Store) -> None:
        self._settings = settings
        self._store = store

    def newest(self, edition: Edition) -> str | None:
        """The document, as a path, from which a client goes on where the current feed ends."""
        last = self._store.archives.newest()
        arrived = self._arrived(last, 1)
        if arrived:
            return f"{_path(self._running(edition))}?to={edition.changed_at:%Y-%m-%d}"
        return _path(last.name) if last else None

    def paths(self, edition: Edition) -> list[str]:
        """Every document's path, the oldest first."""
        names = self._store.archives.names()
        return [_path(name) for name in dict.fromkeys([*names, self._running(edition)])]

    def document(self, name: str, head: Feed, edition: Edition) -> bytes | None:
        """The document of a name such as ``2026/01``; None when there is none.

        ``head`` is the current feed, for what all documents of it have in common.
        """
        names = self._store.archives.names()
        around = replace(head, path=f"/archive/{name}", current="/feed.atom", withdrawn=())
        if name in names:
            at = names.index(name)
            kept = self._store.archives.get(name)
            previous = names[at - 1] if at else None
            following = names[at + 1] if at + 1 < len(names) else self._running(edition)
            entries: Sequence[ArchivedEntry] = kept.entries if kept else ()
        elif name == self._running(edition):
            last = self._store.archives.newest()
            previous, following = (last.name if last else None), None
            entries = self._entries(self._arrived(last, _MOST_RUNNING), edition)
        else:
            return None
        linked = replace(
            around,
            previous=_path(previous) if previous else None,
            following=_path(following) if following and following != name else None,
        )
        return self._written(linked, entries, edition)

    def close_due(self, edition: Edition) -> int:
        """Close what is over as of the edition, a few documents at most; return how many."""
        for count in range(10):
            last = self._store.archives.newest()
            arrived = self._arrived(last, MOST + 1)
            over = self._over(arrived, edition)
            if not over:
                return count
            name = self._name(_month(over[0].at))
            items = [one.made_of.item.id for one in over if isinstance(one.made_of, ListedItem)]
            closed = Archive(
                name,
                max(items, default=last.last_item if last else 0),
                over[-1].at,
                edition.changed_at,
                self._entries(over, edition),
            )
            if not self._store.archives.close(closed, last.name if last else None):
                return count
            log.info("closed the archive %s with %d entries", name, len(over))
        return count + 1

    def _over(self, arrived: Sequence[_Arrival], edition: Edition) -> Sequence[_Arrival]:
        """What a document that can be closed now holds; nothing when there is none."""
        if not arrived:
            return ()
        end = month_after(arrived[0].at)
        settled = edition.changed_at - _SETTLED
        mine = [one for one in arrived if one.at < end and one.at <= settled][:MOST]
        is_over = len(mine) == MOST or settled >= end
        # Its link to the next document is never to change: so that must be there.
        return mine if is_over and len(arrived) > len(mine) else ()

    def _arrived(self, last: Archive | None, limit: int) -> list[_Arrival]:
        """What came out after a closed document, in that order, at most so much of each kind.

        Items do in the order of their numbers: a clock that was set back changes nothing.
        """
        since = last.last_at if last else _EPOCH
        listed = self._store.items.after(last.last_item if last else 0, limit)
        briefs = self._store.briefs.published(since=since)
        ours = [
            _Arrival(brief.published_at, brief)
            for brief in reversed(briefs)
            if brief.published_at and brief.published_at > since
        ]
        return sorted([*_in_order(listed, since), *ours], key=lambda one: one.at)[:limit]

    def _entries(self, arrived: Sequence[_Arrival], edition: Edition) -> tuple[ArchivedEntry, ...]:
        """The newest first, without the items that a brief of about then cites."""
        if not arrived:
            return ()
        briefs = self._store.briefs.published(since=arrived[0].at - _LONG)
        told = {cited.item for brief in briefs for cited in brief.wording.citations}
        editors = {one.username: one for one in self._store.editors.all()}
        material = Material(editors=editors)
        found = []
        for one in reversed(arrived):
            made = one.made_of
            if isinstance(made, Brief):
                written = made_of(made, material, self._settings)
                found.append(_archived(written, brief=made.id))
            elif not {made.item.id, made.item.duplicate_of} & told:
                allowed = made.source.republish
                found.append(_archived(entry(made, edition), made.item.id, allowed))
        return tuple(found)

    def _written(self, head: Feed, entries: Sequence[ArchivedEntry], edition: Edition) -> bytes:
        withdrawn = {one.id: one for one in self._store.briefs.withdrawn(_EPOCH)}
        numbers = [one.item for one in entries if one.item is not None]
        listed = {one.item.id: one for one in self._store.items.listed(numbers)}
        shown = [
            (one, markup)
            for one in entries
            if one.brief not in withdrawn and (markup := _allowed(one, listed, edition))
        ]
        gone = tuple(tombstone(withdrawn[one.brief]) for one in entries if one.brief in withdrawn)
        updated_at = last_change((one.updated_at for one, _ in shown), gone)
        complete = replace(head, updated_at=updated_at, withdrawn=gone)
        return archive(complete, (markup for _, markup in shown))

    def _running(self, edition: Edition) -> str:
        arrived = self._arrived(self._store.archives.newest(), 1)
        return self._name(_month(arrived[0].at if arrived else edition.changed_at))

    def _name(self, month: str) -> str:
        """The next document's of a month: the first has its name alone, others a number."""
        names = self._store.archives.names()
        parts = sum(name.partition("-")[0] == month for name in names)
        return f"{month}-{parts + 1}" if parts else month


def _in_order(listed: Iterable[ListedItem], since: datetime) -> Iterable[_Arrival]:
    latest = since
    for one in listed:
        latest = max(latest, one.item.first_seen_at)
        yield _Arrival(latest, one)


def _archived(
    written: Entry,
    item: int | None = None,
    republish: Republish | None = None,
    *,
    brief: int | None = None,
) -> ArchivedEntry:
    markup = atom_markup(written).decode()
    return ArchivedEntry(written.id, markup, written.updated_at, item, brief, republish)


def _allowed(one: ArchivedEntry, listed: dict[int, ListedItem], edition: Edition) -> bytes | None:
    """An entry's markup, as far as its source lets us go today; None where it does not."""
    now = listed.get(one.item) if one.item is not None else None
    if now is None or now.source.republish.value == one.republish:
        hidden = now is not None and (now.item.excluded_by or now.item.held)
        return None if hidden else one.markup.encode()
    if now.source.republish is Republish.NONE:
        return None
    return atom_markup(entry(now, edition))


def _month(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y/%m}"


def _path(name: str) -> str:
    return f"/archive/{name}.atom"
