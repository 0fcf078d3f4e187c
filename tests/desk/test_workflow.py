"""A brief's way: every step from every state by every role, and everything that is in the way."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.desk import workflow
from aggregator.desk.naming import path, slug
from aggregator.desk.workflow import Rules
from aggregator.domain import Brief, BriefState, Editor, Picture, Wording
from aggregator.errors import DeskRefused
from tests.build import NOW
from tests.desk.newsroom import ANNA, BEN, BRUSSELS, CARLA, COMPLETE, RULES, brief

LATER = NOW + timedelta(hours=2)
NEW = replace(COMPLETE, headline="The tunnel of Lac-Noir is open")
DRAFT, REVIEW, SCHEDULED, PUBLISHED, CORRECTED, WITHDRAWN, DISCARDED = BriefState

STEPS: dict[str, Callable[[Brief, Editor, datetime], Brief]] = {
    "revise": lambda b, e, now: workflow.revise(b, NEW, e, now),
    "submit": lambda b, e, _: workflow.submit(b, e),
    "discard": lambda b, e, _: workflow.discard(b, e),
    "recall": lambda b, e, _: workflow.recall(b, e),
    "schedule": lambda b, e, now: workflow.schedule(b, now + timedelta(hours=1), e, now, RULES),
    "publish": lambda b, e, now: workflow.publish(b, e, now, RULES),
    "release": lambda b, _, now: workflow.release(b, now, RULES),
    "correct": lambda b, e, now: workflow.correct(b, NEW, "It is open", e, now),
    "withdraw": lambda b, e, now: workflow.withdraw(b, "It was a hoax", e, now),
}
AHEAD = {DRAFT, REVIEW, SCHEDULED}
TABLE = {
    "revise": ({DRAFT: DRAFT, REVIEW: REVIEW}, set()),
    "submit": ({DRAFT: REVIEW}, set()),
    "discard": ({DRAFT: DISCARDED, REVIEW: DISCARDED}, {DRAFT, REVIEW}),
    "recall": ({REVIEW: DRAFT, SCHEDULED: DRAFT, DISCARDED: DRAFT}, {SCHEDULED}),
    "schedule": (dict.fromkeys(AHEAD, SCHEDULED), AHEAD),
    "publish": (dict.fromkeys(AHEAD, PUBLISHED), AHEAD),
    "release": ({SCHEDULED: PUBLISHED}, set()),
    "correct": (dict.fromkeys((PUBLISHED, CORRECTED), CORRECTED), {PUBLISHED, CORRECTED}),
    "withdraw": (dict.fromkeys((PUBLISHED, CORRECTED), WITHDRAWN), {PUBLISHED, CORRECTED}),
}
"""Where each step leads from where, and from where only a publisher may take it."""


def refused(step: Callable[[], object]) -> dict[str, str]:
    with pytest.raises(DeskRefused) as caught:
        step()
    return caught.value.reasons


@pytest.mark.parametrize("editor", [ANNA, BEN, CARLA], ids=lambda e: e.role)
@pytest.mark.parametrize("state", list(BriefState))
@pytest.mark.parametrize("name", TABLE)
def test_the_table(name: str, state: BriefState, editor: Editor) -> None:
    leads, publishers = TABLE[name]
    before = brief(state)
    if state not in leads:
        assert "state" in refused(lambda: STEPS[name](before, editor, LATER))
    elif state in publishers and editor is BEN:
        assert set(refused(lambda: STEPS[name](before, editor, LATER))) == {"editor"}
    else:
        assert STEPS[name](before, editor, LATER).state is leads[state]


@pytest.mark.parametrize("name", [name for name in STEPS if name != "release"])
def test_a_disabled_account_may_do_nothing(name: str) -> None:
    gone = replace(ANNA, disabled_at=NOW)
    state = next(iter(TABLE[name][0]))
    assert "disabled" in refused(lambda: STEPS[name](brief(state), gone, LATER))["editor"]


class TestPublishing:
    def test_what_goes_out_has_an_address_and_its_time(self) -> None:
        out = workflow.publish(brief(), ANNA, LATER, RULES)
        assert (out.published_at, out.updated_at) == (LATER, LATER)
        assert path(out) == "/news/2026/01/20/the-tunnel-of-lac-noir-opens"

    def test_the_day_is_the_newsrooms(self) -> None:
        late = datetime(2026, 1, 20, 23, 30, tzinfo=UTC)
        assert str(workflow.publish(brief(), ANNA, late, RULES).day) == "2026-01-21"

    def test_four_eyes(self) -> None:
        rules = Rules(BRUSSELS, four_eyes=True)
        for step in (
            lambda e: workflow.publish(brief(), e, LATER, rules),
            lambda e: workflow.schedule(brief(), LATER, e, NOW, rules),
        ):
            assert "somebody else" in refused(lambda step=step: step(ANNA))["editor"]
            assert "only a publisher" in refused(lambda step=step: step(BEN))["editor"]
            assert step(CARLA).state in (PUBLISHED, SCHEDULED)
        # What is wrong must not wait.
        workflow.correct(brief(PUBLISHED), NEW, "It is open", ANNA, LATER)

    def test_all_reasons_at_once(self) -> None:
        empty = brief(wording=Wording(picture=Picture("javascript:alert(1)"), language="french"))
        found = refused(lambda: workflow.schedule(empty, NOW, BEN, NOW, RULES))
        assert set(found) == {
            *("headline", "body", "byline", "language", "citations"),
            *("picture", "alt", "credit", "editor", "publish_at"),
        }
        assert all(found.values())

    @pytest.mark.parametrize("step", ["submit", "publish", "schedule", "correct"])
    def test_nothing_incomplete_leaves_the_draft(self, step: str) -> None:
        state = PUBLISHED if step == "correct" else DRAFT
        bare = replace(COMPLETE, citations=())
        steps = STEPS | {"correct": lambda b, e, now: workflow.correct(b, bare, "Note", e, now)}
        assert set(refused(lambda: steps[step](brief(state, wording=bare), ANNA, NOW))) == {
            "citations"
        }

    def test_a_draft_may_lack_anything(self) -> None:
        kept = workflow.revise(brief(), Wording(body="x" * 30_000), BEN, LATER)
        assert len(kept.wording.body) == 30_000
        assert kept.edited_at == LATER

    def test_its_own_author_discards_a_draft(self) -> None:
        own = brief(author=BEN.username)
        assert workflow.discard(own, BEN).state is DISCARDED
        assert "editor" in refused(lambda: workflow.discard(brief(), BEN))


BAD = [
    ({"headline": "x" * 201}, "headline", "201 characters; at most 200"),
    ({"headline": "Two\nlines"}, "headline", "one line"),
    ({"headline": "  "}, "headline", "write the headline"),
    ({"headline": "A bell\x07"}, "headline", "control characters"),
    ({"body": "x" * 20_001}, "body", "20,001 characters; at most 20,000"),
    ({"body": "[x](javascript:alert(1))"}, "body", "'javascript:alert(1)' is no address"),
    ({"body": "[x](java&#115;cript:alert(1))"}, "body", "'javascript:alert(1)' is no address"),
    ({"body": "[x][1]\n\n[1]: data:text/html,x"}, "body", "'data:text/html,x' is no"),
    ({"body": "[x](/page)"}, "body", "'/page' is no address"),
    ({"body": "[x](//evil.example)"}, "body", "no address"),
    ({"body": "> - <mailto:a@b.example>"}, "body", "no address"),
    ({"body": "![x](https://a.example/x.png)"}, "body", "no credit"),
    ({"byline": "x" * 101}, "byline", "at most 100"),
    ({"kicker": "x" * 101}, "kicker", "at most 100"),
    ({"language": "fr_FR"}, "language", "nl-BE"),
    ({"series": "Born on"}, "series", "born-on"),
    ({"categories": ("x" * 101,)}, "categories", "at most 100"),
    ({"categories": tuple("x" * 21)}, "categories", "at most 20"),
    ({"picture": Picture("javascript:alert(1)", "A", "C")}, "picture", "'javascript:alert(1)'"),
    ({"picture": Picture("https://a.example/x.png", "", "C")}, "alt", "what the picture shows"),
    ({"picture": Picture("https://a.example/x.png", "A")}, "credit", "whom the picture is from"),
]


@pytest.mark.parametrize(("changes", "field", "why"), BAD)
def test_what_keeps_a_wording_from_going_out(changes: dict, field: str, why: str) -> None:
    bad = brief(wording=replace(COMPLETE, **changes))
    found = refused(lambda: workflow.publish(bad, ANNA, LATER, RULES))
    assert set(found) == {field}
    assert why in found[field]


class TestScheduling:
    def at(self, text: str) -> datetime | None:
        when = datetime.fromisoformat(text)
        return workflow.schedule(brief(), when, ANNA, NOW, RULES).publish_at

    @pytest.mark.parametrize(
        ("written", "utc"),
        [
            ("2026-01-21T10:00", "2026-01-21T09:00"),
            ("2026-03-28T10:00", "2026-03-28T09:00"),
            ("2026-03-29T01:59", "2026-03-29T00:59"),
            ("2026-03-29T03:00", "2026-03-29T01:00"),
            ("2026-03-29T10:00", "2026-03-29T08:00"),
            ("2026-10-25T02:30", "2026-10-25T00:30"),
            ("2026-10-25T02:30+01:00", "2026-10-25T01:30"),
            ("2026-10-25T10:00", "2026-10-25T09:00"),
        ],
    )
    def test_the_newsrooms_clock_on_any_day(self, written: str, utc: str) -> None:
        assert self.at(written) == datetime.fromisoformat(utc).replace(tzinfo=UTC)

    @pytest.mark.parametrize(
        ("written", "why"),
        [
            ("2026-03-29T02:30", "there is no 02:30 on 2026-03-29"),
            ("2026-01-20T10:00", "past"),
            ("2026-01-20T10:00+00:00", None),
            ("0001-01-01T00:00", "out of range"),
        ],
    )
    def test_times_that_do_not_come(self, written: str, why: str | None) -> None:
        if why is None:
            assert self.at(written)
        else:
            assert why in refused(lambda: self.at(written))["publish_at"]

    def test_it_goes_out_as_of_its_time_however_late(self) -> None:
        planned = brief(SCHEDULED, publish_at=LATER)
        assert "publish_at" in refused(
            lambda: workflow.release(planned, LATER - timedelta(seconds=1), RULES)
        )
        out = workflow.release(planned, LATER + timedelta(days=1), RULES)
        assert (out.published_at, str(out.day)) == (LATER, "2026-01-20")
        assert workflow.release(planned, LATER, RULES).published_at == LATER
        late = datetime(2026, 1, 20, 23, 30, tzinfo=UTC)
        out = workflow.release(brief(SCHEDULED, publish_at=late), late, RULES)
        assert str(out.day) == "2026-01-21", "the newsroom's day"

    def test_recalled_it_has_no_time(self) -> None:
        assert workflow.recall(brief(SCHEDULED), ANNA).publish_at is None


class TestAfterwards:
    def test_a_correction_is_told_and_moves_updated_alone(self) -> None:
        out = brief(PUBLISHED)
        once = workflow.correct(out, NEW, " It is open ", ANNA, LATER)
        assert (once.updated_at, once.edited_at, once.wording) == (LATER, LATER, NEW)
        assert [(c.note, c.who, c.at) for c in once.corrections] == [("It is open", "anna", LATER)]
        twice = workflow.correct(once, COMPLETE, "It is not", CARLA, NOW)
        assert twice.updated_at is not None
        assert twice.updated_at > LATER, "whatever the clock does"
        assert len(twice.corrections) == 2

    def test_both_say_why(self) -> None:
        out = brief(PUBLISHED)
        assert (
            "what was wrong"
            in refused(lambda: workflow.correct(out, NEW, " ", ANNA, LATER))["note"]
        )
        assert set(refused(lambda: workflow.withdraw(out, "", ANNA, LATER))) == {"reason"}
        assert set(refused(lambda: workflow.withdraw(out, "x" * 501, ANNA, LATER))) == {"reason"}
        assert (
            "why it is withdrawn"
            in refused(lambda: workflow.withdraw(out, "", ANNA, LATER))["reason"]
        )

    def test_a_withdrawal_keeps_when_and_why(self) -> None:
        gone = workflow.withdraw(brief(PUBLISHED), "  It was a hoax ", ANNA, LATER)
        assert (gone.withdrawn_at, gone.reason) == (LATER, "It was a hoax")
        early = workflow.withdraw(brief(PUBLISHED), "x", ANNA, NOW - timedelta(hours=1))
        assert early.withdrawn_at == NOW + timedelta(seconds=1), "feeds go by it"


@given(st.lists(st.tuples(st.sampled_from(sorted(STEPS)), st.integers(-90, 90)), max_size=12))
def test_what_is_out_keeps_its_identity(taken: list[tuple[str, int]]) -> None:
    now, current = NOW, brief()
    for name, minutes in taken:
        now += timedelta(minutes=minutes)
        before = current
        try:
            current = STEPS[name](before, ANNA, now)
        except DeskRefused:
            continue
        assert current.uid == before.uid
        if before.published_at:
            assert (current.day, current.slug, current.published_at) == (
                before.day,
                before.slug,
                before.published_at,
            )
            corrected = name == "correct"
            assert (current.updated_at != before.updated_at) == corrected
        elif current.published_at:
            assert current.is_public


@given(st.text())
def test_a_slug_is_plain_and_short(headline: str) -> None:
    made = slug(headline)
    assert 0 < len(made) <= 80
    assert all(part.isascii() and part.isalnum() for part in made.split("-"))


@pytest.mark.parametrize(
    ("headline", "expected"),
    [
        ("L'Élysée : œuvre « finie » ?", "l-elysee-oeuvre-finie"),
        ("Straße in Łódź", "strasse-in-lodz"),
        ("Новости", "brief"),
        ("word " * 30, "-".join(["word"] * 16)),
        ("x" * 300, "x" * 80),
    ],
)
def test_slugs(headline: str, expected: str) -> None:
    assert slug(headline) == expected
