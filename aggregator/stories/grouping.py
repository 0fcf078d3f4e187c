"""Reports → stories, one after the other as they arrive."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import combinations
from typing import Any, Final

import numpy as np

from aggregator.domain import Kept, Placement, Report, State
from aggregator.stories.candidates import MeaningIndex, WordIndex
from aggregator.stories.encoder import Encoder, quantised, to_encode
from aggregator.stories.linkage import NEVER, average_linkage
from aggregator.stories.pairs import compare, model
from aggregator.stories.series import is_recurrent, parts_of_series
from aggregator.stories.words import Said, said

_BLOCK: Final = 64
"""Reports that are encoded, compared and scored at once."""

_JOIN: Final = 0.28
"""The average probability at which reports become one story."""

_EDGE, _LINK = 0.05, 0.2
"""Probabilities that are remembered, and that make a repair look at both."""

_BEST: Final = 3
"""A story is as near as its three nearest reports."""

_REPAIR_EVERY: Final = 128
_WHOLE, _LARGEST = 60, 400
"""So many connected reports are compared each with each, and so many are regrouped at all."""


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
    ) -> None:
        self._encoder = encoder
        self._window = window
        self._state = state
        self._next_story = state.next_story
        self._model = model(meaning=encoder is not None)
        self._said: dict[int, Said] = {}
        self._story: dict[int, int] = {}
        self._items: defaultdict[int, list[int]] = defaultdict(list)
        self._edges: defaultdict[int, dict[int, float]] = defaultdict(dict)
        self._completed: dict[tuple[int, int], float] = {}
        self._words = WordIndex()
        self._meaning = MeaningIndex()
        self._pinned: set[int] = set()
        self._parted: set[tuple[int, int]] = set()
        self._touched: set[int] = set()
        self._recurrent: set[int] = set()

    @property
    def state(self) -> State:
        """Where it stands: to be kept with the placements."""
        return replace(self._state, next_story=self._next_story)

    def open_items(self) -> list[int]:
        """The items of the open stories, in the order in which they were added."""
        return list(self._said)

    def kept(self, item: int) -> Kept:
        """What is to be kept of an open report that was just added."""
        return Kept(
            self._said[item].report,
            self._story[item],
            dict(self._edges.get(item, {})),
            self._meaning.vector(item),
            item in self._pinned,
        )

    def restore(self, kept: Iterable[Kept], parted: Iterable[tuple[int, int]] = ()) -> None:
        """Go on from what was kept: the open reports in the order in which they were added, and the
        pairs that an editor parted.
        """
        reports = list(kept)
        for one in reports:
            item = one.report.id
            self._said[item] = said(one.report)
            if is_recurrent(self._said[item]):
                self._recurrent.add(item)
            self._assign(item, one.story)
            self._index(self._said[item])
        for one in reports:
            for other, score in one.edges.items():
                if other in self._said:
                    self._edges[one.report.id][other] = score
                    self._edges[other][one.report.id] = score
        if self._encoder is not None:
            self._remember_vectors(self._encoder, reports)
        self._pinned = {one.report.id for one in reports if one.pinned}
        self._parted = {(min(pair), max(pair)) for pair in parted}
        since = self._state.count % _REPAIR_EVERY
        self._touched = {one.report.id for one in reports[len(reports) - since :]}

    def pin(self, item: int, story: int) -> None:
        """An editor put the item there: from now on only new reports join that story, and none of
        those in it leaves it by itself.
        """
        self._assign(item, story)
        self._pinned.add(item)

    def part(self, one: int, other: int) -> None:
        """An editor said that these two are not one story; they never are again."""
        self._parted.add((min(one, other), max(one, other)))

    def add(self, reports: Sequence[Report]) -> list[Placement]:
        """Group new reports; the result also holds what that changed for earlier ones."""
        placements: list[Placement] = []
        start = 0
        while start < len(reports):
            room = _REPAIR_EVERY - self._state.count % _REPAIR_EVERY
            block = reports[start : start + min(_BLOCK, room)]
            placements += self._add_block(block)
            start += len(block)
            self._state = replace(self._state, count=self._state.count + len(block))
            if self._state.count % _REPAIR_EVERY == 0:
                placements += self.repair()
                self._expire()
        return placements

    def repair(self) -> list[Placement]:
        """Group anew what is connected to reports that came since the last time; a story keeps its
        number in the group that has most of it.
        """
        placements: list[Placement] = []
        left = {item for item in self._touched if self._edges.get(item)}
        self._touched.clear()
        while left:
            start = min(left)
            component = self._component(start)
            left -= {start, *component}
            if 2 < len(component) <= _LARGEST:
                placements += self._regroup(component)
        return placements

    def _add_block(self, reports: Sequence[Report]) -> list[Placement]:
        horizon = self._state.horizon
        late = [r for r in reports if horizon and r.at < horizon]
        closed = [Placement(r.id, self._new_story(), "late") for r in late]
        new = [said(report) for report in reports if report not in late]
        near = self._encode(new)
        pairs: list[tuple[int, int]] = []
        rows: list[tuple[float, ...]] = []
        for one, alike in zip(new, near, strict=True):
            item = one.report.id
            self._said[item] = one
            if is_recurrent(one):
                self._recurrent.add(item)
                continue
            for other in dict.fromkeys(self._words.like(one) + alike):
                if other in self._said and self._may_join(one, self._said[other]):
                    pairs.append((item, other))
                    rows.append(compare(one, self._said[other], self._cosine(item, other)))
            self._index(one)
        for (one_id, other_id), score in self._scored(pairs, rows):
            if score >= _EDGE:
                self._edges[one_id][other_id] = self._edges[other_id][one_id] = score
        return closed + [self._place(one) for one in new]

    def _index(self, one: Said) -> None:
        if one.report.id not in self._recurrent:
            self._words.add(one.report.id, one)

    def _encode(self, new: Sequence[Said]) -> list[list[int]]:
        if self._encoder is None or not new:
            return [[] for _ in new]
        texts = [to_encode(one.report) for one in new]
        items = [one.report.id for one in new]
        self._meaning.add(items, quantised(self._encoder.encode(texts)))
        return self._meaning.like(items)

    def _cosine(self, one: int, other: int) -> float:
        return self._meaning.cosine(one, other) if self._encoder else 0.0

    def _may_join(self, one: Said, other: Said) -> bool:
        apart = abs(one.report.at - other.report.at) > self._window
        alone = {one.report.id, other.report.id} & self._recurrent
        return not (apart or alone or parts_of_series(one, other))

    def _scored(
        self, pairs: list[tuple[int, int]], rows: list[tuple[float, ...]]
    ) -> Iterator[tuple[tuple[int, int], float]]:
        if pairs:
            scores = self._model.score(np.array(rows, dtype=np.float32)).round(4)
            yield from zip(pairs, scores.tolist(), strict=True)

    def _remember_vectors(self, encoder: Encoder, reports: Sequence[Kept]) -> None:
        """Those that were kept without an encoder have none: they are encoded now."""
        missing = [one.report for one in reports if one.vector is None]
        found: dict[int, Any] = {}
        if missing:
            made = quantised(encoder.encode([to_encode(report) for report in missing]))
            found = dict(zip((report.id for report in missing), made, strict=True))
        for one in reports:
            if one.vector is not None:
                found[one.report.id] = np.frombuffer(one.vector, dtype=np.int8)
        if found:
            items = [one.report.id for one in reports]
            self._meaning.add(items, np.vstack([found[item] for item in items]))

    def _place(self, one: Said) -> Placement:
        item = one.report.id
        if self._state.newest is None or one.report.at > self._state.newest:
            self._state = replace(self._state, newest=one.report.at)
        by_story: defaultdict[int, list[tuple[float, int]]] = defaultdict(list)
        for other, score in self._edges.get(item, {}).items():
            if other in self._story:
                by_story[self._story[other]].append((score, other))
        best, chosen, witness = 0.0, None, None
        for story, found in sorted(by_story.items()):
            found.sort(reverse=True)
            members = min(_BEST, len(self._items[story]))
            mean = sum(score for score, _ in found[:_BEST]) / members
            if mean > best and not self._is_parted(item, self._items[story]):
                best, chosen, witness = mean, story, found[0][1]
        self._touched.add(item)
        if chosen is not None and best >= _JOIN:
            self._assign(item, chosen)
            return Placement(item, chosen, "joined", self._evidence(item, witness, best))
        story = self._new_story()
        self._assign(item, story)
        if item in self._recurrent:
            return Placement(item, story, "series", {"headline": one.report.title})
        return Placement(item, story, "new", self._evidence(item, witness, best))

    def _evidence(self, item: int, witness: int | None, score: float) -> dict[str, Any]:
        if witness is None:
            return {}
        one, other = self._said[item], self._said[witness]
        shared = [word for word in one.tokens if word in other.tokens and len(word) > 3]
        return {"like": witness, "score": round(score, 3), "words": shared[:8]}

    def _assign(self, item: int, story: int) -> None:
        if item in self._story:
            self._leave(item)
        self._story[item] = story
        self._items[story].append(item)

    def _new_story(self) -> int:
        self._next_story += 1
        return self._next_story - 1

    def _is_parted(self, item: int, others: Iterable[int]) -> bool:
        return bool(self._parted) and any(
            (min(item, other), max(item, other)) in self._parted for other in others
        )

    def _component(self, start: int) -> list[int]:
        """What is connected to an item by likeness or by story, but for what an editor placed."""
        seen, waiting = {start}, [start]
        while waiting:
            item = waiting.pop()
            near = {o for o, score in self._edges.get(item, {}).items() if score >= _LINK}
            near.update(self._items[self._story[item]])
            near -= seen
            seen |= near
            waiting += near
        return sorted(item for item in seen if not self._is_fixed(item))

    def _is_fixed(self, item: int) -> bool:
        return bool(self._pinned) and any(
            other in self._pinned for other in self._items[self._story[item]]
        )

    def _regroup(self, component: list[int]) -> list[Placement]:
        row = {item: n for n, item in enumerate(component)}
        alike = np.zeros((len(component), len(component)))
        for item in component:
            for other, score in self._edges.get(item, {}).items():
                if other in row:
                    alike[row[item], row[other]] = score
        if len(component) <= _WHOLE:
            for (one, other), score in self._others(component).items():
                alike[row[one], row[other]] = alike[row[other], row[one]] = score
        for one, other in self._parted:
            if one in row and other in row:
                alike[row[one], row[other]] = alike[row[other], row[one]] = NEVER
        groups = [[component[n] for n in group] for group in average_linkage(alike, _JOIN)]
        return self._renumber(groups)

    def _others(self, component: list[int]) -> dict[tuple[int, int], float]:
        """The scores of the pairs that were no candidates of each other."""
        wanted = [p for p in combinations(component, 2) if p[1] not in self._edges[p[0]]]
        pairs, rows = [], []
        for one, other in wanted:
            if (one, other) not in self._completed:
                if self._may_join(self._said[one], self._said[other]):
                    pairs.append((one, other))
                    meaning = self._cosine(one, other)
                    rows.append(compare(self._said[one], self._said[other], meaning))
                else:
                    self._completed[one, other] = 0.0
        self._completed.update(self._scored(pairs, rows))
        return {pair: self._completed[pair] for pair in wanted}

    def _renumber(self, groups: list[list[int]]) -> list[Placement]:
        claims = []
        for n, group in enumerate(groups):
            count: defaultdict[int, int] = defaultdict(int)
            for item in group:
                count[self._story[item]] += 1
            claims += [(-shared, story, n) for story, shared in count.items()]
        number: dict[int, int] = {}
        for _, story, n in sorted(claims):
            if n not in number and story not in number.values():
                number[n] = story
        placements = []
        for n, group in enumerate(groups):
            story = number[n] if n in number else self._new_story()
            for item in group:
                if self._story[item] != story:
                    evidence = {
                        "from": self._story[item],
                        "with": [i for i in group if i != item][:3],
                    }
                    placements.append(Placement(item, story, "regrouped", evidence))
        for placement in placements:
            self._assign(placement.item, placement.story)
        return placements

    def _expire(self) -> None:
        """Close what is older than the window."""
        if self._state.newest is None:
            return
        horizon = self._state.newest - self._window
        self._state = replace(self._state, horizon=horizon)
        gone = [item for item, one in self._said.items() if one.report.at < horizon]
        for item in gone:
            self._words.forget(item, self._said.pop(item))
            self._recurrent.discard(item)
            self._leave(item)
            del self._story[item]
            for other in self._edges.pop(item, {}):
                self._edges[other].pop(item, None)
        if gone:
            kept = self._said
            self._completed = {
                pair: s
                for pair, s in self._completed.items()
                if pair[0] in kept and pair[1] in kept
            }
            self._meaning.keep(kept)

    def _leave(self, item: int) -> None:
        story = self._story[item]
        self._items[story].remove(item)
        if not self._items[story]:
            del self._items[story]
