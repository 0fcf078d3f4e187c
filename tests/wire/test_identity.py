"""Which item an entry is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from aggregator.domain import Decision, KnownItem, Marks, ParsedItem
from aggregator.wire.decide import decide
from aggregator.wire.flood import MANY
from aggregator.wire.identity import body_digest, marks, sightings
from tests.build import item


def found(*items: ParsedItem, known: tuple[KnownItem, ...] = ()) -> list[str]:
    return [s.identity for s in sightings(items, known, lambda _: None)]


def remembered(*items: ParsedItem) -> tuple[KnownItem, ...]:
    return tuple(
        KnownItem(
            n,
            s.identity,
            s.item.guid,
            s.canonical_url,
            s.digest,
            s.item.title,
            s.item.text,
            s.item.content or s.item.summary,
            s.item.published_at,
        )
        for n, s in enumerate(sightings(items, (), lambda _: None))
    )


def test_a_guid_comes_before_a_url_before_the_text() -> None:
    bare = ParsedItem(guid=None, url=None, title="Only a title")
    identities = found(item(1), item(2, guid=None), bare)
    assert [i.split(":")[0] for i in identities] == ["guid", "url", "digest"]


def test_identities_are_as_databases_have_them() -> None:
    """What was stored under one has to be found under it ever after."""
    shared = {"guid": "s", "title": "One title"}
    items = [item(1), item(2, guid=None), ParsedItem(None, None, "A title", text="A text")]
    items += [item(3, **shared), item(4, **shared), item(5, **shared, url=None)]
    title = "36ae23b7ef9eefa71af65f89f2acbe4f"
    assert found(*items) == [
        "guid:tag:fanal.example,2026:1",
        "url:https://fanal.example/2",
        "digest:010cecdc2a67f369911cd8d58a9f0f2f",
        f"guid:s\nhttps://fanal.example/3 {title}",
        f"guid:s\nhttps://fanal.example/4 {title}",
        f"guid:s\n {title}",
    ]


def test_a_document_is_the_one_before_when_every_byte_is() -> None:
    assert body_digest(b"<rss/>") == body_digest(b"<rss/>") != body_digest(b"<rss />")


def test_half_a_character_is_no_harm() -> None:
    """JSON can escape one."""
    assert len(found(ParsedItem(None, None, "\ud83d"))) == 1


def test_an_entry_that_stands_twice_counts_once() -> None:
    assert len(found(item(1), item(1))) == 1


def test_entries_that_share_one_guid_are_told_apart() -> None:
    assert len(set(found(*(item(n, guid="same") for n in range(10))))) == 10


PAGE = "https://fanal.example/live"


def brought(known_items: list[ParsedItem], now: list[ParsedItem]) -> Decision:
    known = remembered(*known_items)
    return decide(sightings(now, known, lambda _: None), known)


def test_one_guid_and_one_page_are_one_item_unless_title_and_text_differ() -> None:
    first = item(1, guid="s", url=PAGE)
    retitled = item(1, guid="s", url=PAGE, title="Retitled")
    rewritten = item(1, guid="s", url=PAGE, text="Rewritten")
    for again in (retitled, rewritten):
        assert [s.item for s in sightings([first, again], (), lambda _: None)] == [first]
    assert len(found(first, item(2, guid="s", url=PAGE))) == 2
    assert len(found(first, item(2, guid="s", url=PAGE), item(3, guid="s", url=PAGE))) == 3


def test_items_that_share_guid_and_page_are_found_again_one_by_one() -> None:
    several = [item(n, guid="s", url=PAGE) for n in range(4)]
    for one in several:
        assert (brought(several, [one]).new, brought(several, [one]).unchanged) == ((), 1)
    more = brought(several[:1], several)
    assert ([s.item for s in more.new], more.unchanged) == (several[1:], 1)


def test_an_edited_item_of_a_shared_guid_is_found_by_its_page() -> None:
    several = [item(n, guid="s") for n in range(3)]
    edited = [several[0], item(1, guid="s", title="Edited"), several[2]]
    after = brought(several, edited)
    assert (after.new, after.unchanged, len(after.changed)) == ((), 2, 1)


def test_an_edited_item_of_a_shared_guid_and_page_is_the_only_one_left() -> None:
    """Of two nobody knows which is which."""
    several = [item(n, guid="s", url=PAGE) for n in range(4)]
    edited = [
        replace(one, title=f"Edited {n}", text="Anew", published_at=AT)
        for n, one in enumerate(several)
    ]
    for left, new in ((1, 0), (2, 2)):
        after = brought(several, [*several[left:], *edited[:left]])
        changed = [(change.item_id, change.sighting.item) for change in after.changed]
        assert (len(after.new), after.unchanged) == (new, 4 - left)
        assert changed == ([] if new else [(0, edited[0])])


@pytest.mark.parametrize(
    "shared",
    [
        {"guid": "s", "url": None},
        {"guid": None, "url": "https://a.example/live"},
        {"guid": None, "url": "https://a.example/"},
    ],
)
def test_entries_that_only_their_titles_tell_apart_are_all_kept(shared: dict) -> None:
    for count in (2, 5):
        assert len(found(*(item(n, **shared) for n in range(count)))) == count


def test_a_shared_guid_stays_useless_when_an_entry_comes_alone() -> None:
    first, second, third = (item(n, guid="same") for n in (1, 2, 3))
    known = remembered(first, second)
    brought = decide(sightings([third], known, lambda _: None), known)
    assert [s.item for s in brought.new] == [third]
    again = decide(sightings([second], known, lambda _: None), known)
    assert (again.new, again.unchanged) == ((), 1)


def test_an_item_known_before_its_guid_was_shared_is_found_again() -> None:
    first, second = item(1, guid="same"), item(2, guid="same")
    known = remembered(first)
    brought = decide(sightings([first, second], known, lambda _: None), known)
    assert ([s.item for s in brought.new], brought.unchanged) == ([second], 1)


def test_a_guid_that_is_an_iri_can_be_an_atom_id_and_others_cannot() -> None:
    guids = [
        "tag:a,2026:1",
        "https://a/1",
        "urn:isbn:1",
        "1234",
        "javascript:alert(1)",
        "http://a b",
    ]
    items = [item(n, guid=guid) for n, guid in enumerate(guids)]
    iris = [s.iri for s in sightings(items, (), lambda _: None)]
    assert iris == ["tag:a,2026:1", "https://a/1", "urn:isbn:1", None, None, None]


def test_marks_are_what_an_item_may_be_stored_under() -> None:
    with_guid = item(1, url="http://www.quai.example/1234567", title="It opens at last - Quai")
    page_only, title_only, other = (item(n, guid=None) for n in (2, 3, 4))
    title_only = replace(title_only, url=None)
    shared = replace(other, title="Another title of the page")
    items = [with_guid, page_only, title_only, other, shared]
    seen = sightings(items, (), lambda _: None)
    named = marks(items)
    assert named.guids == {with_guid.guid}
    assert named.urls == {"https://quai.example/1234567", page_only.url, other.url}
    assert named.articles == {"quai.example 1234567"} == {s.article for s in seen if s.article}
    assert len(named.headlines) == 2, "those that say something"
    assert named.headlines == {s.headline for s in seen if s.headline}
    assert {s.identity for s in seen[1:]} <= named.identities
    for alone in (other, shared):
        assert found(alone)[0] in named.identities, "as it is when it comes alone"
    assert len(named.identities) == 4 + 3, "each with and without what tells it from others"
    assert marks([]) == Marks(*[frozenset()] * 5)


def test_a_guid_that_several_items_share_is_no_atom_id() -> None:
    """Not of the first one either, nor of one that comes alone later."""
    first, second, third = (item(n, guid="tag:a,2026:1") for n in (1, 2, 3))
    together = sightings([first, second], (), lambda _: None)
    alone = sightings([third], remembered(first, second), lambda _: None)
    assert [s.iri for s in (*together, *alone)] == [None, None, None]


def test_what_the_operator_filters_out_is_marked_so() -> None:
    shown, hidden = item(1), item(2)
    seen = sightings([shown, hidden], (), lambda one: "Title 2" if one == hidden else None)
    assert [s.excluded_by for s in seen] == [None, "Title 2"]


AT = datetime(2026, 11, 24, 9, tzinfo=UTC)
HEADLINE = "The harbour tunnel opens a year late"


def verdict(before: ParsedItem, now: ParsedItem) -> str:
    """What one entry is to the one that was stored."""
    decision = brought([before], [now])
    if decision.new:
        return "new"
    return "revised" if any(change.visible for change in decision.changed) else "same"


@pytest.mark.parametrize(
    ("before", "now", "expected"),
    [
        # The source's guid scheme changed; page and date did not.
        ({"guid": "1"}, {"guid": "tag:a,2026:1"}, "same"),
        ({"guid": "1"}, {"guid": "2", "title": "The tunnel opens"}, "revised"),
        ({"guid": None}, {"guid": "1"}, "same"),
        ({"guid": "1"}, {"guid": None}, "same"),
        ({"guid": "1", "published_at": None}, {"guid": "2", "published_at": None}, "same"),
        # A page that carries something new every day is not the same item under a new guid.
        ({"guid": "1"}, {"guid": "2", "published_at": AT + timedelta(days=1)}, "new"),
        ({"guid": "1", "published_at": None}, {"guid": "2", "title": "Other", "published_at": None},
         "new"),
        ({"guid": None}, {"guid": "2", "published_at": AT + timedelta(days=1)}, "new"),
        ({"guid": "1"}, {"guid": None, "published_at": AT + timedelta(days=1)}, "new"),
        # Nor is what has the same number in its address.
        ({"guid": "1", "url": "https://a.example/tunnel-opens-2159062"},
         {"guid": "2", "url": "https://a.example/the-tunnel-opens-2159062"}, "same"),
        ({"guid": "1", "url": "https://a.example/tunnel-opens-2159062"},
         {"guid": "2", "url": "https://a.example/the-tunnel-opens-2159062",
          "published_at": AT + timedelta(days=1)}, "new"),
        ({"guid": None}, {"guid": "https://a.example/1", "title": "Tunnel",
          "published_at": AT + timedelta(days=1)}, "revised"),
        # Where a date is missing the headline tells, whoever's name stands after it.
        ({"guid": "1"}, {"guid": "2", "published_at": None}, "same"),
        ({"guid": "1"}, {"guid": "2", "published_at": None, "title": "Tunnel"}, "new"),
        ({"guid": "1", "published_at": None}, {"guid": "2", "title": f"{HEADLINE} - Example"},
         "same"),
        # A guid that holds the headline, or the address with its slug, changes with it.
        ({"guid": HEADLINE}, {"guid": "Tunnel", "title": "Tunnel"}, "revised"),
        ({"guid": "https://a.example/1-a", "url": "https://a.example/1-a"},
         {"guid": "https://a.example/1-b", "url": "https://a.example/1-b"}, "same"),
        # A feed that gives an old guid to another article, and one that only rewrites its own.
        ({"guid": "1"}, {"guid": "1", "url": "https://a.example/2", "title": "Snow in the Ardennes",
          "text": "Up to ten centimetres", "published_at": AT + timedelta(days=1)}, "new"),
        ({"guid": "1"}, {"guid": "1", "url": "https://a.example/2", "title": "Snow", "text": "Ten"},
         "revised"),
        ({"guid": "1"}, {"guid": "1", "title": "Snow", "text": "Ten",
          "published_at": AT + timedelta(days=1)}, "revised"),
        # Nothing but what it says tells what it is.
        ({"guid": None, "url": None}, {"guid": None, "url": None}, "same"),
        ({"guid": None, "url": None, "published_at": None},
         {"guid": None, "url": None, "published_at": None, "title": "Tunnel"}, "new"),
        ({"guid": None, "url": None, "published_at": None, "title": "Tunnel"},
         {"guid": None, "url": None, "published_at": None, "title": "Tunnel", "text": "At last"},
         "new"),
        # Re-dated, and moved to https, a mobile host or AMP.
        ({"guid": "1"}, {"guid": "1", "published_at": AT + timedelta(days=1)}, "same"),
        ({"guid": None, "url": "http://www.a.example/1/"},
         {"guid": None, "url": "https://m.a.example/1?amp=1"}, "same"),
    ],
)  # fmt: skip
def test_the_same_item_again(before: dict, now: dict, expected: str) -> None:
    usual = {
        "guid": "1", "url": "https://a.example/1", "title": HEADLINE, "published_at": AT,
        "text": "It was to open last year, says the port",
    }  # fmt: skip
    assert verdict(ParsedItem(**usual | before), ParsedItem(**usual | now)) == expected


def test_a_guid_given_to_another_article_tells_both_from_then_on() -> None:
    old = ParsedItem("1", "https://a.example/1", HEADLINE, text="Old", published_at=AT)
    new = ParsedItem("1", "https://a.example/2", "Snow in the Ardennes", text="Ten centimetres")
    (first,) = remembered(old)
    (other,) = sightings([new], [first], lambda _: None)
    second = replace(remembered(new)[0], id=2, identity=other.identity)
    for entry, stored in ((old, first), (new, second)):
        found = sightings([entry], [first, second], lambda _: None)
        again = decide(found, [first, second])
        assert (again.new, again.changed, again.unchanged) == ((), (), 1), stored


@pytest.mark.parametrize(
    ("before", "now", "expected"),
    [
        ({}, {}, "new"),
        ({"published_at": None}, {"published_at": None}, "new"),
        ({"published_at": AT}, {"published_at": AT}, "revised"),
        ({"url": None}, {}, "revised"),
        ({}, {"url": None}, "revised"),
        ({}, {"url": "http://www.a.example/1"}, "revised"),
        ({}, {"title": f"{HEADLINE}, at last"}, "revised"),
        ({}, {"text": "At last it opens in spring."}, "revised"),
        # Just enough of a title or text.
        ({"title": "abcdefghi"}, {"title": "abcdefwxyz"}, "revised"),
        ({"text": "abcdefghi"}, {"text": "abcdefwxyz"}, "revised"),
        # The number that the address gives the article.
        ({"url": "https://a.example/x-1234567"}, {"url": "https://a.example/y-1234567"}, "revised"),
        ({"url": "https://a.example/x-1234567"}, {"url": "https://a.example/y-7654321"}, "new"),
        ({"url": "https://a.example/x-1234567"}, {}, "new"),
    ],
)  # fmt: skip
def test_a_guid_is_given_to_another_article_when_nothing_else_stays(
    before: dict, now: dict, expected: str
) -> None:
    """Of page, number, date, title and text one suffices."""
    old = {"url": "https://a.example/1", "title": HEADLINE, "text": "It opens in spring."}
    new = {"url": "https://a.example/2", "title": "Snow in the Ardennes", "text": "Ten centimetres"}
    was = ParsedItem(**{"guid": "1", "published_at": AT} | old | before)
    came = ParsedItem(**{"guid": "1", "published_at": AT + timedelta(days=1)} | new | now)
    assert verdict(was, came) == expected


LATER = AT + timedelta(days=3)


def articles(count: int, **said: Any) -> list[ParsedItem]:
    return [
        ParsedItem(f"{n}", f"https://a.example/{n}", f"{HEADLINE}, part {n}", **said)
        for n in range(count)
    ]


def elsewhere(number: int) -> str:
    return f"https://cms.a.example/?p={number}"


def migrated(before: list[ParsedItem], **change: Callable[[int], object]) -> Decision:
    """What a document means all of whose entries came back changed, under new guids."""
    after = [
        replace(item, guid=f"new-{n}", **{k: v(n) for k, v in change.items()})  # type: ignore[arg-type]
        for n, item in enumerate(before)
    ]
    return brought(before, after)


def test_a_flood_of_new_ids_is_mapped_to_the_items_that_they_are() -> None:
    many = articles(20, published_at=AT)
    assert not migrated(many).new
    assert not migrated(many, published_at=lambda _: LATER).new
    assert not migrated(many, url=elsewhere).new
    assert len(migrated(many, title=lambda n: f"Other {n}", published_at=lambda _: LATER).new) == 20


@pytest.mark.parametrize("change", [{}, {"url": elsewhere}])
@pytest.mark.parametrize(("text", "new"), [("abcdefgh", 0), ("abcdefghi", 20), ("", 20)])
def test_of_a_flood_headline_and_text_have_to_agree(text: str, new: int, change: dict) -> None:
    told = articles(20, published_at=AT, text="abcdefg")
    after = migrated(told, published_at=lambda _: LATER, text=lambda _: text, **change)
    assert len(after.new) == new


def test_of_a_flood_without_texts_page_or_date_has_to_agree() -> None:
    assert not migrated(articles(20), url=elsewhere).new
    dated = articles(20, published_at=AT)
    assert len(migrated(dated, url=elsewhere, published_at=lambda _: LATER).new) == 20


@pytest.mark.parametrize(
    ("same", "sure", "likely", "other", "mapped"),
    [
        (0, 0, MANY, 0, True),
        (0, 0, MANY - 1, 0, False),
        (0, 0, MANY, MANY, True),
        (0, 0, MANY, MANY + 1, False),
        # Of what is known anyway there may be any number.
        (20, 20, MANY, MANY, True),
        (20, 20, MANY, MANY + 1, False),
        (20, 20, MANY - 1, 0, False),
    ],
)
def test_it_is_a_flood_when_half_of_what_is_unknown_and_more_than_a_few_come_back(
    same: int, sure: int, likely: int, other: int, mapped: bool
) -> None:
    before = articles(same + sure + likely, published_at=AT)
    renamed = [replace(one, guid=f"new-{one.guid}") for one in before[same:]]
    redated = [replace(one, published_at=LATER) for one in renamed[sure:]]
    fresh = [item(n) for n in range(other)]
    after = brought(before, [*before[:same], *renamed[:sure], *redated, *fresh])
    assert len(after.new) == other + (0 if mapped else likely)
    assert (after.unchanged, after.renamed) == (same, sure + (likely if mapped else 0))
