"""A small newsroom whose sources report on a few events, for tests of stories."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from aggregator.domain import ParsedItem, Source, Story, StoryQuery
from aggregator.jobs.grouping import Grouper
from aggregator.settings import load
from aggregator.store import Store
from aggregator.stories.encoder import Encoder
from aggregator.stories.score import teller
from tests.build import NOW, declare, source, take

SOURCES = tuple(source(name, language="en") for name in ("courant", "herald", "post", "mirror"))

TUNNEL = (
    "Lac-Noir tunnel opens after nine years and 2.3 billion euros",
    "Lac-Noir tunnel opened by transport minister Marsault after nine years",
    "Marsault opens the Lac-Noir tunnel, nine years late",
)
FLOOD = (
    "Orvaux evacuates 3,200 people as the Sambrelle bursts its banks",
    "Sambrelle flood: 3,200 people evacuated in Orvaux",
    "Orvaux flood: Sambrelle at its highest, 3,200 evacuated",
)


def article(title: str, number: int, paper: str, at: datetime) -> ParsedItem:
    url = f"https://{paper}.example/{number}"
    return ParsedItem(guid=url, url=url, title=title, language="en", published_at=at)


class Newsroom:
    """A store, its clock and its grouper; ``encoder`` None is the lexical way."""

    def __init__(self, store: Store, folder: object, encoder: Encoder | None = None) -> None:
        self.store = store
        self.now = NOW
        self._encoder = encoder
        self._number = 0
        (folder / "sources.yaml").write_text("sources: []\n")  # type: ignore[operator]
        self.settings = load(folder, {})  # type: ignore[arg-type]
        declare(store, *SOURCES)
        self.restart()

    def restart(self) -> None:
        """Forget what is in memory."""
        self.grouper = Grouper(self.store, self.settings, lambda: self.now, lambda: self._encoder)

    def publish(
        self, title: str, by: int | Source = 0, *, hours: float = 0, **more: object
    ) -> None:
        """One source's article is polled; ``hours`` before now it was published, and a little more:
        two sources do not publish in the same second.
        """
        self._number += 1
        paper = by if isinstance(by, Source) else SOURCES[by]
        at = self.now - timedelta(hours=hours, seconds=7 * (150 - self._number % 150))
        said = replace(article(title, self._number, paper.id, at), **more)  # type: ignore[arg-type]
        take(self.store, paper, said, now=self.now)

    def chatter(self, count: int = 260) -> None:
        """Much else happens, so that the open stories are looked at again."""
        for n in range(count):
            self.publish(f"Number {n} of the lottery of words {n * 7919}", by=n % 4)

    def group(self) -> int:
        return self.grouper.catch_up()

    def stories(self) -> list[Story]:
        return self.store.stories.find(StoryQuery())

    def groups(self) -> set[tuple[int, ...]]:
        """The stories as the sets of their items."""
        return {story.items for story in self.stories()}

    def story_of(self, item: int) -> int:
        return next(story.id for story in self.stories() if item in story.items)

    def rules(self, item: int) -> list[str]:
        return [entry.rule for entry in self.store.stories.ledger(item)]

    def rulings(self, who: str = "anna"):
        return self.store.rulings(teller(["en"]), who, self.now)
