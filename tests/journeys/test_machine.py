"""Whatever happens in whatever order: every item once, ids for ever, the feed valid, no early poll.

A machine that looks for the order of events which breaks a promise.
"""

from __future__ import annotations

import re
import tempfile
from contextlib import ExitStack
from dataclasses import replace
from datetime import datetime, timedelta
from email.utils import format_datetime
from html import escape
from io import BytesIO
from pathlib import Path
from typing import Any

import feedparser
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    precondition,
    rule,
)
from lxml import etree

from aggregator.desk.desk import Desk
from aggregator.desk.workflow import Rules
from aggregator.domain import Brief, Editor, ItemQuery, Role, Wording
from aggregator.jobs.grouping import Grouper
from aggregator.settings import load
from aggregator.store import Store, upgrade
from feeds import create_app
from tests.build import NOW, WORDS, declare, source
from tests.databases import empty_database
from tests.origin import Origin
from tests.wire.poller import Bench, Clock, polling

FLOOR = timedelta(minutes=10)
SOURCES = ("fanal", "courant")
EDITOR = Editor("anna", "Anna Peeters", "AP", Role.PUBLISHER)
ATOM = "{http://www.w3.org/2005/Atom}"

sources = st.sampled_from(SOURCES)


class Newsroom(RuleBasedStateMachine):
    """Two sources, one database that is closed and opened again, one desk."""

    published: Bundle[int] = Bundle("published")

    def __init__(self) -> None:
        super().__init__()
        self.clock = Clock(NOW)
        self.number = 0
        self.shown: dict[str, list[tuple[int, str, datetime]]] = {name: [] for name in SOURCES}
        self.recorded: set[tuple[str, str]] = set()
        self.entry_ids: dict[str, str] = {}
        self.asked: dict[str, datetime] = {}
        self.public: dict[int, tuple[str, str]] = {}
        self.gone: list[tuple[str, str]] = []
        self.outer = ExitStack()
        self.folder = Path(self.outer.enter_context(tempfile.TemporaryDirectory()))
        self.origin = self.outer.enter_context(Origin())
        self.url = self.outer.enter_context(empty_database(self.folder / "machine.db"))
        upgrade(self.url)
        self.open()

    def open(self) -> None:
        self.inner = ExitStack()
        self.store = Store(self.url)
        self.inner.callback(self.store.close)
        declare(self.store, *(source(name, url=self.origin.url + f"/{name}") for name in SOURCES))
        self.bench: Bench = self.inner.enter_context(polling(self.store, self.folder, self.clock))
        self.settings = load(self.folder, {"AGGREGATOR_BASE_URL": "https://news.example"})
        self.desk = Desk(self.store, Rules(self.settings.time_zone), ["en"], self.clock)
        self.client = create_app(self.settings, self.store, self.clock).test_client()
        self.grouper = Grouper(self.store, self.settings, self.clock, lambda: None)

    def teardown(self) -> None:
        self.inner.close()
        self.outer.close()

    # What the sources do.

    @initialize()
    def begin(self) -> None:
        for name in SOURCES:
            self.report(name, 3)

    @rule(name=sources, count=st.integers(1, 4))
    def report(self, name: str, count: int) -> None:
        for _ in range(count):
            self.number += 1
            words = " ".join(WORDS[self.number * k % len(WORDS)] for k in (1, 5, 7))
            title = f"{words.capitalize()} {self.number * 7919}"
            self.shown[name].insert(0, (self.number, title, self.clock.now))
        self.print(name)

    @rule(name=sources, data=st.data())
    def edit(self, name: str, data: Any) -> None:
        if not self.shown[name]:
            return
        index = data.draw(st.integers(0, len(self.shown[name]) - 1))
        number, title, at = self.shown[name][index]
        self.shown[name][index] = (number, f"{title}, updated", at)
        self.print(name)

    @rule(name=sources, order=st.randoms())
    def reorder(self, name: str, order: Any) -> None:
        order.shuffle(self.shown[name])
        self.print(name)

    @rule(name=sources)
    def drop_the_oldest(self, name: str) -> None:
        del self.shown[name][3:]
        self.print(name)

    @rule(name=sources, status=st.sampled_from([404, 500, 503]))
    def fail(self, name: str, status: int) -> None:
        self.origin.put(f"/{name}", "in trouble", status=status)

    @rule(name=sources)
    def answer_cut(self, name: str) -> None:
        self.origin.put(f"/{name}", self.document(name)[:-80])

    def print(self, name: str) -> None:
        self.origin.put(f"/{name}", self.document(name))

    def document(self, name: str) -> str:
        entries = "".join(
            f"<item><title>{escape(title)}</title><guid isPermaLink='false'>{name}:{number}</guid>"
            f"<link>https://{name}.example/{number}</link><pubDate>{format_datetime(at)}</pubDate>"
            f"<description>{escape(title)} it is said.</description></item>"
            for number, title, at in self.shown[name]
        )
        return f'<rss version="2.0"><channel><title>{name}</title>{entries}</channel></rss>'

    # What the service does.

    @rule(minutes=st.integers(1, 300))
    def poll_what_is_due(self, minutes: int) -> None:
        self.clock.now += timedelta(minutes=minutes)
        for name in self.bench.due():
            before = self.asked.get(name)
            assert before is None or self.clock.now - before >= FLOOR, "polled too early"
            self.asked[name] = self.clock.now
            self.note(name)

    @rule(name=sources)
    def poll_now(self, name: str) -> None:
        self.clock.now += timedelta(seconds=30)
        self.bench.poll(name)
        self.asked[name] = self.clock.now
        self.note(name)

    def note(self, name: str) -> None:
        """What a good poll has recorded must be there from now on."""
        if self.origin.answers[f"/{name}"].body.endswith(b"</rss>"):
            self.recorded |= {(name, f"{name}:{number}") for number, _, _ in self.shown[name]}

    @rule()
    def group(self) -> None:
        self.grouper.catch_up()

    @rule()
    def restart(self) -> None:
        self.inner.close()
        self.open()

    # What the desk does.

    @precondition(lambda self: self.recorded)
    @rule(target=published)
    def publish(self) -> int:
        item = next(iter(self.store.items.find(ItemQuery(limit=1))))
        wording = Wording(
            headline=f"Brief of item {item.id}",
            body="According to *Le Fanal*, it is so.",
            byline="AP",
            citations=self.desk.cite([item.id]),
        )
        draft = self.desk.begin_from_items([item.id], EDITOR, wording)
        out = self.desk.publish(draft.id, draft.version, EDITOR)
        self.public[out.id] = (out.uid, f"/news/{out.day:%Y/%m/%d}/{out.slug}")
        return out.id

    @rule(brief_id=published)
    def correct(self, brief_id: int) -> None:
        before = self.brief(brief_id)
        wording = replace(before.wording, headline=f"{before.wording.headline[:60]}!")
        after = self.desk.correct(before.id, before.version, wording, "It was wrong.", EDITOR)
        assert after.updated_at is not None
        assert before.updated_at is not None
        assert after.updated_at > before.updated_at
        assert (after.uid, after.slug, after.day) == (before.uid, before.slug, before.day)

    @rule(brief_id=consumes(published))
    def withdraw(self, brief_id: int) -> None:
        brief = self.brief(brief_id)
        self.desk.withdraw(brief.id, brief.version, "It did not happen.", EDITOR)
        self.gone.append(self.public.pop(brief_id))

    def brief(self, brief_id: int) -> Brief:
        found = self.store.briefs.get(brief_id)
        assert found is not None
        return found

    # What must hold at any time.

    @invariant()
    def every_item_is_there_once(self) -> None:
        stored = [(i.source_id, i.guid) for i in self.store.items.find(ItemQuery(limit=100_000))]
        assert len(stored) == len(set(stored)), "doubled"
        assert self.recorded <= set(stored), "lost"

    @invariant()
    def the_feed_is_valid_and_its_ids_are_for_ever(self) -> None:
        body = self.client.get("/feed.atom").data
        root = etree.fromstring(body)
        ids = [entry.findtext(f"{ATOM}id") for entry in root.iter(f"{ATOM}entry")]
        assert len(ids) == len(set(ids))
        read = feedparser.parse(BytesIO(body))
        assert not read.bozo
        for entry in read.entries:
            link = entry.link
            assert self.entry_ids.setdefault(link, entry.id) == entry.id, "an id has changed"
        for uid, path in self.public.values():
            assert uid in ids
            assert self.client.get(path).status_code == 200
        for uid, path in self.gone:
            assert uid not in ids
            assert self.client.get(path).status_code == 410
        assert not re.search(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]", body)


TestNewsroom = pytest.mark.usefixtures("databases")(Newsroom.TestCase)
TestNewsroom.settings = settings(
    max_examples=10,
    stateful_step_count=40,
    suppress_health_check=list(HealthCheck),
)
