"""Reports → stories, one after the other as they arrive."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from heapq import heappop, heappush
from types import MappingProxyType
from typing import Any, Final

from aggregator.domain import Kept, Placement, Report, State
from aggregator.stories.book import Book
from aggregator.stories.encoder import Encoder
from aggregator.stories.likeness import Likeness
from aggregator.stories.pairs import Model, model
from aggregator.stories.repair import regroup

_BLOCK: Final = 64
"""Reports that are encoded, compared and scored at once."""

_JOIN: Final = 0.28
"""The average probability at which reports become one story."""

_BEST: Final = 3
"""A story is as near as its three nearest reports."""

_REPAIR_EVERY: Final = 256


class Grouping:
    """The open stories: those with a report within ``window`` of the newest one.

    Whether reports come one by one or many at once makes no difference, nor does a restart
    (:meth:`restore`). What an editor decided (:meth:`pin`, :meth:`part`) is never overridden.
    """

    def __init__(
        self,
        encoder: Encoder | None = None,
        *,
        window: timedelta = timedelta(days=7),
        state: State = State(),  # noqa: B008 - it is frozen
        scorer: Model | None = None,
    ) -> None:
        self._window = window
        self._state = state
        self._newest = state.newest
        self._touched = set(state.touched)
        self._book = Book(state.next_story)
        scorer = scorer or model(meaning=encoder is not None)
        self._alike = Likeness(encoder, scorer, window, _JOIN)
        self._oldest: list[tuple[datetime, int]] = []

    @property
    def state(self) -> State:
        """Where it stands: to be kept with the placements."""
        touched = tuple(sorted(self._touched))
        return replace(
            self._state, newest=self._newest, next_story=self._book.next_story, touched=touched
        )

    def open_items(self) -> list[int]:
        """The items of the open stories, in the order in which they were added."""
        return self._alike.items()

    def kept(self, item: int) -> Kept:
        """What is to be kept of an open report that was just added."""
        return Kept(
            self._alike.said(item).report,
            self._book.story(item),
            dict(self._alike.alike(item)),
            self._alike.vector(item),
            self._book.is_pinned(item),
        )

    def restore(self, kept: Iterable[Kept], parted: Iterable[tuple[int, int]] = ()) -> None:
        """Go on from what was kept: the open reports in the order in which they were added, and the
        pairs that an editor parted.
        """
        horizon = self._state.horizon
        reports = [one for one in kept if horizon is None or one.report.at >= horizon]
        self._alike.restore(reports)
        for one in reports:
            self._open(one.report, one.story)
            if one.pinned:
                self._book.pin(one.report.id)
        for pair in parted:
            self._book.part(*pair)

    def pin(self, item: int, story: int) -> None:
        """An editor put the item there: from now on only new reports join that story, and none of
        those in it leaves it by itself. What is closed is in the store's hands alone.
        """
        self._book.take(story)
        if item in self._book:
            self._book.put(item, story)
            self._book.pin(item)

    def part(self, one: int, other: int) -> None:
        """An editor said that these two are not one story; they never are again. If they are now,
        the next repair parts them, unless an editor pinned what is in that story.
        """
        self._book.part(one, other)
        self._touched |= {item for item in (one, other) if item in self._book}

    def add(
        self, reports: Sequence[Report], copies: Mapping[int, int] = MappingProxyType({})
    ) -> list[Placement]:
        """Group new reports; the result also holds what that changed for earlier ones. A report
        that is open already stays as it is. ``copies`` are those of them that repeat an earlier
        item's text, with that item: they belong to its story.
        """
        placements: list[Placement] = []
        new = list({r.id: r for r in reversed(reports) if r.id not in self._book}.values())[::-1]
        start = 0
        while start < len(new):
            room = _REPAIR_EVERY - self._state.count % _REPAIR_EVERY
            block = new[start : start + min(_BLOCK, room)]
            placements += self._add_block(block, copies)
            start += len(block)
            self._state = replace(self._state, count=self._state.count + len(block))
            if self._state.count % _REPAIR_EVERY == 0:
                placements += self.repair()
                self._close()
        return placements

    def repair(self) -> list[Placement]:
        """Group anew what is connected to reports that came since the last time; a story keeps its
        number in the group that has most of it.
        """
        touched, self._touched = self._touched, set()
        return regroup(touched, _JOIN, self._alike, self._book)

    def _add_block(self, reports: Sequence[Report], copies: Mapping[int, int]) -> list[Placement]:
        horizon = self._state.horizon
        in_time = [report for report in reports if horizon is None or report.at >= horizon]
        self._alike.add(in_time, copies)
        to_place = {report.id for report in in_time}
        placements = []
        for report in reports:
            if report.id in to_place:
                placement = self._beside(report, copies) or self._placed(report)
                self._open(report, placement.story)
                self._touched.add(report.id)
            else:
                placement = Placement(report.id, self._book.new_story(), "late")
            placements.append(placement)
        return placements

    def _beside(self, report: Report, copies: Mapping[int, int]) -> Placement | None:
        """The story of the item that a copy repeats, unless an editor parted the two."""
        original = copies.get(report.id)
        if original is None or original not in self._book:
            return None
        story = self._book.story(original)
        if self._book.is_parted(report.id, self._book.items(story)):
            return None
        return Placement(report.id, story, "copy", {"like": original})

    def _placed(self, report: Report) -> Placement:
        """The story whose three nearest reports are nearest, or a new one."""
        by_story: defaultdict[int, list[tuple[float, int]]] = defaultdict(list)
        for other, score in self._alike.alike(report.id).items():
            if other in self._book:
                by_story[self._book.story(other)].append((score, other))
        best, chosen, witness = 0.0, None, None
        for story, found in sorted(by_story.items()):
            found.sort(reverse=True)
            members = self._book.items(story)
            mean = sum([score for score, _ in found[:_BEST]]) / min(_BEST, len(members))
            if mean > best and not self._book.is_parted(report.id, members):
                best, chosen, witness = mean, story, found[0][1]
        evidence = self._evidence(report.id, witness, best)
        if chosen is not None and best >= _JOIN:
            return Placement(report.id, chosen, "joined", evidence)
        if self._alike.is_recurrent(report.id):
            evidence = {"headline": report.title}
            return Placement(report.id, self._book.new_story(), "series", evidence)
        return Placement(report.id, self._book.new_story(), "new", evidence)

    def _evidence(self, item: int, witness: int | None, score: float) -> dict[str, Any]:
        if witness is None:
            return {}
        one, other = self._alike.said(item), self._alike.said(witness)
        shared = [word for word in one.tokens if word in other.tokens and len(word) > 3]
        return {"like": witness, "score": round(score, 3), "words": shared[:8]}

    def _open(self, report: Report, story: int) -> None:
        self._book.put(report.id, story)
        heappush(self._oldest, (report.at, report.id))
        if self._newest is None or report.at > self._newest:
            self._newest = report.at

    def _close(self) -> None:
        """Let go of what is older than the window: it is not compared or moved any more."""
        if self._newest is None:
            return
        horizon = self._newest - self._window
        gone = []
        while self._oldest and self._oldest[0][0] < horizon:
            gone.append(heappop(self._oldest)[1])
        self._alike.forget(gone)
        for item in gone:
            self._book.remove(item)
        self._state = replace(self._state, horizon=horizon)
