"""What follows publishing, on both databases: watches, articles, slots, corrections of sources."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from aggregator.domain import AlertKind, BriefQuery, BriefState, Watch, Wording
from aggregator.errors import DeskRefused
from aggregator.store import Store
from tests.build import declare
from tests.desk.newsroom import ANNA, BEN, DeskRoom
from tests.stories.newsroom import SOURCES

DAY = date(2026, 1, 21)
LEASE = timedelta(hours=2)


@pytest.fixture
def room(store: Store, tmp_path: Path) -> DeskRoom:
    return DeskRoom(store, tmp_path)


def taken(room: DeskRoom) -> list[Watch]:
    since = room.now - timedelta(days=7)
    return room.store.watches.take(since, room.now, room.now, LEASE, 20)


def revise(room: DeskRoom, text: str) -> None:
    """The first item's source says something else."""
    room._number = 0
    room.pass_(minutes=1)
    said = {"text": text, "summary": f"<p>{text}</p>"}
    room.publish("Lac-Noir tunnel opens", by=SOURCES[0], hours=3, **said)


def test_a_watch_from_the_first_look_to_the_alert(room: DeskRoom) -> None:
    assert taken(room) == []
    out = room.out()
    found = taken(room)
    assert sorted(watch.url for watch in found) == sorted(c.url for c in out.wording.citations)
    assert taken(room) == [], "somebody is at it"
    gone = replace(found[0], looked_at=room.now, misses=2, gone_at=room.now, status=404)
    rest = [replace(one, looked_at=room.now, next_at=room.now + LEASE) for one in found[1:]]
    room.store.watches.record([gone, *rest], room.now)
    (alert,) = room.store.alerts.open()
    cited = next(c for c in out.wording.citations if c.url == gone.url)
    assert (alert.kind, alert.item, alert.before, alert.after) == (AlertKind.GONE, cited.item, 1, 1)
    room.pass_(hours=3)
    assert taken(room) == rest
    room.store.watches.record([replace(gone, gone_at=room.now)], room.now)
    assert room.store.alerts.count() == 1, "once"


def test_a_source_that_corrects_itself(room: DeskRoom) -> None:
    room.out()
    for text, kind in (
        ("It is 14 km long.", AlertKind.REVISED),
        ("It is 15 km long. Correction: not 14.", AlertKind.CORRECTED),
        ("It is 15 km long. Correction: not 14. It opens today.", AlertKind.REVISED),
    ):
        revise(room, text)
        assert room.store.alerts.open()[-1].kind is kind
    made = room.begin()
    revise(room, "It is 15 km long. Erratum: it does not open.")
    room.desk.publish(made.id, made.version, ANNA)
    (alert,) = room.store.alerts.open(made.id)
    assert alert.kind is AlertKind.CORRECTED, "while it was written"


def test_a_withdrawn_brief_covers_its_story_no_longer(room: DeskRoom) -> None:
    story = room.story_of(1)

    def is_covered() -> bool:
        found = room.store.stories.get(story)
        return found is not None and found.is_covered

    first, second = room.out(), room.out()
    assert is_covered()
    room.desk.withdraw(first.id, first.version, "A hoax", ANNA)
    assert is_covered(), "another brief does"
    room.desk.withdraw(second.id, second.version, "A hoax", ANNA)
    assert not is_covered()


def test_a_discarded_draft_is_kept_and_listed_where_it_is_asked_for(room: DeskRoom) -> None:
    made = room.begin(BEN)
    room.store.claims.claim(room.story_of(1), "ben", room.now)
    gone = room.desk.discard(made.id, made.version, BEN)
    assert gone.state is BriefState.DISCARDED
    assert room.store.claims.held(room.now) == {}
    assert room.store.briefs.find(BriefQuery()) == []
    assert room.store.briefs.find(BriefQuery((BriefState.DISCARDED,))) == [gone]
    assert [e.action for e in room.store.audit.of_brief(made.id)][-1] == "discarded"
    with pytest.raises(DeskRefused, match="discarded"):
        room.say(gone, headline="Still at it")
    back = room.desk.recall(made.id, gone.version, ANNA)
    assert (back.state, back.wording) == (BriefState.DRAFT, made.wording)


def test_a_slot_is_one_brief_s_until_that_is_given_up(room: DeskRoom) -> None:
    slot = ("born-on", DAY)
    wording = Wording(headline="Born on January 21: ", series="born-on")
    first = room.desk.begin_for_slot(slot, ANNA, wording)
    assert room.desk.begin_for_slot(slot, BEN, wording) == first
    assert room.desk.begin_for_slot(("rip", DAY), BEN, wording).id != first.id
    assert room.store.slots.taken(["born-on"], DAY) == {slot: (first.id, "anna")}
    room.desk.discard(first.id, first.version, ANNA)
    assert room.store.slots.taken(["born-on"], DAY) == {}
    again = room.desk.begin_for_slot(slot, BEN, wording)
    assert (again.id != first.id, again.author) == (True, "ben")


def test_articles_go_with_the_operator_s_word(room: DeskRoom) -> None:
    texts = room.store.article_texts
    with pytest.raises(DeskRefused):
        texts.ask(1, "anna", room.now)
    declare(room.store, *(replace(one, article=True) for one in SOURCES))
    texts.ask(1, "anna", room.now)
    assert texts.take(room.now, LEASE, 5) == [(1, "https://courant.example/1")]
    texts.keep(1, room.now, "One.\nTwo.")
    assert texts.of([1, 2])[1].text == "One.\nTwo."
    texts.ask(1, "ben", room.now)
    assert texts.of([1])[1].asked_by == "anna", "it is there"
    revise(room, "It does not open.")
    texts.ask(1, "ben", room.now)
    assert texts.of([1])[1].asked_by == "ben", "its source has changed it since"
