"""Pictures for docs/day.md and docs/tour.md: ``python -m benchmarks.tour [FOLDER]``.

The desk's are of the demo (``day``). For the operators' a newsroom with a month behind it is made
up and served on loopback. Both are looked at with a real browser (chromium and chromedriver), in a
window and on a phone. Says where a page is too wide.
"""

from __future__ import annotations

import random
import sys
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import insert

from aggregator.desk.passwords import hash_password
from aggregator.domain import Editor, Gap, Incident, PollResult, Role, Source
from aggregator.oversight.alarms import conditions, review
from aggregator.oversight.incidents import review as review_incidents
from aggregator.oversight.limits import Limits
from aggregator.settings import load
from aggregator.store import Store, upgrade
from aggregator.store.ops_schema import sizes
from aggregator.wire.filters import excluded_by
from benchmarks.camera import SIZES, take_picture
from benchmarks.day import look as look_at_desk
from feeds import create_app
from tests.build import LEASE, ME, item, take
from tests.feeds.serving import serving
from tests.journeys.browser import browser

NOW = datetime(2026, 3, 20, 9, 30, tzinfo=UTC)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
PASSWORD = "a long way to the sea"
PAGES = {
    "overview": "/ops/",
    "failing": "/ops/?state=failing",
    "source": "/ops/sources/la-meuse",
    "editing": "/ops/sources.yaml",
    "settings": "/ops/config",
    "incidents": "/ops/incidents",
    "storage": "/ops/storage",
    "audit": "/ops/audit",
}
SITE = "title: Harbour Newsroom\nretention: {texts: 365d}\n"
USUAL = {"fanal": 18, "courant": 9, "la-meuse": 12, "kust": 5, "herald": 3}
"""Items on a good day."""

SOURCES = """# The feeds that we poll.
sources:
  - {id: fanal, name: Le Fanal, url: "https://fanal.example/rss", language: fr, weight: 2}
  - {id: courant, name: The Courant, url: "https://courant.example/feed.xml", language: en}
  - {id: la-meuse, name: La Meuse libre, url: "https://meuse.example/rss/une.xml", language: fr}
  - {id: kust, name: De Kust, url: "https://kust.example/nieuws/rss", language: nl}
  - {id: herald, name: Harbour Herald, url: "https://herald.example/index.rss", language: en}
  - {id: gazette, name: Old Gazette, url: "https://gazette.example/atom", language: en}
  - {id: quiet, name: Quiet Quarterly, url: "https://quiet.example/feed", enabled: false}
"""


def main() -> None:
    """Write the pictures of both."""
    target = Path(sys.argv[1] if len(sys.argv) > 1 else "docs/tour")
    target.mkdir(parents=True, exist_ok=True)
    look_at_desk(target)
    look_at_operations(target)


def look_at_operations(target: Path) -> None:
    """Make up a newsroom and write the pictures of the operators' pages."""
    with TemporaryDirectory() as folder:
        config = Path(folder, "config")
        config.mkdir()
        (config / "sources.yaml").write_text(SOURCES)
        (config / "aggregator.yaml").write_text(SITE)
        url = f"sqlite:///{folder}/tour.db"
        upgrade(url)
        settings = load(config, {})
        with closing(Store(url)) as store:
            _make_up(store, settings.sources)
            app = create_app(replace(settings, base_url="http://127.0.0.1"), store, lambda: NOW)
            with serving(app) as base:
                for kind in SIZES:
                    _look(base, kind, target)


def _look(base: str, kind: str, target: Path) -> None:
    with browser(base, SIZES[kind]) as window:
        window.open("/desk/login?next=/ops/")
        window.fill("Username", "olga")
        window.fill("Password", PASSWORD)
        window.press("Log in")
        for name, path in PAGES.items():
            window.open(path)
            if name == "editing":
                window.driver.execute_script(
                    "const t = document.getElementById('text');"
                    "t.value = t.value.replace('name: De Kust', 'name: Kustnieuws')"
                )
                window.press("Check, and show what changes")
            take_picture(window, target / f"{name}-{kind}.png")
        for complaint in window.complaints():
            print(f"the console says: {complaint}")


def _make_up(store: Store, declared: tuple[Source, ...]) -> None:
    chance = random.Random(7)
    store.sources.declare(declared, NOW - 31 * DAY, excluded_by)
    by_id = {source.id: source for source in declared}
    for day in range(31):
        now = NOW - (30 - day) * DAY
        for key, usual in USUAL.items():
            if key == "la-meuse" and day > 28:
                continue
            count = chance.randint(0, usual)
            found = [
                item(
                    f"{key}-{day}-{n}",
                    url=f"https://{key}.example/{day}/{n}",
                    title=f"{key} {day} {n}",
                    published_at=now,
                )
                for n in range(count)
            ]
            more = {"etag": '"x"', "status": 200, "pace": HOUR / 2, "compared": day}
            take(store, by_id[key], *found, now=now, next_poll_at=now + HOUR / 2, **more)
    _fail(store, "la-meuse", (503, "Service Unavailable"), 1 * DAY, 4)
    _fail(store, "la-meuse", (404, "Not Found"), 9 * HOUR, 3)
    _fail(store, "gazette", (410, "Gone"), 2 * DAY, 2, gone_at=NOW - DAY)
    moved = {"moved_to": "https://www.herald.example/feed", "moved_seen": 2, "etag": '"y"'}
    take(store, by_id["herald"], now=NOW - HOUR / 4, next_poll_at=NOW + HOUR, status=200, **moved)
    then = NOW - HOUR
    (job,) = store.polls.claim(["kust"], then, LEASE, ME)
    state = replace(job.state, polled_at=then, succeeded_at=then, next_poll_at=NOW + HOUR)
    store.polls.record([PollResult(state, gap=Gap(then - 2 * HOUR, then, filled=False))], ME)
    _incidents(store)
    with store.sources._database.write() as connection:
        for day in range(90):
            size = 40_000_000 + day * 900_000 + chance.randint(0, 400_000)
            at = (NOW - (89 - day) * DAY).date()
            connection.execute(insert(sizes).values(day=at, bytes=size, items=day * 900))
    operator = Editor("olga", "Olga Claes", "OC", Role.OPERATOR)
    store.editors.add(operator, hash_password(PASSWORD), NOW)
    store.sources.poll_soon("courant", "olga", NOW - HOUR)


def _fail(
    store: Store, key: str, said: tuple[int, str], ago: timedelta, times: int, **more: object
) -> None:
    status, phrase = said
    for number in range(times):
        at = NOW - ago + number * HOUR
        (job,) = store.polls.claim([key], at, LEASE, ME)
        learnt = {"polled_at": at, "next_poll_at": at + 8 * HOUR, "status": status, **more}
        failures = job.state.failures + 1
        state = replace(job.state, error=f"HTTP {status} {phrase}", failures=failures, **learnt)
        store.polls.record([PollResult(state, before=job.state)], ME)


def _incidents(store: Store) -> None:
    cause = "It did not answer in time. Nothing, if it comes back by itself."
    begun, over = NOW - 9 * DAY, NOW - 8 * DAY
    old = Incident("kust", begun, over, cause, resolved_at=over)
    store.incidents.record([old])
    troubles = store.failures.troubles()
    store.incidents.record(review_incidents(troubles, [], NOW, Limits()))
    queue = store.figures.queue(NOW)
    present = conditions(troubles, replace(queue, lag=timedelta(0)), None, NOW, Limits())
    for alarm in review(present, [], NOW)[0]:
        store.alarms.put(alarm)


if __name__ == "__main__":
    main()
