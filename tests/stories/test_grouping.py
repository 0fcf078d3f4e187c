"""Reports become stories: in whatever portions they come, whatever restarts, whoever intervenes."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aggregator.stories.encoder import Encoder
from aggregator.stories.grouping import Grouping
from aggregator.stories.verbatim import Verbatim, verbatim
from aggregator.stories.words import Said, told
from tests.stories.build import WORDS, Memory, WordEncoder, grouped, report, stream

few = settings(max_examples=5)
seeds = st.integers(0, 10_000)
cuts = st.lists(st.integers(1, 279), max_size=6, unique=True).map(sorted)

FERRY = "Ferry with Lindqvist aboard sinks off Zennor"
FERRY_TOO = "Lindqvist rescued as ferry sinks off Zennor"
BAKERY = "Bakery in Tarporley reopens after Korda pays its debts"


def in_portions(memory: Memory, seed: int, cuts: list[int], *, restart: bool) -> dict[int, int]:
    """Group a stream portion by portion; an editor moves and parts something after each."""
    reports = stream(seed)
    for start, end in pairwise([0, *cuts, len(reports)]):
        memory.add(reports[start:end])
        placed, last = reports[(start + end) // 2].id, reports[end - 1].id
        memory.part(placed, reports[start].id)
        memory.pin(last, memory.story[placed])
        if restart:
            memory.restart()
    memory.repair()
    return memory.story


@pytest.mark.parametrize("encoder", [None, WordEncoder()], ids=["lexical", "encoded"])
@few
@given(seed=seeds, cuts=cuts)
def test_portions_make_no_difference(encoder: Encoder | None, seed: int, cuts: list[int]) -> None:
    whole, parts = Memory(encoder), Memory(encoder)
    reports = stream(seed)
    whole.add(reports)
    for start, end in pairwise([0, *cuts, len(reports)]):
        parts.add(reports[start:end])
    assert whole.story == parts.story
    assert len(set(whole.story.values())) < len(reports)


@pytest.mark.parametrize("encoder", [None, WordEncoder()], ids=["lexical", "encoded"])
@few
@given(seed=seeds, cuts=cuts)
def test_a_restart_makes_no_difference(encoder: Encoder | None, seed: int, cuts: list[int]) -> None:
    without = in_portions(Memory(encoder), seed, cuts, restart=False)
    assert in_portions(Memory(encoder), seed, cuts, restart=True) == without


@few
@given(seed=seeds, cuts=cuts)
def test_what_an_editor_decided_stays(seed: int, cuts: list[int]) -> None:
    memory = Memory(None)
    reports = stream(seed)
    pinned: dict[int, int] = {}
    parted: list[tuple[int, int]] = []
    for start, end in pairwise([0, *cuts, len(reports)]):
        memory.add(reports[start:end])
        pinned[reports[start].id] = memory.story[reports[end - 1].id]
        memory.pin(reports[start].id, pinned[reports[start].id])
        one, other = reports[start].id, reports[(start + end) // 2].id
        if memory.story[one] != memory.story[other]:
            memory.part(one, other)
            parted.append((one, other))
    memory.repair()
    kept = {item: story for item, story in pinned.items() if item in memory.grouping.open_items()}
    assert {item: memory.story[item] for item in kept} == kept
    assert all(memory.story[one] != memory.story[other] for one, other in parted)


@few
@given(seed=seeds)
def test_a_number_is_given_once(seed: int) -> None:
    memory, seen = Memory(None), set[int]()
    for one in stream(seed, 200):
        before = memory.grouping.state.next_story
        memory.add([one])
        new = set(memory.story.values()) - seen
        assert all(story >= before for story in new)
        seen |= new


def test_what_is_told_again_is_one_story() -> None:
    assert len(set(grouped(report(1, FERRY), report(2, FERRY_TOO, hours=1)))) == 1
    assert len(set(grouped(report(1, FERRY), report(2, BAKERY, hours=1)))) == 2


def test_of_a_long_report_the_rarest_words_are_enough_to_find_it() -> None:
    prose = " ".join(f"{word} here" for word in WORDS.split()[::-1])
    long = report(1, FERRY, text=f"{prose}. {prose.casefold()}, they said, because of the weather.")
    assert len(set(grouped(long, report(2, FERRY_TOO, hours=1)))) == 1


def test_a_report_that_comes_before_an_earlier_one_joins_it() -> None:
    assert len(set(grouped(report(1, FERRY, hours=5), report(2, FERRY_TOO)))) == 1


def test_after_the_window_nothing_changes() -> None:
    memory = Memory(None)
    memory.add([report(1, FERRY)])
    memory.add([report(n, f"{BAKERY} {n}", hours=24 * 8) for n in range(1000, 1300)])
    assert 1 not in memory.grouping.open_items()
    story = memory.story[1]
    (late,) = memory.grouping.add([report(200, FERRY_TOO, hours=1)])
    assert (late.rule, late.item) == ("late", 200)
    (new,) = memory.grouping.add([report(201, FERRY_TOO, hours=24 * 8)])
    assert len({story, late.story, new.story}) == 3
    assert memory.story[1] == story


def test_words_a_week_apart_are_two_stories() -> None:
    assert len(set(grouped(report(1, FERRY), report(2, FERRY, hours=24 * 7 + 1)))) == 2


def test_a_report_that_is_open_stays_as_it_is() -> None:
    grouping = Grouping()
    assert len(grouping.add([report(1, FERRY), report(1, FERRY)])) == 1
    assert grouping.add([report(1, BAKERY)]) == []
    assert grouping.state.count == 1


def test_what_was_parted_is_not_joined_through_a_third() -> None:
    memory = Memory(None)
    memory.add([report(1, FERRY), report(2, FERRY_TOO, hours=1)])
    memory.part(1, 2)
    memory.repair()
    assert memory.story[1] != memory.story[2]
    memory.add([report(3, FERRY_TOO, hours=2), report(4, FERRY, hours=3)])
    memory.repair()
    assert memory.story[1] != memory.story[2]


def test_nor_though_it_repeats_it() -> None:
    grouping = Grouping()
    grouping.add([report(1, FERRY)])
    grouping.part(1, 2)
    one, two = grouping.add([report(2, FERRY, hours=1), report(3, BAKERY)], {2: 1, 3: 1})
    assert (one.rule, two.rule) == ("new", "copy")


def test_a_daily_column_is_only_where_an_editor_put_it() -> None:
    memory = Memory(None)
    memory.add([report(1, FERRY), report(2, "Horoscope: ferry sinks off Zennor", hours=1)])
    assert memory.story[1] != memory.story[2]
    memory.pin(2, memory.story[1])
    memory.add([report(3, FERRY_TOO, hours=2)])
    memory.repair()
    assert {memory.story[n] for n in (1, 2, 3)} == {memory.story[1]}
    memory.add([report(n, f"{BAKERY} {n}", hours=24 * 8) for n in range(1000, 1300)])
    assert 2 not in memory.grouping.open_items()


def test_columns_that_are_one_page_stay_one_story() -> None:
    grouping = Grouping()
    columns = [
        report(n, f"Horoscope for {day}", hours=n) for n, day in enumerate(("Monday", "you", "all"))
    ]
    placed = {one.item: one.story for one in grouping.add(columns, {1: 0, 2: 0})}
    placed |= {one.item: one.story for one in grouping.repair()}
    assert len(set(placed.values())) == 1


def test_an_editors_number_is_not_given_again() -> None:
    grouping = Grouping()
    grouping.add([report(1, FERRY)])
    grouping.pin(1, 40)
    (placed,) = grouping.add([report(2, BAKERY)])
    assert placed.story == 41


def test_an_editor_may_move_what_is_closed() -> None:
    grouping = Grouping()
    grouping.add([report(1, FERRY)])
    grouping.pin(99, 7)
    assert grouping.open_items() == [1]
    assert grouping.state.next_story == 8


def test_new_reports_join_what_an_editor_merged_and_a_repair_leaves_it() -> None:
    memory = Memory(None)
    memory.add([report(1, FERRY), report(2, BAKERY)])
    memory.pin(2, memory.story[1])
    memory.add([report(3, FERRY_TOO, hours=1), report(4, FERRY, hours=2)])
    memory.repair()
    assert {memory.story[n] for n in (1, 2, 3, 4)} == {memory.story[1]}


def test_what_a_source_says_under_every_headline_is_no_evidence() -> None:
    motto = "Your morning paper of record since the days of the great flood, every day but Sunday"
    titles = [
        "Pension bill passes",
        "Glacier shrinks again",
        "Orchestra tours Norway",
        "Tunnel opens",
    ]
    reports = [
        report(n, title, hours=n, source="one paper", text=motto) for n, title in enumerate(titles)
    ]
    grouping = Grouping()
    grouping.add(reports)
    assert [bool(grouping.kept(n).report.text) for n in range(4)] == [True, True, False, False]
    assert grouping.kept(3).edges == {}


def test_but_counts_again_once_it_stands_there_no_more() -> None:
    motto = "Your morning paper of record since the days of the great flood"
    memory = Memory(None)
    memory.add([report(n, FERRY, hours=40 * n, source="one paper", text=motto) for n in (0, 1, 2)])
    assert not memory.grouping.kept(2).report.text
    # By then the first two are closed.
    memory.add([report(n, f"{BAKERY} {n}", hours=24 * 8) for n in range(1000, 1300)])
    memory.add([report(3, FERRY, hours=24 * 8, source="one paper", text=motto)])
    assert memory.grouping.kept(3).report.text == motto


def test_vectors_that_were_kept_are_not_made_again() -> None:
    memory = Memory(WordEncoder())
    memory.add([report(1, FERRY), report(2, BAKERY)])
    kept = [memory.grouping.kept(n) for n in (1, 2)]
    memory.restart()
    assert [memory.grouping.kept(n) for n in (1, 2)] == kept


def test_what_was_kept_without_an_encoder_is_encoded_when_there_is_one() -> None:
    always, later = Memory(WordEncoder()), Memory(None)
    for memory in (always, later):
        memory.restart()  # there is nothing yet
        memory.add([report(1, FERRY), report(2, BAKERY)])
    assert later.grouping.kept(1).vector is None
    later.encoder = WordEncoder()
    later.restart()
    assert [later.grouping.kept(n).vector for n in (1, 2)] == [
        always.grouping.kept(n).vector for n in (1, 2)
    ]


def test_headlines_without_a_word_are_like_nothing() -> None:
    bells = [report(n, "🔔 — 🔔", hours=n) for n in range(3)]
    assert len(set(grouped(*bells, encoder=WordEncoder()))) == 3


def test_more_words_than_are_remembered_change_nothing() -> None:
    def said() -> tuple[Said, Verbatim]:
        one = report(1, FERRY, text="Lindqvist and eighty others were taken ashore")
        return told([one])[0], verbatim(one)

    letters = str.maketrans("0123456789", "abcdefghij")
    before, looked_up = said()
    for start in range(0, 80_000, 40):
        text = " ".join(str(n).translate(letters) for n in range(start, start + 40))
        one = report(2, f"Numbers from {start}", text=text)
        told([one])
        verbatim(one)
    after, looked_up_again = said()
    assert (after.all, after.tokens, looked_up_again) == (before.all, before.tokens, looked_up)
