"""Grouping anew what first impressions put together or kept apart."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import Final

from aggregator.domain import Placement
from aggregator.stories.book import Book
from aggregator.stories.likeness import Likeness
from aggregator.stories.linkage import NEVER, average_linkage

_FEW: Final = 8
"""One pair in so many must reach the cut."""

_LARGEST: Final = 60
"""More neighbours than so many are left as they are: each is compared with each."""


def regroup(touched: Iterable[int], cut: float, alike: Likeness, book: Book) -> list[Placement]:
    """Group anew the stories of these items and those near them, by average linkage down to
    ``cut``, from which two are near; the result says what moved. Stories that an editor touched
    are left alone.
    """
    touched = [item for item in touched if item in book]
    # All are compared at once, which is faster; the stories near a report may be others by the
    # time it is its turn.
    alike.fill(_all_around(touched, alike, book))
    placements: list[Placement] = []
    for around in _all_around(touched, alike, book):
        groups = _grouped(around, cut, alike, book)
        placements += _renumbered(groups, book)
    return placements


def _all_around(touched: Sequence[int], alike: Likeness, book: Book) -> Iterator[list[int]]:
    """The neighbourhoods of these items that may have to be grouped anew."""
    left = set(touched)
    for start in sorted(touched):
        if start in left:
            around = _neighbourhood(start, alike, book)
            left.difference_update(around)
            if 1 < len(around) <= _LARGEST and not _is_settled(around, book):
                yield around


def _neighbourhood(start: int, alike: Likeness, book: Book) -> list[int]:
    """The items of a story and of those near it: without a pair that reaches the cut no average
    does, and without a few of many it will not.
    """
    if book.is_fixed(start):
        return []
    ours = book.beside(start)
    links = Counter(book.stories(chain.from_iterable(map(alike.near, ours))))
    items = set(ours)
    for story, count in links.items():
        theirs = book.items(story)
        if count * _FEW >= len(ours) * len(theirs) and not book.is_fixed(next(iter(theirs))):
            items.update(theirs)
    return sorted(items)


def _is_settled(items: Sequence[int], book: Book) -> bool:
    """Two that joined each other reach the cut: nothing is to be compared."""
    one, other = items[0], items[-1]
    in_one = len(items) == 2 and book.story(one) == book.story(other)
    return in_one and not book.is_parted(one, [other])


def _grouped(items: Sequence[int], cut: float, alike: Likeness, book: Book) -> list[list[int]]:
    matrix = alike.matrix(items)
    row = {item: n for n, item in enumerate(items)}
    for item in items:
        for other in book.parted(item):
            if other in row:
                matrix[row[item], row[other]] = NEVER
    return [[items[n] for n in group] for group in average_linkage(matrix, cut)]


def _renumbered(groups: Sequence[Sequence[int]], book: Book) -> list[Placement]:
    """A story keeps its number in the group that has most of it; of equal ones, the first."""
    claims = sorted(
        (-shared, story, n)
        for n, group in enumerate(groups)
        for story, shared in Counter(book.story(item) for item in group).items()
    )
    number: dict[int, int] = {}
    taken: set[int] = set()
    for _, story, n in claims:
        if n not in number and story not in taken:
            number[n] = story
            taken.add(story)
    placements = []
    for n, group in enumerate(groups):
        story = number[n] if n in number else book.new_story()
        for item in group:
            if book.story(item) != story:
                others = [other for other in group if other != item][:3]
                evidence = {"from": book.story(item), "with": others}
                placements.append(Placement(item, story, "regrouped", evidence))
    for placement in placements:
        book.put(placement.item, placement.story)
    return placements
