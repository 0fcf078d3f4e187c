"""The wire in the store: words that are found, filters, pages, and what an editor has seen."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from aggregator.domain import ItemQuery, Look, Picture, Place, StoryState, WireQuery
from aggregator.store import Store
from tests.build import declare, item, source, take
from tests.feeds.desk import hire
from tests.stories.newsroom import FLOOD, SOURCES, TUNNEL, Newsroom

ME = "quentin"


@pytest.fixture
def newsroom(store: Store, tmp_path: Path) -> Newsroom:
    hire(store)
    hire(store, "paula")
    return Newsroom(store, tmp_path)


@pytest.fixture
def filled(newsroom: Newsroom) -> Newsroom:
    """Two events of three reports each, items 1 to 6 in turn, and one that nobody else has."""
    for n in range(3):
        newsroom.publish(TUNNEL[n], by=n, hours=3 - n)
        newsroom.publish(FLOOD[n], by=n, hours=3 - n)
    newsroom.publish("Un chat à l'Élysée", by=3, hours=1, language="fr")
    newsroom.group()
    return newsroom


def shown(newsroom: Newsroom, **asked: object) -> set[int]:
    """The first items of the stories that a query finds."""
    rows = newsroom.store.wire.find(WireQuery(**asked), ME)  # type: ignore[arg-type]
    assert newsroom.store.wire.count(WireQuery(**asked), ME) == len(rows)  # type: ignore[arg-type]
    return {row.story.items[0] for row in rows}


class TestWords:
    HEADLINES = (
        "L'Élysée et l'œuvre d'Ibsen",
        "Straßenbahn in Łódź",
        "東京都で地震、津波の心配なし",
        "Kleine-Brogel: 3.5 % mehr, sagt example.com/news",
        'He said "no" AND left OR stayed',
    )

    @pytest.fixture(params=["grouped", "not yet grouped", "changed since"])
    def words(self, newsroom: Newsroom, request: pytest.FixtureRequest) -> Newsroom:
        """Items 1 to 5; they are found in whatever way they came into the index."""
        is_changed = request.param == "changed since"
        for n, headline in enumerate(self.HEADLINES):
            newsroom.publish(
                "Before" if is_changed else headline,
                guid=f"g{n}",
                url=f"https://courant.example/{n}",
            )
        if request.param != "not yet grouped":
            newsroom.group()
        if is_changed:
            newsroom.now += timedelta(hours=1)
            for n, headline in enumerate(self.HEADLINES):
                newsroom.publish(headline, guid=f"g{n}", url=f"https://courant.example/{n}")
        return newsroom

    FOUND = (
        ("élysée", {1}), ("ELYSEE oeuvre", {1}), ("œuvre", {1}), ("ibs", {1}), ("strasse", {2}),
        ("straße", {2}), ("Łódź", {2}), ("lodz strassenbahn", {2}), ("東京", {3}), ("東", {3}),
        ("kleine-brogel", {4}), ("brogel kleine", {4}), ("3.5", {4}), ("example.com/news", {4}),
        ('"no"', {5}), ("AND OR", {5}), ("left stay", {5}), ("zebra", set()),
        ("'; DROP TABLE items; --", set()), ('"no', {5}), ("no*", {5}), ("search:zebra", set()),
        ("NEAR(zebra lion)", set()), ("{a b}:zebra^2", set()), ("zebra\\", set()), ("zebra & !no", set()),
        ("zebra\0", set()), ("\ud800zebra", set()), ("zebra <-> 'no':*", set()), ("no " * 50, {5}),
    )  # fmt: skip

    def test_they_are_found_however_they_are_written(self, words: Newsroom) -> None:
        for typed, found in self.FOUND:
            query = ItemQuery(search=typed)
            assert {i.id for i in words.store.items.find(query)} == found, typed

    def test_words_that_are_gone_are_not_found(self, words: Newsroom) -> None:
        assert list(words.store.items.find(ItemQuery(search="before"))) == []


class TestFilters:
    @pytest.mark.parametrize(
        ("asked", "found"),
        [
            ({}, {1, 2, 7}),
            ({"search": "sambrelle"}, {2}),
            ({"search": "marsault nine"}, {1}),
            ({"search": "..."}, set()),
            ({"sources": ["mirror"]}, {7}),
            ({"sources": ["mirror", "courant"]}, {1, 2, 7}),
            ({"sources": []}, set()),
            ({"language": "fr"}, {7}),
            ({"language": "f"}, set()),
            ({"state": StoryState.OPEN}, {1, 2, 7}),
            ({"state": StoryState.CLOSED}, set()),
            ({"covered": False}, {1, 2, 7}),
            ({"covered": True}, set()),
            ({"unseen": True}, {1, 2, 7}),
            ({"among": []}, set()),
        ],
    )
    def test_each_by_itself(
        self, filled: Newsroom, asked: dict[str, object], found: set[int]
    ) -> None:
        assert shown(filled, **asked) == found

    def test_by_time(self, filled: Newsroom) -> None:
        assert shown(filled, since=filled.now - timedelta(minutes=90)) == {1, 2, 7}
        assert shown(filled, since=filled.now) == set()
        assert shown(filled, until=filled.now - timedelta(hours=2)) == {1, 2}

    def test_by_what_editors_did(self, filled: Newsroom) -> None:
        tunnel, cat = filled.story_of(1), filled.story_of(7)
        filled.rulings().cover(tunnel)
        filled.store.looks.open(ME, cat, 7, filled.now)
        assert shown(filled, covered=True) == {1}
        assert shown(filled, unseen=True) == {1, 2}
        assert shown(filled, among=[tunnel, cat]) == {1, 7}
        assert shown(filled, made_from=cat) == {7}
        assert shown(filled, covered=False, unseen=True, search="orvaux") == {2}

    def test_closed_and_open(self, newsroom: Newsroom) -> None:
        newsroom.publish(TUNNEL[0])
        newsroom.group()
        newsroom.now += timedelta(days=8)
        newsroom.chatter()
        newsroom.group()
        assert shown(newsroom, state=StoryState.CLOSED) == {1}
        assert 1 not in shown(newsroom, state=StoryState.OPEN, limit=200)


class TestRows:
    def test_what_there_is_to_show(self, newsroom: Newsroom) -> None:
        picture = Picture("https://herald.example/p.jpg", "A tunnel", "M. Lens")
        newsroom.publish(TUNNEL[0], text="It opened. " * 100, hours=1)
        newsroom.publish(TUNNEL[1], by=1, picture=picture)
        newsroom.group()
        (row,) = newsroom.store.wire.find(WireQuery(), ME)
        assert row.story == newsroom.stories()[0]
        assert (row.sources, row.language) == (("Courant", "Herald"), "en")
        assert (row.picture, row.url) == (picture, "https://courant.example/1")
        assert (row.text[:10], len(row.text)) == ("It opened.", 400)
        assert (row.seen_at, row.unseen) == (None, 2)

    def test_hidden_items_are_not_counted(self, newsroom: Newsroom) -> None:
        quiet = replace(SOURCES[3], exclude=("tunnel",))
        declare(newsroom.store, *SOURCES[:3], quiet)
        newsroom.publish(TUNNEL[0])
        newsroom.publish(TUNNEL[1], by=quiet)
        newsroom.group()
        (row,) = newsroom.store.wire.find(WireQuery(), ME)
        assert (row.story.items, row.unseen) == ((1,), 1)

    def test_pages_have_each_story_once_also_where_ranks_are_equal(
        self, newsroom: Newsroom
    ) -> None:
        for letter in "abcdefghijklmnopqrstuvw":
            title = f"{letter}alu {letter}ero {letter}imo {letter}onu"
            newsroom.publish(title, published_at=newsroom.now)
        newsroom.group()
        whole = newsroom.store.wire.find(WireQuery(), ME)
        assert len({row.story.standing.rank for row in whole}) == 1
        found: list[int] = []
        place = None
        while rows := newsroom.store.wire.find(WireQuery(after=place, limit=5), ME):
            found += [row.story.id for row in rows]
            place = Place(rows[-1].story.standing.rank, rows[-1].story.id)
        assert found == [row.story.id for row in whole]
        assert len(set(found)) == 23

    def test_the_languages_of_the_news(self, filled: Newsroom) -> None:
        assert filled.store.wire.languages() == ["en", "fr"]


class TestSeen:
    def test_what_came_after_an_editor_looked_is_new_to_them(self, filled: Newsroom) -> None:
        tunnel, looks = filled.story_of(1), filled.store.looks
        newest = looks.newest_item(tunnel)
        looks.open(ME, tunnel, newest, filled.now)
        assert (newest, looks.seen(ME, tunnel)) == (5, (filled.now, 5))
        assert looks.seen("paula", tunnel) is None
        filled.publish("Tunnel of Lac-Noir opened after nine years by Marsault", by=3)
        assert shown(filled, unseen=True) == {2, 7}
        filled.group()
        assert shown(filled, unseen=True) == {1, 2, 7}
        (row,) = filled.store.wire.find(WireQuery(among=[tunnel]), ME)
        assert (row.seen_at, row.unseen) == (filled.now, 1)
        looks.open(ME, tunnel, looks.newest_item(tunnel), filled.now)
        assert shown(filled, unseen=True) == {2, 7}

    def test_a_look_at_the_wire(self, filled: Newsroom) -> None:
        looks = filled.store.looks
        assert looks.last(ME) is None
        looks.keep(ME, looks.now(filled.now))
        looks.keep(ME, looks.now(filled.now))
        assert looks.last(ME) == Look(filled.now, filled.story_of(7) + 1)
        assert looks.last("paula") is None
        filled.publish("A dog is found in a lake", by=3)
        filled.group()
        last = looks.last(ME)
        assert last
        assert shown(filled, made_from=last.next_story) == {8}


def test_a_storys_items_are_listed_with_their_sources(filled: Newsroom) -> None:
    listed = filled.store.items.of_story(filled.story_of(1), 2)
    assert [(one.item.id, one.source.name) for one in listed] == [(1, "Courant"), (3, "Herald")]
    ledgers = filled.store.stories.ledgers([1, 3, 99])
    assert {item: [entry.rule for entry in ledgers[item]] for item in ledgers} == {
        1: ["new"],
        3: ["joined"],
    }
    assert filled.store.items.titles([2, 99]) == {2: FLOOD[0]}


def test_an_item_of_very_many_words_can_be_stored(store: Store) -> None:
    long = source()
    declare(store, long)
    text = " ".join(f"각{n}힣" * 3 for n in range(16_000))
    assert take(store, long, item(1, text=text)) == (1, 0)
    assert len(list(store.items.find(ItemQuery(search="각1힣각1힣각1힣")))) == 1
