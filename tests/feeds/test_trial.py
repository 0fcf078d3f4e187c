"""A draft is tried: what it says of every feed is what the feed has once the draft counts."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from aggregator.domain import DeclaredFeed, EntryKind, PollState, Republish, Source
from aggregator.settings import Settings
from aggregator.store import Store
from aggregator.wire.filters import excluded_by
from aggregator.wire.trial import Load, loads
from feeds.trial import Trial, rehearse
from tests.build import NOW, item, source, take
from tests.feeds.newsroom import MONDE, RTL, SETTINGS, Newsroom

FEEDS = (
    DeclaredFeed("belgium", "Belgium", categories=("belgium",)),
    DeclaredFeed("flemish", "Vlaams", languages=("nl",)),
    DeclaredFeed("monde", "Le Monde", sources=("le-monde",)),
    DeclaredFeed("words", "Titles", search="title 2"),
    DeclaredFeed("daily", "Daily", series=("born-on",)),
    DeclaredFeed("briefs", "Ours", kinds=(EntryKind.BRIEFS,)),
    DeclaredFeed("items", "Theirs", kinds=(EntryKind.ITEMS,)),
)
OURS = replace(RTL, exclude=("title 6",))
SAME = item(4, url="https://agency.example/one-article", title="The harbour tunnel opens")


@pytest.fixture
def newsroom(store: Store) -> Newsroom:
    """Items 1 to 4 of Le Monde, 5 to 7 of RTL, of which 4 and 7 are one article; a brief on 1."""
    newsroom = Newsroom(
        store,
        replace(SETTINGS, feeds=FEEDS),
        sources=(MONDE, OURS, Source("old", "Old", "https://o.example/f")),
    )  # fmt: skip
    newsroom.take(MONDE, 1, 2, 3, language=None)
    take(store, MONDE, SAME)
    newsroom.take(OURS, 5, 6, language=None)
    take(store, OURS, SAME)
    newsroom.publish(1, series="born-on")
    newsroom.later(minutes=1)
    return newsroom


def declared(newsroom: Newsroom, **changed: Source | None) -> Settings:
    """The settings with these sources instead; without those that are None."""
    named = {one.id.replace("-", "_"): one for one in newsroom.settings.sources} | changed
    return replace(newsroom.settings, sources=tuple(one for one in named.values() if one))


def tried(newsroom: Newsroom, draft: Settings, days: float = 7) -> Trial:
    now = newsroom.clock.now
    return rehearse(newsroom.store, newsroom.settings, draft, now - timedelta(days=days), now)


def told(trial: Trial, path: str) -> list[tuple[str, int, str]]:
    signs = {True: "+", False: "-"}
    return [(signs[one.enters], one.number, one.why) for one in trial.moves if one.feed == path]


SOURCES_CHANGED: dict[str, dict[str, Source | None]] = {
    "a filter more": {"le_monde": replace(MONDE, exclude=("title 2",))},
    "a filter less": {"rtl": RTL},
    "only some": {"le_monde": replace(MONDE, include=("title:2",))},
    "none of it": {"le_monde": replace(MONDE, republish=Republish.NONE)},
    "filed elsewhere": {"le_monde": replace(MONDE, categories=("Belgium",))},
    "another language": {"rtl": replace(OURS, language="nl-BE")},
    "a source less": {"old": None},
    "a source more": {"new": Source("new", "New", "https://new.example/f")},
}


@pytest.mark.parametrize("change", SOURCES_CHANGED)
def test_what_is_said_is_what_comes(newsroom: Newsroom, change: str) -> None:
    draft = declared(newsroom, **SOURCES_CHANGED[change])
    feeds = ("/feed", *(f"/feeds/{one.slug}" for one in FEEDS))

    def published() -> dict[str, dict[str, str]]:
        read = {path: newsroom.json(f"{path}.json")["items"] for path in feeds}
        return {path: {one["id"]: one["title"] for one in found} for path, found in read.items()}

    before, edition = published(), newsroom.store.edition()
    trial = tried(newsroom, draft)
    assert newsroom.store.edition() == edition, "nothing is changed by trying"
    assert published() == before
    newsroom.store.sources.declare(draft.sources, newsroom.clock.now, excluded_by)
    after = published()
    for count in trial.feeds:
        was, then = before[count.name], after[count.name]
        assert (count.before, count.after) == (len(was), len(then))
        entered = {one.title for one in trial.moves if one.feed == count.name and one.enters}
        left = {one.title for one in trial.moves if one.feed == count.name and not one.enters}
        assert entered == {then[key] for key in then.keys() - was.keys()}
        assert left == {was[key] for key in was.keys() - then.keys()}
    assert [count.name for count in trial.feeds] == list(feeds)


def test_each_move_has_its_reason(newsroom: Newsroom) -> None:
    assert tried(newsroom, newsroom.settings).moves == ()
    trial = tried(newsroom, declared(newsroom, le_monde=replace(MONDE, exclude=("title 2",))))
    assert told(trial, "/feed") == [("-", 2, "exclude: title 2")]
    assert told(trial, "/feeds/words") == [("-", 2, "exclude: title 2")]
    assert told(trial, "/feeds/belgium") == []
    trial = tried(newsroom, declared(newsroom, rtl=RTL))
    assert told(trial, "/feeds/belgium") == [("+", 6, "no longer exclude: title 6")]
    # The article that both carry is shown as the other has it; the brief stays what it is.
    trial = tried(newsroom, declared(newsroom, le_monde=replace(MONDE, republish=Republish.NONE)))
    assert told(trial, "/feed") == [
        ("+", 7, "the same as item 4, which leaves"),
        *(("-", one, "republish: none") for one in (4, 3, 2)),
    ]
    trial = tried(newsroom, declared(newsroom, le_monde=replace(MONDE, categories=("Belgium",))))
    assert told(trial, "/feed") == []
    assert told(trial, "/feeds/belgium")[:1] == [("+", 4, "categories: Belgium")]
    trial = tried(newsroom, declared(newsroom, rtl=replace(OURS, language="nl")))
    assert told(trial, "/feeds/flemish") == [("+", 5, "language: nl")]


def test_what_a_removed_source_brought_stays(newsroom: Newsroom) -> None:
    without = tried(newsroom, declared(newsroom, rtl=None))
    assert [told(without, path) for path in ("/feed", "/feeds/belgium")] == [[], []]


def test_how_often_hosts_would_be_asked() -> None:
    hour = timedelta(hours=1)
    before = [source("a", interval=hour), source("b"), source("c"), source("off", enabled=False)]
    after = [source("a", interval=hour / 2), source("b"), replace(before[2], enabled=False)]
    after.append(source("off", url="https://c.example/other"))
    paces = {"b": 2 * hour, "c": 3 * hour, "off": hour}
    states = {
        key: PollState(key, f"https://{key}.example/feed", pace=p) for key, p in paces.items()
    }
    assert loads(before, after, states, 4 * hour) == [
        Load("a.example", 24, 48),
        Load("c.example", 8, 6),  # the pace that was learnt is another address's
    ]
    assert loads(before, before, states, hour) == []


def test_what_filters_do(newsroom: Newsroom) -> None:
    draft = declared(newsroom, le_monde=replace(MONDE, exclude=("title [23]", "horoscop")), rtl=RTL)
    trial = tried(newsroom, draft)
    assert [(one.source, one.name, one.before, one.after) for one in trial.filters] == [
        ("le-monde", "exclude: title [23]", 0, 2),
        ("le-monde", "exclude: horoscop", 0, 0),
        ("rtl", "exclude: title 6", 1, 0),
    ]
    assert trial.came == {"le-monde": 4, "rtl": 3}


def test_feeds_are_tried_too(newsroom: Newsroom) -> None:
    some = {feed.slug: feed for feed in FEEDS}
    del some["monde"]
    some["daily"] = replace(some["daily"], series=("other",))
    some["new"] = DeclaredFeed("new", "New", sources=("rtl",))
    trial = tried(newsroom, replace(newsroom.settings, feeds=tuple(some.values())))
    (ours,) = newsroom.store.briefs.published()
    assert told(trial, "/feeds/daily") == [("-", ours.id, "the feed's conditions")]
    assert told(trial, "/feeds/new") == [("+", 5, "the feed is new")]
    assert told(trial, "/feeds/monde") == [
        ("-", ours.id, "the feed is gone"),
        *(("-", one, "the feed is gone") for one in (4, 3, 2)),
    ]
    assert {one.feed for one in trial.moves} == {"/feeds/daily", "/feeds/new", "/feeds/monde"}


def test_only_the_last_days_are_tried_and_a_source_may_come_back(newsroom: Newsroom) -> None:
    gone = declared(newsroom, rtl=None)
    newsroom.store.sources.declare(gone.sources, newsroom.clock.now, excluded_by)
    newsroom.settings, back = gone, declared(newsroom, rtl=RTL)
    assert told(tried(newsroom, back), "/feed") == [("+", 6, "its source is declared again")]
    newsroom.later(days=3)
    assert tried(newsroom, back, days=2).moves == ()


def test_what_fails_in_a_rehearsal_leaves_nothing(newsroom: Newsroom) -> None:
    before, noted = newsroom.store.sources.health(), newsroom.store.audit.latest(9)
    with pytest.raises(ZeroDivisionError), newsroom.store.rehearsal(NOW) as stage:
        stage.sources.declare([], newsroom.clock.now, excluded_by)
        assert stage.sources.health() == []
        raise ZeroDivisionError
    assert newsroom.store.sources.health() == before
    with newsroom.store.rehearsal(NOW) as stage:
        stage.sources.poll_soon("rtl", "anna", newsroom.clock.now)
    assert newsroom.store.sources.health() == before
    assert newsroom.store.audit.latest(9) == noted


def test_nobody_waits_for_a_rehearsal_or_sees_it(newsroom: Newsroom) -> None:
    with newsroom.store.rehearsal(NOW) as stage:
        stage.sources.declare([], newsroom.clock.now, excluded_by)
        newsroom.take(MONDE, 8)
        assert stage.items.get(8) is None, "it goes on with what there was"
        assert len(newsroom.store.sources.health()) == 3
    assert newsroom.store.items.titles([8]) == {8: "Title 8"}
