"""What pruning drops, and what it never does."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from functools import partial

from aggregator.desk.desk import Desk
from aggregator.desk.sessions import new_session
from aggregator.desk.workflow import Rules
from aggregator.domain import Incident, ItemQuery, Republish, Role
from aggregator.settings.values import KINDS
from aggregator.store import Store
from aggregator.wire.clean import shorten
from tests.build import NOW, declare, item, source, take
from tests.feeds.desk import SETTINGS, hire, kept
from tests.store.test_operations import fail

DAY = timedelta(days=1)
LONG = " ".join(["What was said of it."] * 100)
CUT = partial(shorten, limit=300)
KEEP = dict.fromkeys(KINDS, 60 * DAY)


def long_item(number: int | str, **changes):
    old = NOW - 100 * DAY
    text = {"text": LONG, "content": f"<p>{LONG}</p>", "summary": f"<p>{LONG}</p>"}
    return item(number, published_at=old, **{**text, **changes})


def listed(store: Store):
    return {one.item.guid: one.item for one in store.items.latest(100)}


def test_old_texts_are_cut_to_what_feeds_carry_and_nothing_else_is_lost(store: Store) -> None:
    fanal = source("fanal")
    declare(store, fanal)
    old, new = long_item(1), item(2, text=LONG)
    take(store, fanal, old, now=NOW - 100 * DAY)
    take(store, fanal, old, new, now=NOW)
    before = listed(store)
    assert store.retention.overdue(KEEP, NOW)["texts"] == 1
    assert store.retention.prune(KEEP, NOW, CUT)["texts"] == 1
    after = listed(store)
    pruned = after[old.guid]
    assert (pruned.content, pruned.summary, pruned.text) == ("", "", CUT(LONG))
    assert replace(pruned, content="", summary="", text="") == replace(
        before[old.guid], content="", summary="", text=""
    )
    assert after[new.guid] == before[new.guid]
    assert store.retention.prune(KEEP, NOW, CUT)["texts"] == 0


def test_what_was_pruned_is_neither_new_nor_edited_when_it_comes_again(store: Store) -> None:
    fanal = source("fanal")
    declare(store, fanal)
    old = long_item(1)
    take(store, fanal, old, now=NOW - 100 * DAY)
    store.retention.prune(KEEP, NOW, CUT)
    edition = store.edition()
    assert take(store, fanal, old) == (0, 0)
    assert take(store, fanal, replace(old, guid="another guid")) == (0, 0)
    assert store.edition().number <= edition.number + 1
    store.retention.prune(KEEP, NOW, CUT)  # another guid had brought its text again
    reworded = replace(old, text=LONG + " More.", content=f"<p>{LONG} More.</p>")
    assert take(store, fanal, reworded) == (0, 0)
    (whole,) = store.items.find(ItemQuery())
    assert whole.text == reworded.text
    assert store.retention.overdue(KEEP, NOW + DAY)["texts"] == 1


def test_what_a_brief_cites_stays_whole(store: Store) -> None:
    fanal = source("fanal")
    declare(store, fanal)
    take(store, fanal, long_item(1), long_item(2), now=NOW - 100 * DAY)
    take(store, fanal, long_item(1, title="Corrected"), now=NOW - 99 * DAY)
    take(store, fanal, long_item(2, title="Corrected, too"), now=NOW - 99 * DAY)
    items = listed(store)
    cited = items[long_item(1).guid]
    editor = hire(store, "olga", Role.OPERATOR)
    desk = Desk(store, Rules(SETTINGS.time_zone, four_eyes=False), SETTINGS.languages, lambda: NOW)
    desk.begin_from_items([cited.id], editor)
    counts = store.retention.prune(KEEP, NOW, CUT)
    assert (counts["texts"], counts["revisions"]) == (1, 1)
    after = listed(store)
    assert after[cited.guid] == cited
    assert len(store.items.revisions(cited.id)) == 2
    assert len(store.items.revisions(after[long_item(2).guid].id)) == 1


def test_whole_texts_that_readers_get_stay(store: Store) -> None:
    fanal = source("fanal", republish=Republish.FULL)
    declare(store, fanal)
    take(store, fanal, long_item(1), now=NOW - 100 * DAY)
    assert store.retention.prune(KEEP, NOW, CUT)["texts"] == 0


def test_words_of_a_pruned_text_are_not_found_any_more_but_its_title_is(store: Store) -> None:
    fanal = source("fanal")
    declare(store, fanal)
    take(store, fanal, long_item(1, title="Comet", text=LONG + " zeppelin"), now=NOW - 100 * DAY)
    assert len(list(store.items.find(ItemQuery(search="zeppelin")))) == 1
    store.retention.prune(KEEP, NOW, CUT)
    assert list(store.items.find(ItemQuery(search="zeppelin"))) == []
    assert len(list(store.items.find(ItemQuery(search="comet")))) == 1


def test_records_are_dropped_by_their_age_and_numbers_never_come_back(store: Store) -> None:
    declare(store, source("fanal"))
    for days in (100, 99, 1):
        fail(store, "fanal", NOW - days * DAY, f"odd {days}")
    old = Incident("fanal", NOW - 99 * DAY, NOW, "x", resolved_at=NOW - 98 * DAY)
    store.incidents.record([old, Incident("fanal", NOW - 99 * DAY, NOW, "goes on")])
    hire(store, "olga")
    token = new_session("token", "olga", NOW - 90 * DAY)
    assert store.sessions.open(token, kept())
    counts = store.retention.prune(KEEP, NOW, CUT)
    assert (counts["failures"], counts["incidents"], counts["sessions"]) == (2, 1, 1)
    assert [one.text for one in store.failures.of_source("fanal", 9)] == ["odd 1"]
    assert [one.cause for one in store.incidents.latest(9)] == ["goes on"]
