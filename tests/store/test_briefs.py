"""Briefs in a store: nothing typed is lost, nothing goes out twice; on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from threading import Barrier, Thread

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aggregator.domain import Brief, BriefQuery, BriefState, Picture, Wording
from aggregator.errors import DeskRefused, EditConflict
from aggregator.store import Store
from aggregator.store.claims import IDLE
from aggregator.store.wordings import STEP
from tests.desk.newsroom import ANNA, BEN, CARLA, COMPLETE, DeskRoom
from tests.stories.newsroom import SOURCES, TUNNEL


@pytest.fixture
def room(store: Store, tmp_path: Path) -> DeskRoom:
    return DeskRoom(store, tmp_path)


@pytest.fixture
def other(room: DeskRoom, database_url: str) -> Iterator[Store]:
    """A second process on the same database."""
    with closing(Store(database_url)) as opened:
        yield opened


def bodies(room: DeskRoom, brief: Brief) -> list[str]:
    return [one.wording.body for one in room.store.briefs.revisions(brief.id)]


class TestBeginning:
    def test_a_story_is_cited_originals_first(self, room: DeskRoom) -> None:
        room.publish("Le tunnel du Lac-Noir ouvre", by=3, language="fr", url="https://x.example/a")
        room.publish("Lac-Noir: het verhaal", by=0, url="https://x.example/a")
        room.group()
        assert room.story_of(4) == room.story_of(5) == room.story_of(1)
        made = room.desk.begin_from_story(room.story_of(1), ANNA)
        assert [c.item for c in made.wording.citations] == [1, 2, 3, 4, 5]
        first = made.wording.citations[0]
        assert (first.source, first.title, first.language) == ("Courant", TUNNEL[0], "en")
        assert first.url == "https://courant.example/1"
        assert (made.state, made.version, made.author) == (BriefState.DRAFT, 1, "anna")
        assert (made.wording.byline, made.wording.language) == ("AP", "en")
        assert made.uid.startswith("urn:uuid:")
        assert room.get(made.id) == made

    def test_a_disabled_account_begins_nothing(self, room: DeskRoom) -> None:
        with pytest.raises(DeskRefused, match="this account is disabled"):
            room.desk.begin_from_items([1], replace(ANNA, disabled_at=room.now))
        assert room.store.briefs.find(BriefQuery()) == []

    def test_items_are_cited_in_the_order_given(self, room: DeskRoom) -> None:
        made = room.desk.begin_from_items([3, 1, 3], BEN)
        assert [c.item for c in made.wording.citations] == [3, 1]
        assert made.story == room.story_of(1)

    @pytest.mark.parametrize("items", [[], [1, 99]])
    def test_what_is_not_there_cannot_be_cited(self, room: DeskRoom, items: list[int]) -> None:
        for step in (room.desk.cite, lambda ids: room.desk.begin_from_items(ids, ANNA)):
            with pytest.raises(DeskRefused) as caught:
                step(items)
            assert set(caught.value.reasons) == {"citations"}
        with pytest.raises(DeskRefused, match="no story 99"):
            room.desk.begin_from_story(99, ANNA)
        assert room.store.briefs.find(BriefQuery()) == []

    def test_all_that_was_typed_comes_back(self, room: DeskRoom) -> None:
        full = replace(
            COMPLETE, kicker="Born on", series="born-on", categories=("Transport", "Été"),
            picture=Picture("https://a.example/x.png", "A", "C", 640, 480), language="nl-BE",
        )  # fmt: skip
        made = room.desk.begin_from_items([1], ANNA, full)
        assert room.get(made.id).wording == full
        assert room.store.briefs.get(99) is None


class TestSaving:
    def test_what_cannot_be_stored_does_not_keep_the_rest_from_it(self, room: DeskRoom) -> None:
        saved = room.say(room.begin(), body="A\0 tunnel \x07 \N{TRAIN}")
        assert saved.wording.body == "A tunnel \x07 \N{TRAIN}"

    def test_a_stale_edit_is_refused_and_kept_beside(self, room: DeskRoom) -> None:
        seen = room.begin()
        stored = room.say(seen, CARLA, body="Carla's text")
        with pytest.raises(EditConflict) as caught:
            room.say(seen, BEN, body="Ben's text")
        assert caught.value.stored == stored == room.get(seen.id)
        assert caught.value.kept is not None
        kept = {one.number: one for one in room.store.briefs.revisions(seen.id)}
        beside = kept[caught.value.kept]
        assert (beside.who, beside.wording.body) == ("ben", "Ben's text")
        # Who knows both goes on from the stored one.
        both = room.say(stored, BEN, body="Carla's text and Ben's text")
        assert both.version > caught.value.kept
        assert "Ben's text" in bodies(room, seen)
        assert room.get(seen.id).wording.body == "Carla's text and Ben's text"

    def test_two_windows_of_one_editor_conflict_too(self, room: DeskRoom) -> None:
        seen = room.begin(body="One")
        room.say(seen, body="One, two")
        with pytest.raises(EditConflict):
            room.say(seen, body="One, three")
        assert {"One, two", "One, three"} <= set(bodies(room, seen))

    def test_the_same_again_is_no_conflict(self, room: DeskRoom) -> None:
        """A browser that got no answer sends it again."""
        seen = room.begin()
        stored = room.say(seen, body="Once")
        assert room.say(seen, body="Once") == stored

    def test_autosaves_that_add_are_one_revision(self, room: DeskRoom) -> None:
        current = room.begin(body="T")
        before = len(bodies(room, current))
        for end in range(2, 12):
            room.pass_(seconds=10)
            current = room.say(current, body="The tunnel."[:end])
        assert bodies(room, current)[before - 1 :] == ["The tunnel."]
        assert current.version == 12, "each save is seen by whoever rests on an earlier one"

    @pytest.mark.parametrize("what", ["time", "deletion", "editor", "state"])
    def test_what_begins_a_new_revision(self, room: DeskRoom, what: str) -> None:
        first = room.begin(body="The tunnel")
        count = len(bodies(room, first))
        if what == "time":
            room.now += STEP
        if what == "state":
            room.desk.submit(first.id, first.version, ANNA)
        editor = BEN if what == "editor" else ANNA
        body = "The tunnel is gone"[4:] if what == "deletion" else "The tunnel is open"
        room.say(first, editor, body=body)
        assert bodies(room, first)[-2:] == ["The tunnel", body]
        assert len(bodies(room, first)) == count + 1

    def test_restored_a_revision_is_the_newest_again(self, room: DeskRoom) -> None:
        first = room.begin(body="First")
        second = room.say(first, body="Second")
        (number,) = (
            one.number
            for one in room.store.briefs.revisions(first.id)
            if one.wording.body == "First"
        )
        again = room.desk.restore(first.id, second.version, number, BEN)
        assert again.wording == first.wording
        assert bodies(room, first)[-3:] == ["First", "Second", "First"]
        with pytest.raises(DeskRefused, match="no revision 99"):
            room.desk.restore(first.id, again.version, 99, BEN)

    def test_a_scheduled_brief_is_as_it_was_let_go(self, room: DeskRoom) -> None:
        made = room.begin()
        room.desk.schedule(made.id, made.version, room.now + timedelta(hours=1), ANNA)
        with pytest.raises(DeskRefused) as caught:
            room.say(made, body="Other")
        assert "take it back" in caught.value.reasons["state"]
        room.desk.recall(made.id, made.version, ANNA)
        room.say(made, body="Other")


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(
            st.text(alphabet="ab\n", max_size=6),
            st.sampled_from([ANNA, BEN]),
            st.integers(0, 200),
            st.booleans(),
        ),
        max_size=8,
    )
)
def test_nothing_that_was_saved_is_ever_lost(room: DeskRoom, saves) -> None:
    current = room.begin(body="")
    stale = current
    for body, editor, seconds, is_stale in saves:
        room.pass_(seconds=seconds)
        with suppress(EditConflict):
            room.say(stale if is_stale else current, editor, body=body)
        current = room.get(current.id)
    texts = [replace(current.wording, body=body) for body, *_ in saves]
    kept = [one.wording for one in room.store.briefs.revisions(current.id)]
    assert all(any(one.holds(text) for one in kept) for text in texts)


def test_a_wording_holds_what_it_adds_to() -> None:
    assert COMPLETE.holds(Wording())
    assert COMPLETE.holds(replace(COMPLETE, body=COMPLETE.body[:9], picture=None, citations=()))
    assert not Wording().holds(COMPLETE)
    assert not replace(COMPLETE, categories=("b", "a")).holds(
        replace(COMPLETE, categories=("a", "b"))
    )


class TestGoingOut:
    def test_it_is_found_at_its_address_and_its_story_is_covered(self, room: DeskRoom) -> None:
        room.store.claims.claim(room.story_of(1), "anna", room.now)
        edition = room.store.edition().number
        out = room.out()
        assert (out.state, out.slug) == (BriefState.PUBLISHED, "the-tunnel-of-lac-noir-opens")
        assert out.day == date(2026, 1, 20)
        assert room.store.briefs.at(date(2026, 1, 20), str(out.slug)) == out
        assert room.store.edition().number == edition + 1
        story = room.store.stories.get(room.story_of(1))
        assert story is not None
        assert story.is_covered
        assert room.rules(1)[-1] == "covered"
        assert room.store.claims.held(room.now) == {}
        done = room.store.audit.of_brief(out.id)
        assert [(e.action, e.who) for e in done] == [("created", "anna"), ("published", "anna")]

    def test_a_story_that_was_merged_is_covered_where_it_went(self, room: DeskRoom) -> None:
        made = room.begin()
        room.publish("A cat in a tree", by=3)
        room.group()
        cat = room.story_of(4)
        room.rulings().merge(cat, [room.story_of(1)])
        room.desk.publish(made.id, made.version, ANNA)
        story = room.store.stories.get(cat)
        assert story is not None
        assert story.is_covered

    def test_two_of_one_headline_have_an_address_each(self, room: DeskRoom) -> None:
        assert [room.out().slug for _ in range(3)] == [
            "the-tunnel-of-lac-noir-opens",
            "the-tunnel-of-lac-noir-opens-2",
            "the-tunnel-of-lac-noir-opens-3",
        ]
        room.pass_(days=1)
        assert room.out().slug == "the-tunnel-of-lac-noir-opens"

    def test_an_address_is_never_used_again(self, room: DeskRoom) -> None:
        first = room.out()
        room.desk.withdraw(first.id, first.version, "A hoax", ANNA)
        second = room.out()
        assert second.slug == "the-tunnel-of-lac-noir-opens-2"
        assert second.uid != first.uid
        gone = room.store.briefs.at(date(2026, 1, 20), str(first.slug))
        assert gone is not None
        assert (gone.state, gone.reason) == (BriefState.WITHDRAWN, "A hoax")

    def test_what_was_not_seen_is_not_published(self, room: DeskRoom) -> None:
        seen = room.begin()
        room.say(seen, BEN, body="Something else")
        with pytest.raises(EditConflict):
            room.desk.publish(seen.id, seen.version, ANNA)
        assert not room.get(seen.id).is_public

    def test_refused_it_is_as_it_was(self, room: DeskRoom) -> None:
        made = room.begin(byline="", picture=Picture("https://a.example/x.png", "A"))
        edition = room.store.edition()
        with pytest.raises(DeskRefused) as caught:
            room.desk.publish(made.id, made.version, ANNA)
        assert set(caught.value.reasons) == {"byline", "credit"}
        assert (room.get(made.id), room.store.edition()) == (made, edition)
        with pytest.raises(DeskRefused, match="no brief 99"):
            room.desk.publish(99, 1, ANNA)

    def test_corrected_and_withdrawn(self, room: DeskRoom) -> None:
        out = room.out()
        room.pass_(hours=1)
        edition = room.store.edition().number
        wording = replace(out.wording, headline="The tunnel of Lac-Noir is open")
        fixed = room.desk.correct(out.id, out.version, wording, "It is open already", CARLA)
        assert (fixed.uid, fixed.slug, fixed.day) == (out.uid, out.slug, out.day)
        assert (fixed.published_at, fixed.updated_at) == (out.published_at, room.now)
        assert [c.note for c in fixed.corrections] == ["It is open already"]
        assert room.store.briefs.published() == [fixed]
        room.pass_(hours=1)
        gone = room.desk.withdraw(out.id, fixed.version, "A hoax", ANNA)
        assert room.store.edition().number == edition + 2
        assert room.store.briefs.published() == []
        assert room.store.briefs.withdrawn(room.now) == [gone]
        assert room.store.briefs.withdrawn(room.now + timedelta(seconds=1)) == []
        assert [e.action for e in room.store.audit.latest(3)] == [
            "withdrawn",
            "corrected",
            "published",
        ]
        assert [r.wording.headline for r in room.store.briefs.revisions(out.id)][-2:] == [
            out.wording.headline,
            wording.headline,
        ]

    def test_lists(self, room: DeskRoom) -> None:
        first = room.out(series="born-on")
        room.pass_(hours=1)
        second = room.out()
        room.pass_(hours=1)
        draft = room.begin(BEN)
        find = room.store.briefs.find
        assert [b.id for b in find(BriefQuery())] == [draft.id, second.id, first.id]
        assert find(BriefQuery(states=(BriefState.DRAFT,))) == [draft]
        assert find(BriefQuery(series="born-on")) == [first]
        assert find(BriefQuery(author="ben")) == [draft]
        assert find(BriefQuery(limit=1)) == [draft]
        assert room.store.briefs.published(limit=1) == [second]
        assert room.store.briefs.published(since=second.published_at) == [second]


class TestScheduled:
    def planned(self, room: DeskRoom, **ahead: float) -> Brief:
        made = room.begin()
        at = room.now + timedelta(**ahead)
        return room.desk.schedule(made.id, made.version, at, ANNA)

    def test_it_goes_out_once_at_its_time(self, room: DeskRoom) -> None:
        planned = self.planned(room, hours=1)
        assert room.desk.publish_due() == []
        room.pass_(hours=3)
        (out,) = room.desk.publish_due()
        assert (out.id, out.published_at) == (planned.id, planned.publish_at)
        assert room.desk.publish_due() == []
        last = room.store.audit.of_brief(out.id)[-1]
        assert (last.action, last.who, last.at) == ("published", None, room.now)
        assert room.rules(1)[-1] == "covered"

    def test_of_two_schedulers_one_publishes(self, room: DeskRoom, other: Store) -> None:
        ids = {self.planned(room, minutes=5).id for _ in range(4)}
        room.pass_(minutes=6)
        desks = [room.desk, room.desk_over(other)]
        start, published = Barrier(2), []

        def run(n: int) -> None:
            start.wait()
            published.extend(desks[n].publish_due())

        threads = [Thread(target=run, args=(n,)) for n in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(b.id for b in published) == sorted(ids)
        actions = [e.action for e in room.store.audit.latest(100)]
        assert actions.count("published") == 4

    def test_what_is_recalled_does_not_go_out(self, room: DeskRoom) -> None:
        planned = self.planned(room, minutes=5)
        room.desk.recall(planned.id, planned.version, ANNA)
        room.pass_(minutes=6)
        assert room.desk.publish_due() == []


class TestClaims:
    def test_one_has_it_until_idle(self, room: DeskRoom) -> None:
        story, claims = room.story_of(1), room.store.claims
        mine = claims.claim(story, "anna", room.now)
        with pytest.raises(DeskRefused) as caught:
            claims.claim(story, "ben", room.now)
        assert caught.value.reasons == {"claim": "anna is at work on it"}
        room.pass_(minutes=20)
        assert claims.claim(story, "anna", room.now).since == mine.since
        room.now += IDLE
        assert claims.held(room.now) == {}
        assert not claims.seen(story, "anna", room.now), "what has lapsed must be claimed again"
        assert claims.claim(story, "ben", room.now).who == "ben"

    def test_taking_over_is_explicit_and_written_down(self, room: DeskRoom) -> None:
        story, claims = room.story_of(1), room.store.claims
        claims.claim(story, "anna", room.now)
        assert claims.claim(story, "ben", room.now, take_over=True).who == "ben"
        assert not claims.seen(story, "anna", room.now)
        claims.release(story, "anna", room.now)
        assert claims.held(room.now)[story].who == "ben"
        claims.release(story, "ben", room.now)
        assert claims.held(room.now) == {}
        log = [(e.who, e.action, e.detail) for e in reversed(room.store.audit.latest(9))]
        assert log == [
            ("anna", "claimed", ""),
            ("ben", "claimed", "from anna"),
            ("ben", "released", ""),
        ]
        with pytest.raises(DeskRefused, match="no story 99"):
            claims.claim(99, "anna", room.now)

    def test_who_writes_is_seen(self, room: DeskRoom) -> None:
        story = room.story_of(1)
        made = room.begin()
        room.store.claims.claim(story, "anna", room.now)
        room.pass_(minutes=29)
        made = room.say(made, body="Still at it")
        room.pass_(minutes=29)
        assert room.store.claims.held(room.now)[story].who == "anna"


class TestAlerts:
    def change(self, room: DeskRoom, title: str) -> None:
        """The first item's source changes it."""
        room._number = 0
        room.pass_(minutes=1)
        room.publish(title, by=SOURCES[0], hours=3)

    def test_a_cited_item_that_changes(self, room: DeskRoom) -> None:
        out = room.out()
        room.begin()
        self.change(room, "Lac-Noir tunnel does not open")
        (alert,) = room.store.alerts.open()
        assert (alert.brief, alert.item, alert.before, alert.after) == (out.id, 1, 1, 2)
        assert (alert.kind, alert.at) == ("revised", room.now)
        self.change(room, "Lac-Noir tunnel does not open")
        assert room.store.alerts.open(out.id) == [alert], "once for each change"
        self.change(room, "Lac-Noir tunnel opens after all")
        assert [(a.before, a.after) for a in room.store.alerts.open()] == [(1, 2), (2, 3)]
        assert room.get(out.id).wording.citations == out.wording.citations

    def test_dismissed_once(self, room: DeskRoom) -> None:
        out = room.out()
        self.change(room, "Lac-Noir tunnel does not open")
        (alert,) = room.store.alerts.open()
        room.store.alerts.dismiss(alert.id, "ben", room.now)
        assert room.store.alerts.open() == []
        last = room.store.audit.of_brief(out.id)[-1]
        assert (last.who, last.action, last.detail) == ("ben", "dismissed", "item 1, revision 2")
        with pytest.raises(DeskRefused):
            room.store.alerts.dismiss(alert.id, "anna", room.now)

    def test_correcting_resolves_and_withdrawing_ends_them(self, room: DeskRoom) -> None:
        out = room.out()
        self.change(room, "Lac-Noir tunnel does not open")
        fixed = room.desk.correct(out.id, out.version, out.wording, "It does not", ANNA)
        assert room.store.alerts.open() == []
        self.change(room, "Lac-Noir tunnel opens after all")
        assert len(room.store.alerts.open()) == 1
        room.desk.withdraw(out.id, fixed.version, "A hoax", ANNA)
        self.change(room, "Lac-Noir tunnel: what a hoax")
        assert room.store.alerts.open() == []

    def test_what_changed_before_it_went_out(self, room: DeskRoom) -> None:
        made = room.begin()
        self.change(room, "Lac-Noir tunnel does not open")
        assert room.store.alerts.open() == []
        room.desk.publish(made.id, made.version, ANNA)
        (alert,) = room.store.alerts.open(made.id)
        assert (alert.item, alert.after) == (1, 2)
