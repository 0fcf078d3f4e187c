"""A newsroom for tests of what it publishes: sources with items, a desk, a press and its site."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import feedparser
from flask.testing import FlaskClient

from aggregator.desk.desk import Desk
from aggregator.desk.workflow import Rules
from aggregator.domain import Brief, Editor, Picture, Role, Source, Wording
from aggregator.settings import Settings, load
from aggregator.store import Store
from feeds import create_app
from feeds.keep import Keep
from feeds.press import Press
from tests.build import NOW, declare, item, source, take
from tests.wire.poller import Clock

SETTINGS = load(Path(__file__).parents[2] / "config", {"AGGREGATOR_BASE_URL": "https://n.example"})
MONDE = source("le-monde", name="Le Monde", language="fr", categories=("news",))
RTL = source("rtl", name="RTL", language="fr-BE", categories=("Belgium",))
PAULA = Editor("paula", "Paula Ek", "PE", Role.PUBLISHER)
WORDING = Wording(
    headline="Tunnel of Lac-Noir opens",
    body="It is open, [says a map](https://maps.example/tunnel).\n\nNine years late.",
    byline="PE",
    kicker="Transport",
    picture=Picture("https://p.example/x.jpg", "A tunnel", "© Unsplash"),
)


class Newsroom:
    """Two sources; ``settings`` may be others, ``keep`` a folder for the last good documents."""

    def __init__(
        self,
        store: Store,
        settings: Settings = SETTINGS,
        keep: Path | None = None,
        sources: Sequence[Source] = (MONDE, RTL),
    ) -> None:
        declare(store, *sources)
        self.store = store
        self.clock = Clock(NOW)
        self.settings = replace(settings, sources=tuple(sources))
        rules = Rules(settings.time_zone, four_eyes=False)
        self.desk = Desk(store, rules, ["en"], self.clock)
        self.press = Press(self.settings, store, Keep(keep) if keep else None)
        self.app = create_app(self.settings, store, self.clock, self.press)
        self.client: FlaskClient = self.app.test_client()

    def later(self, **span: float) -> None:
        """Let time pass."""
        self.clock.now += timedelta(**span)

    def take(self, of: Source, *numbers: int, **changes: Any) -> None:
        """Poll items of these numbers, published now."""
        changes = {"published_at": self.clock.now, "language": of.language} | changes
        named = {n: f"https://{of.id}.example/{n}" for n in numbers}
        items = [item(n, url=named[n], guid=f"tag:{of.id},2026:{n}", **changes) for n in numbers]
        take(self.store, of, *items, now=self.clock.now)

    def publish(self, *cited: int, **changes: Any) -> Brief:
        """A brief that rests on these items."""
        wording = replace(WORDING, citations=self.desk.cite(cited), **changes)
        draft = self.desk.begin_from_items(cited, PAULA, wording)
        return self.desk.publish(draft.id, draft.version, PAULA)

    def read(self, path: str = "/feed.atom") -> Any:
        """A feed as feedparser has it."""
        answer = self.client.get(path)
        assert answer.status_code == 200, (path, answer.status_code)
        return feedparser.parse(BytesIO(answer.data))

    def ids(self, path: str = "/feed.atom") -> list[str]:
        """The ids in a feed, in their order."""
        return [entry.id for entry in self.read(path).entries]

    def json(self, path: str = "/feed.json") -> Any:
        """A JSON Feed."""
        return json.loads(self.client.get(path).data)
