"""How much of a brief is copied word for word."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from aggregator.desk.checks.sources import Reading
from aggregator.desk.checks.text import Field
from aggregator.desk.checks.values import Advice, Limits, Severity

_SHOWN = 3


class Run(NamedTuple):
    """Words ``first`` to ``end`` of the brief, found in ``reading`` up to its word ``at``."""

    first: int
    end: int
    reading: Reading
    at: int

    @property
    def length(self) -> int:
        """How many words it has."""
        return self.end - self.first


class Automaton:
    """The suffix automaton of a sequence of words: the smallest that knows all its runs (Blumer et
    al., "The smallest automaton recognizing the subwords of a text", 1985), made in linear time.
    """

    def __init__(self, words: Iterable[str]) -> None:
        self._next: list[dict[str, int]] = [{}]
        self._link, self._length, self._ends = [-1], [0], [0]
        last = 0
        for word in words:
            last = self._append(word, last)

    def walk(self, words: Iterable[str], least: int) -> Iterator[tuple[int, int, int]]:
        """For each word with which a run of so many known words ends: its number, the length of the
        longest such run, and where that run first ends among the automaton's own words (matching
        statistics: Chang and Lawler, "Sublinear approximate string matching", 1994).
        """
        following, link, length = self._next, self._link, self._length
        state = matched = 0
        for at, word in enumerate(words):
            while state and word not in following[state]:
                state = link[state]
                matched = length[state]
            if word in following[state]:
                state, matched = following[state][word], matched + 1
                if matched >= least:
                    yield at, matched, self._ends[state]

    def _append(self, word: str, last: int) -> int:
        new = self._state({}, self._length[last] + 1, self._ends[last] + 1)
        at = last
        while at >= 0 and word not in self._next[at]:
            self._next[at][word] = new
            at = self._link[at]
        if at < 0:
            self._link[new] = 0
            return new
        old = self._next[at][word]
        if self._length[old] != self._length[at] + 1:
            old = self._split(at, word, old)
        self._link[new] = old
        return new

    def _split(self, at: int, word: str, old: int) -> int:
        copy = self._state(dict(self._next[old]), self._length[at] + 1, self._ends[old])
        self._link[copy], self._link[old] = self._link[old], copy
        while at >= 0 and self._next[at].get(word) == old:
            self._next[at][word] = copy
            at = self._link[at]
        return copy

    def _state(self, following: dict[str, int], length: int, end: int) -> int:
        self._next.append(following)
        self._link.append(0)
        self._length.append(length)
        self._ends.append(end)
        return len(self._next) - 1


def copied(body: Field, readings: Sequence[Reading], limits: Limits) -> list[Advice]:
    """Say where the body (quotations read over) repeats items of its own language, if the longest
    run or the share of its runs of ``limits.gram`` words is over the limits.
    """
    words, gram = body.words, limits.gram
    if len(words) < gram:
        return []
    runs, known = _matches(words, readings, gram)
    total = len(words) - gram + 1
    share = sum(tuple(words[n : n + gram]) in known for n in range(total)) / total
    longest = _apart(runs)
    if not longest or (longest[0].length < limits.copied_run and share < limits.copied_share):
        return []
    evidence = tuple(
        run.reading.evidence(
            body.name,
            body.tokens[run.first].start,
            body.tokens[run.end - 1].end,
            run.at + 1 - run.length,
            run.at + 1,
        )
        for run in longest[:_SHOWN]
    )
    sentence = (
        f"{longest[0].length} words in a row are those of {longest[0].reading.source.source}, and"
        f" {share:.0%} of the text is copied. Say it in your own words, or quote."
    )
    return [Advice("copy overlap", Severity.WARN, sentence, evidence)]


def _matches(
    words: list[str], readings: Sequence[Reading], gram: int
) -> tuple[list[Run], set[tuple[str, ...]]]:
    """The longest copied run that ends at each word, and the copied runs of ``gram`` words."""
    automaton = Automaton(words)
    best: dict[int, Run] = {}
    known: set[tuple[str, ...]] = set()
    for reading in readings:
        for at, length, end in automaton.walk(reading.words, gram):
            known.add(tuple(words[end - gram : end]))
            if end not in best or best[end].length < length:
                best[end] = Run(end - length, end, reading, at)
    return list(best.values()), known


def _apart(runs: list[Run]) -> list[Run]:
    """The longest runs, none of which shares a word with a longer one; longest first."""
    kept: list[Run] = []
    taken: set[int] = set()
    for run in sorted(runs, key=lambda run: (-run.length, run.first)):
        # A run that touches a longer one has one of its ends in it.
        if run.first not in taken and run.end - 1 not in taken:
            kept.append(run)
            taken.update(range(run.first, run.end))
    return kept
