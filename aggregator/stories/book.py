"""Which open report is in which story, and what an editor decided of that."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator


class Book:
    """Items and their stories. A number is given out once."""

    def __init__(self, next_story: int) -> None:
        self.next_story = next_story
        self._story: dict[int, int] = {}
        self._items: defaultdict[int, set[int]] = defaultdict(set)
        self._pinned: set[int] = set()
        self._parted: defaultdict[int, set[int]] = defaultdict(set)

    def __contains__(self, item: int) -> bool:
        return item in self._story

    def story(self, item: int) -> int:
        """The item's story."""
        return self._story[item]

    def stories(self, items: Iterable[int]) -> Iterator[int]:
        """The story of each item."""
        return map(self._story.__getitem__, items)

    def items(self, story: int) -> Collection[int]:
        """The story's open items."""
        return self._items.get(story, ())

    def beside(self, item: int) -> Collection[int]:
        """The open items of the item's story, itself included."""
        return self._items[self._story[item]]

    def new_story(self) -> int:
        """A number that no story had."""
        self.next_story += 1
        return self.next_story - 1

    def take(self, story: int) -> None:
        """Somebody else gave this number out."""
        self.next_story = max(self.next_story, story + 1)

    def put(self, item: int, story: int) -> None:
        """Move the item, or add it."""
        if item in self._story:
            self._leave(item)
        self._story[item] = story
        self._items[story].add(item)
        self.take(story)

    def remove(self, item: int) -> None:
        """Forget an item whose story is closed."""
        self._leave(item)
        del self._story[item]
        self._pinned.discard(item)
        for other in self._parted.pop(item, ()):
            self._parted[other].discard(item)

    def pin(self, item: int) -> None:
        """An editor put the item where it is."""
        self._pinned.add(item)

    def is_pinned(self, item: int) -> bool:
        """Whether an editor put it there."""
        return item in self._pinned

    def is_fixed(self, item: int) -> bool:
        """Whether an editor put it or another one into its story."""
        return bool(self._pinned) and not self._pinned.isdisjoint(self.beside(item))

    def part(self, one: int, other: int) -> None:
        """An editor said that these are not one story."""
        self._parted[one].add(other)
        self._parted[other].add(one)

    def parted(self, item: int) -> Collection[int]:
        """What an editor parted from the item."""
        return self._parted.get(item, ())

    def is_parted(self, item: int, others: Iterable[int]) -> bool:
        """Whether an editor parted the item from any of the others."""
        return item in self._parted and not self._parted[item].isdisjoint(others)

    def _leave(self, item: int) -> None:
        story = self._story[item]
        self._items[story].discard(item)
        if not self._items[story]:
            del self._items[story]
