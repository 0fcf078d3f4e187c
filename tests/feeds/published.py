"""A newsroom that has published: briefs with pictures, series, corrections, several languages."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from flask import Flask

from aggregator.desk.desk import Desk
from aggregator.desk.series import Series
from aggregator.desk.workflow import Rules
from aggregator.domain import Brief, Editor, Picture, Republish, Role, Wording
from aggregator.settings import Settings, load
from aggregator.store import Store, upgrade
from aggregator.store.folder import PictureFolder
from aggregator.wire.imaging import develop
from feeds import create_app
from tests.build import NOW, declare, item, source, take
from tests.pictures import picture
from tests.wire.poller import Clock

SOURCES = (
    source("le-monde", name="Le Monde", language="fr", republish=Republish.LINK),
    source("rtl", name="RTL", language="fr"),
    source("courant", name="The Courant", language="en"),
)
PAULA = Editor("paula", "Paula Ek", "PE", Role.PUBLISHER)
BODY = (
    "After nine years the 14-kilometre tunnel of Lac-Noir is open, [Le Monde]"
    "(https://le-monde.example/1) reports. Drivers save *forty minutes*.\n\n"
    "The work has cost 2.3 billion euros, twice what was planned; the minister, Hélène Marsault, "
    "called it “a door”.\n\nTolls begin in March."
)
SHOWN = Picture(
    "https://pictures.example/tunnel.jpg", "The mouth of a tunnel", "© Jan Maes/Unsplash"
)
WORDING = Wording(
    headline="The tunnel of Lac-Noir opens after nine years",
    body=BODY,
    byline="QG",
    kicker="Transport",
    picture=SHOWN,
)


def settings(folder: Path, **changes: object) -> Settings:
    """Those of the bundled config, for a public address and a folder of one's own."""
    bundled = load(
        Path(__file__).parents[2] / "config",
        {"AGGREGATOR_BASE_URL": "https://n.example", "AGGREGATOR_PICTURES_DIR": str(folder)},
    )
    series = (Series("born-on", "Born on", "Born on this day", "Born on {date}: "),)
    return replace(bundled, sources=SOURCES, series=series, title="The Daily Wire", **changes)  # type: ignore[arg-type]


class PublicNewsroom:
    """Its desk, its clock and its site; three sources with a few items each."""

    def __init__(self, store: Store, folder: Path, **changes: object) -> None:
        self.store = store
        self.settings = settings(folder / "pictures", **changes)
        self.clock = Clock(NOW)
        declare(store, *SOURCES)
        for n, one in enumerate(SOURCES):
            some = (10 * n + k for k in range(1, 6))
            take(store, one, *(self._item(k, one.id) for k in some))
        self.desk = Desk(store, Rules(self.settings.time_zone), ["en"], self.clock)

    def app(self) -> Flask:
        return create_app(self.settings, self.store, self.clock)

    def publish(self, cites: tuple[int, ...] = (1, 6), **changes: object) -> Brief:
        """One more brief, an hour after the last one."""
        self.clock.now += timedelta(hours=1)
        wording = replace(WORDING, citations=self.desk.cite(cites), **changes)  # type: ignore[arg-type]
        draft = self.desk.begin_from_items(list(cites), PAULA, wording)
        return self.desk.publish(draft.id, draft.version, PAULA)

    def host(self, url: str = SHOWN.url, body: bytes | None = None) -> None:
        """As if the picture at this address had been fetched."""
        developed = develop(body or picture())
        PictureFolder(self.settings.pictures_dir).keep(developed.hosted.digest, developed.files)
        self.store.pictures.keep(url, developed.hosted, self.clock.now)

    def fill(self, briefs: int) -> list[Brief]:
        """Several briefs of different kinds; every third without a picture."""
        return [self.publish(**changes) for changes in _different(briefs)]

    def _item(self, number: int, name: str) -> object:
        return item(
            number,
            guid=f"{name}-{number}",
            url=f"https://{name}.example/{number}",
            title=f"Headline {number} of {name} about what happened at Lac-Noir",
        )


@contextmanager
def full_newsroom(database_url: str, folder: Path, **changes: object) -> Iterator[PublicNewsroom]:
    """One that has published 40 briefs and corrected the last one."""
    upgrade(database_url)
    with closing(Store(database_url)) as store:
        made = PublicNewsroom(store, folder, **changes)
        *_, last = made.fill(40)
        made.host()
        made.clock.now += timedelta(minutes=10)
        made.desk.correct(last.id, last.version, last.wording, "It is 14 km, not 12.", PAULA)
        yield made


def _different(briefs: int) -> Iterator[dict[str, object]]:
    kickers = ("Transport", "Culture", "Politics", "Economy")
    for n in range(briefs):
        changes: dict[str, object] = {
            "headline": f"Brief {n}: something of note has happened in Vernay and Port-Alban",
            "kicker": kickers[n % 4],
            "categories": ("Belgium",) if n % 2 else ("World", "Europe"),
            "byline": ("QG", "Anna Peeters", "BC")[n % 3],
        }
        if n % 3 == 2:
            changes["picture"] = None
        if n % 5 == 4:
            changes |= {"language": "fr", "headline": f"Brève {n} : il s’est passé quelque chose"}
        if n % 7 == 6:
            changes |= {"series": "born-on", "kicker": "Born on this day"}
        yield changes
