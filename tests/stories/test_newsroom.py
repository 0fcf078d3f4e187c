"""Stories in a store: grouped as items come, changed by editors, explained."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from aggregator.domain import StoryQuery, StoryState
from aggregator.errors import RulingRefused
from aggregator.store import Store
from tests.build import declare
from tests.stories.newsroom import FLOOD, SOURCES, TUNNEL, Newsroom


@pytest.fixture
def newsroom(store: Store, tmp_path: Path) -> Newsroom:
    return Newsroom(store, tmp_path)


@pytest.fixture
def filled(newsroom: Newsroom) -> Newsroom:
    """Two events of three reports each, items 1 to 6 in turn."""
    for n in range(3):
        newsroom.publish(TUNNEL[n], by=n, hours=3 - n)
        newsroom.publish(FLOOD[n], by=n, hours=3 - n)
    newsroom.group()
    return newsroom


BOTH = {(1, 3, 5), (2, 4, 6)}


class TestGrouping:
    def test_reports_of_one_event_become_one_story(self, filled: Newsroom) -> None:
        assert filled.groups() == BOTH
        tunnel = next(s for s in filled.stories() if 1 in s.items)
        assert tunnel.title == TUNNEL[0]
        assert tunnel.state is StoryState.OPEN
        assert tunnel.standing.sources == ("courant", "herald", "post")
        assert tunnel.standing.languages == ("en",)
        assert tunnel.standing.spread == timedelta(hours=2) + 4 * timedelta(seconds=7)

    def test_there_is_nothing_to_do_twice(self, filled: Newsroom) -> None:
        assert not filled.store.stories.has_pending()
        assert filled.group() == 0

    def test_an_item_knows_its_story(self, filled: Newsroom) -> None:
        item = filled.store.items.get(3)
        assert item is not None
        assert item.story == filled.story_of(1)

    def test_a_restart_between_any_two_reports_changes_nothing(self, newsroom: Newsroom) -> None:
        for n in range(3):
            for titles in (TUNNEL, FLOOD):
                newsroom.publish(titles[n], by=n)
                newsroom.group()
                newsroom.restart()
        assert newsroom.groups() == BOTH

    @pytest.mark.parametrize("restarts", [False, True])
    @pytest.mark.parametrize("before", [0, 20])
    def test_which_sources_bring_the_same_texts_is_known_after_a_restart(
        self, newsroom: Newsroom, before: int, restarts: bool
    ) -> None:
        for n in range(before):
            newsroom.publish(f"Council of Orvaux votes on tram line {n} after a row", by=n % 2)
            newsroom.publish(f"Council of Orvaux votes on tram line {n} after a row", by=1 - n % 2)
            if n % 5 == 0:
                newsroom.group()
        newsroom.group()
        if restarts:
            newsroom.restart()
        newsroom.publish(TUNNEL[0], by=0)
        newsroom.publish(TUNNEL[2], by=1)
        newsroom.group()
        assert ("text" in newsroom.rules(2 * before + 2)) == bool(before)

    def test_whoever_groups_meanwhile_nothing_is_grouped_twice(self, newsroom: Newsroom) -> None:
        newsroom.publish(TUNNEL[0])
        newsroom.group()
        first = newsroom.grouper
        newsroom.restart()
        newsroom.publish(TUNNEL[1], by=1)
        newsroom.group()
        newsroom.publish(TUNNEL[2], by=2)
        assert first.catch_up() == 1, "it looks again, since another one was at work"
        assert newsroom.groups() == {(1, 2, 3)}
        assert [newsroom.rules(n) for n in (1, 2, 3)] == [["new"], ["joined"], ["joined"]]

    def test_a_story_is_closed_when_nothing_came_for_its_window(self, newsroom: Newsroom) -> None:
        newsroom.publish(TUNNEL[0])
        newsroom.group()
        newsroom.now += timedelta(days=8)
        newsroom.chatter()
        newsroom.publish(TUNNEL[1], by=1)
        newsroom.group()
        old = newsroom.store.stories.get(newsroom.story_of(1))
        assert old is not None
        assert (old.state, old.items) == (StoryState.CLOSED, (1,))

    def test_a_late_report_gets_a_story_of_its_own_and_says_why(self, newsroom: Newsroom) -> None:
        newsroom.chatter()
        newsroom.group()
        newsroom.publish(TUNNEL[0], hours=24 * 30)
        newsroom.group()
        assert newsroom.rules(261) == ["late"]
        assert (261,) in newsroom.groups()

    def test_the_past_that_a_source_invents_does_not_close_the_present(
        self, newsroom: Newsroom
    ) -> None:
        newsroom.publish(TUNNEL[0], hours=-24 * 90)
        newsroom.group()
        newsroom.publish(TUNNEL[1], by=1)
        newsroom.group()
        assert newsroom.groups() == {(1, 2)}

    def test_the_same_page_in_two_sources_is_one_story(self, newsroom: Newsroom) -> None:
        page = "https://agency.example/story"
        newsroom.publish("A first headline", url=page)
        newsroom.publish("Another one", by=1, url=page)
        newsroom.group()
        assert newsroom.groups() == {(1, 2)}
        assert "same page" in newsroom.rules(2)

    def test_what_a_filter_hides_counts_for_nothing(self, newsroom: Newsroom) -> None:
        quiet = replace(SOURCES[3], exclude=("tunnel",))
        declare(newsroom.store, *SOURCES[:3], quiet)
        newsroom.publish(TUNNEL[0])
        newsroom.publish(TUNNEL[1], by=quiet)
        newsroom.publish("A tunnel for toads was dug below the motorway", by=quiet)
        newsroom.group()
        assert newsroom.groups() == {(1,)}
        assert newsroom.stories()[0].standing.sources == ("courant",)
        hidden = newsroom.store.items.get(2)
        assert hidden is not None
        assert hidden.story == newsroom.story_of(1)


class TestListing:
    def test_the_most_newsworthy_comes_first(self, filled: Newsroom) -> None:
        filled.publish("A cat is found in a tree", by=3)
        filled.publish("The tunnel of Lac-Noir: Marsault opens it after nine years", by=3)
        filled.group()
        ranks = [story.standing.rank for story in filled.stories()]
        assert ranks == sorted(ranks, reverse=True)
        assert filled.stories()[0].items[0] == 1

    def test_only_so_many_and_only_since_then(self, filled: Newsroom) -> None:
        filled.now += timedelta(days=1)
        filled.publish("A cat is found in a tree", by=3)
        filled.group()
        since = filled.now - timedelta(hours=2)
        (recent,) = filled.store.stories.find(StoryQuery(since=since))
        assert recent.title == "A cat is found in a tree"
        assert len(filled.store.stories.find(StoryQuery(limit=2))) == 2


class TestEditors:
    def test_merged_stories_are_one_and_the_old_number_leads_there(self, filled: Newsroom) -> None:
        tunnel, flood = filled.story_of(1), filled.story_of(2)
        filled.rulings().merge(tunnel, [flood])
        assert filled.groups() == {(1, 2, 3, 4, 5, 6)}
        found = filled.store.stories.get(flood)
        assert found is not None
        assert found.id == tunnel
        assert filled.rules(2)[-1] == "merged"
        assert filled.store.stories.ledger(2)[-1].who == "anna"

    def test_a_split_is_remembered(self, filled: Newsroom) -> None:
        new = filled.rulings().split([5])
        assert filled.groups() == {(1, 3), (5,), (2, 4, 6)}
        # Neither what comes next nor a restart undoes it.
        for _ in range(2):
            filled.chatter()
            filled.publish(TUNNEL[1], by=3)
            filled.group()
            filled.restart()
        assert filled.story_of(5) == new
        assert filled.story_of(1) != new

    def test_a_moved_item_stays_where_it_was_put(self, filled: Newsroom) -> None:
        flood = filled.story_of(2)
        filled.rulings().move([1], flood)
        filled.chatter()
        filled.publish(TUNNEL[2], by=3)
        filled.group()
        assert filled.story_of(1) == flood
        assert filled.story_of(3) != flood

    def test_numbers_are_never_used_again(self, filled: Newsroom) -> None:
        new = filled.rulings().split([5])
        filled.rulings().merge(filled.story_of(1), [new])
        filled.publish("A cat is found in a tree", by=3)
        filled.group()
        assert filled.story_of(7) > new

    def test_what_was_split_may_be_merged_again(self, filled: Newsroom) -> None:
        tunnel = filled.story_of(1)
        new = filled.rulings().split([5])
        filled.rulings().merge(tunnel, [new])
        filled.restart()
        filled.publish("Tunnel of Lac-Noir opened after nine years by Marsault", by=3)
        filled.group()
        assert filled.groups() == {(1, 3, 5, 7), (2, 4, 6)}

    def test_a_covered_story_sinks_and_comes_back(self, filled: Newsroom) -> None:
        first = filled.stories()[0]
        filled.rulings().cover(first.id)
        sunk = filled.stories()[-1]
        assert (sunk.id, sunk.is_covered) == (first.id, True)
        filled.rulings().cover(first.id, covered=False)
        assert filled.stories()[0].id == first.id
        assert filled.rules(first.items[0])[-2:] == ["covered", "uncovered"]

    def test_a_link_that_was_undone_stays_undone(self, newsroom: Newsroom) -> None:
        page = "https://agency.example/story"
        newsroom.publish("A first headline", url=page)
        newsroom.publish("Another one", by=1, url=page)
        newsroom.group()
        newsroom.rulings().unlink(2)
        newsroom.restart()
        newsroom.publish("A third one", by=2, url=page)
        newsroom.group()
        second = newsroom.store.items.get(2)
        assert second is not None
        assert second.duplicate_of is None
        assert newsroom.rules(2)[-1] == "unlinked"

    @pytest.mark.parametrize(
        ("ruling", "reason"),
        [
            (lambda r: r.merge(1, [1]), "one or more others"),
            (lambda r: r.merge(1, []), "one or more others"),
            (lambda r: r.merge(99, [1]), "there is no story 99"),
            (lambda r: r.split([1, 3, 5]), "not all"),
            (lambda r: r.split([1, 2]), "of one story"),
            (lambda r: r.split([99]), "item 99"),
            (lambda r: r.move([1], 1), "has these items already"),
            (lambda r: r.move([1], 99), "there is no story 99"),
            (lambda r: r.unlink(1), "not linked"),
            (lambda r: r.cover(99), "there is no story 99"),
        ],
    )
    def test_what_makes_no_sense_is_refused_and_changes_nothing(
        self, filled: Newsroom, ruling, reason: str
    ) -> None:
        before = filled.stories()
        with pytest.raises(RulingRefused, match=reason):
            ruling(filled.rulings())
        assert filled.stories() == before
        assert filled.store.stories.resume().progress.version == 1


def test_the_town_in_a_papers_name_is_no_evidence(sqlite_store: Store, tmp_path: Path) -> None:
    """It stands in every other report of that paper."""
    newsroom = Newsroom(sqlite_store, tmp_path)
    paper = replace(SOURCES[3], name="Orvaux Mirror")
    declare(sqlite_store, *SOURCES[:3], paper)
    for n, by in enumerate((0, paper, 1)):
        newsroom.publish(FLOOD[n], by=by, hours=3)
    newsroom.publish("An owl is born in the tower of Orvaux", by=paper)
    newsroom.group()
    assert newsroom.groups() == {(1, 2, 3), (4,)}
