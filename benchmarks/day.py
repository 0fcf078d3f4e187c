"""Pictures of a day at the desk, for docs/day.md; ``benchmarks.tour`` makes them.

The desk is that of the demo, at a set time: its papers are polled, their reports grouped, its
briefs written, and ten minutes later a paper has corrected itself. Then an editor goes through the
pages.
"""

from __future__ import annotations

import json
import threading
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from aggregator.demo.origin import Origin
from aggregator.demo.papers import PAPERS
from aggregator.demo.writing import briefs, write
from aggregator.desk.desk import Desk
from aggregator.desk.passwords import hash_password
from aggregator.desk.workflow import Rules
from aggregator.domain import Editor, Role
from aggregator.jobs.grouping import Grouper
from aggregator.jobs.pictures import PictureFetching
from aggregator.jobs.polling import Polling
from aggregator.settings import Settings, load
from aggregator.store import Store, upgrade
from aggregator.store.folder import PictureFolder
from aggregator.wire.filters import excluded_by
from benchmarks.camera import SIZES, take_picture
from feeds import create_app
from tests.feeds.serving import serving
from tests.journeys.browser import Browser, browser
from tests.wire.poller import Clock

MORNING = datetime(2026, 1, 20, 9, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
PASSWORD = "a long way to the sea"
QUENTIN = Editor("quentin", "Quentin Gérard", "QG", Role.PUBLISHER)
SITE = "title: The Demo Wire\nstrapline: Fictional news to the point\n"
HEADLINE = "Halvorsen and Dupré become one brewery"
BODY = (
    "According to The Courant, the breweries Halvorsen and Dupré are to be one group of 9,500 "
    "people. The deal is worth {} billion euros."
)


def look(target: Path) -> None:
    """Make the newsroom, go through its pages, write the pictures."""
    clock = Clock(MORNING)
    with TemporaryDirectory() as folder, Origin(0, clock) as origin:
        thread = threading.Thread(target=origin.serve_forever, args=(0.02,))
        thread.start()
        try:
            _newsroom(Path(folder), origin, clock, target)
        finally:
            origin.shutdown()
            thread.join()


def _newsroom(folder: Path, origin: Origin, clock: Clock, target: Path) -> None:
    settings = _settings(folder, origin)
    upgrade(settings.database_url)
    with closing(Store(settings.database_url)) as store:
        store.editors.add(QUENTIN, hash_password(PASSWORD), clock())
        store.sources.declare(settings.sources, clock(), excluded_by)
        _pass_the_morning(settings, store, origin, clock)
        with serving(create_app(settings, store, clock)) as base:
            for kind in ("phone", "wide"):
                with browser(base, SIZES[kind]) as window:
                    _go_through(window, kind, target, publish=kind == "wide")


def _settings(folder: Path, origin: Origin) -> Settings:
    (folder / "aggregator.yaml").write_text(SITE)
    papers = [paper for paper in PAPERS.values() if not (paper.down or paper.page_only)]
    rows = [
        {"id": p.id, "name": p.title, "language": p.language, "url": f"{origin.url}/{p.id}/feed"}
        for p in papers
    ]
    # JSON is YAML.
    (folder / "sources.yaml").write_text(json.dumps({"sources": rows}))
    return load(
        folder,
        {
            "AGGREGATOR_DATABASE_URL": f"sqlite:///{folder}/day.db",
            "AGGREGATOR_ALLOW_NETWORKS": origin.url.removeprefix("http://"),
            "AGGREGATOR_HOST_RATE": "0",
            "AGGREGATOR_BASE_URL": "http://127.0.0.1",
            "AGGREGATOR_PICTURES_DIR": str(folder / "pictures"),
        },
    )


def _pass_the_morning(settings: Settings, store: Store, origin: Origin, clock: Clock) -> None:
    desk = Desk(store, Rules(settings.time_zone), settings.languages, clock)
    grouper = Grouper(store, settings, clock)
    with closing(Polling(settings, store, clock)) as polling:
        folder = PictureFolder(settings.pictures_dir)
        pictures = PictureFetching(store, folder, polling.fetcher, MINUTE, clock)

        def poll() -> None:
            list(polling.run(polling.claim(source.id for source in settings.sources)))
            grouper.catch_up()

        poll()
        for row in briefs():
            clock.now += MINUTE
            assert write(desk, store, QUENTIN, row, origin.url), row["about"]
        with closing(pictures):
            pictures.fetch_due()
        clock.now += 10 * MINUTE
        poll()


def _go_through(window: Browser, kind: str, target: Path, *, publish: bool) -> None:
    """From the wire to the site; what is not to be published stays a draft for the next."""

    def picture(name: str) -> None:
        whole = kind == "wide" and name != "wire"
        take_picture(window, target / f"{name}-{kind}.png", whole=whole)

    window.open("/desk/")
    window.fill("Username", QUENTIN.username)
    window.fill("Password", PASSWORD)
    window.press("Log in")
    picture("wire")
    window.follow("Halvorsen")
    window.until(lambda: "/desk/stories/" in window.driver.current_url)
    picture("story")
    window.press("Write")
    window.fill("Headline", HEADLINE)
    window.fill("Text", BODY.format("5.1"))
    window.until(lambda: "5.1 billion euros: no cited source has it" in window.text)
    picture("writing")
    if publish:
        window.fill("Text", BODY.format("4.1"))
        window.press("Publish now")
        window.follow("On the site")
        picture("published")
        window.open("/desk/briefs")
        picture("briefs")
        window.follow("Brenning to line")
        window.until(lambda: "/desk/briefs/" in window.driver.current_url)
        picture("correcting")
    window.open("/")
    picture("front")
    for complaint in window.complaints():
        print(f"the console says: {complaint}")
