"""Briefs by command: the same rules as in the browser."""

from __future__ import annotations

import signal
import time
from datetime import UTC, datetime, timedelta

import pytest

from tests.cli.test_commands import EVENT, told
from tests.cli.test_users import users
from tests.conftest import Install
from tests.journeys.service import Installation
from tests.origin import Origin


@pytest.fixture
def house(install: Install, origin: Origin) -> Installation:
    """Two sources that tell of one event."""
    house = install(allow=f"127.0.0.1:{origin.port}")
    house.declare(
        [
            {"id": "one", "name": "One", "url": origin.put("/1", told(EVENT[0])), "language": "en"},
            {"id": "two", "name": "Two", "url": origin.put("/2", told(EVENT[1])), "language": "en"},
        ]
    )  # fmt: skip
    house.run("db", "upgrade")
    house.run("poll")
    for username, name in (("anna.peeters", "Anna Peeters"), ("ben", "Ben")):
        assert users(house, "add", username, "--name", name, "--role", "publisher") == (0, "")
    (house.folder / "body.md").write_text("After *nine years* it is [open](https://a.example/).\n")
    return house


PICTURE = ("--picture", "https://a.example/x.jpg", "--credit", "© Unsplash", "--alt", "A tunnel")


def begin(house: Installation, *more: str) -> str:
    story = str(house.lines("stories")[0]["id"])
    done = house.run(
        "briefs", "new", "--story", story, "--editor", "anna.peeters",
        "--headline", "The tunnel of Lac-Noir opens", "--body", "body.md", *more,
    )  # fmt: skip
    assert done.stdout.strip().isdecimal()
    return done.stdout.strip()


def shown(house: Installation, brief: str) -> dict:
    (record,) = house.lines("briefs", "show", brief)
    return record


def test_from_a_story_to_its_withdrawal(house: Installation) -> None:
    brief = begin(house, *PICTURE, "--kicker", "Transport")
    draft = shown(house, brief)
    assert set(draft) == {
        *("id", "uid", "state", "version", "author", "story", "path", "headline", "kicker", "body"),
        *("byline", "language", "series", "categories", "picture", "citations", "corrections"),
        *("created_at", "edited_at", "publish_at", "published_at", "updated_at", "withdrawn_at"),
        "reason",
    }
    assert (draft["state"], draft["author"], draft["byline"]) == ("draft", "anna.peeters", "AP")
    assert sorted(c["source"] for c in draft["citations"]) == ["One", "Two"]
    assert draft["picture"]["credit"] == "© Unsplash"
    house.run("briefs", "edit", brief, "--editor", "ben", "--headline", "The tunnel is open")
    house.run("briefs", "publish", brief, "--editor", "anna.peeters")
    out = shown(house, brief)
    assert (out["state"], out["uid"], out["version"]) == ("published", draft["uid"], 2)
    assert out["path"].startswith("/news/20")
    assert out["path"].endswith("/the-tunnel-is-open")
    assert "covered" in house.lines("stories")[0]["why"]
    house.run(
        "briefs", "correct", brief, "--note", "It opened on Monday", "--headline", "It is open"
    )
    fixed = shown(house, brief)
    assert (fixed["state"], fixed["headline"], fixed["path"]) == (
        "corrected",
        "It is open",
        out["path"],
    )
    assert [c["note"] for c in fixed["corrections"]] == ["It opened on Monday"]
    house.run("briefs", "withdraw", brief, "--reason", "It was a hoax")
    assert shown(house, brief)["state"] == "withdrawn"
    said = house.run("briefs", "show", brief).stdout
    for part in (
        "It was a hoax",
        "created by anna.peeters",
        "source: One",
        "withdrawn",
        "correction: It opened",
    ):
        assert part in said
    assert [b["id"] for b in house.lines("briefs", "list", "--state", "withdrawn")] == [int(brief)]
    assert house.lines("briefs", "list", "--state", "draft") == []
    assert "It is open" in house.run("briefs", "list").stdout


def test_all_that_is_missing_is_told_at_once(house: Installation) -> None:
    (item, *_) = house.lines("items")
    brief = house.run(
        "briefs", "new", "--item", str(item["id"]), "--picture", "javascript:alert(1)"
    ).stdout.strip()
    done = house.run("briefs", "publish", brief, expect=2)
    assert {line.partition(":")[0] for line in done.stderr.splitlines()} == {
        *("headline", "body", "picture", "alt", "credit"),
    }
    assert shown(house, brief)["state"] == "draft"


@pytest.mark.parametrize(
    ("args", "why"),
    [
        (["new"], "give a --story, or one --item or more"),
        (["new", "--item", "99"], "citations: there is no item 99"),
        (["new", "--story", "99"], "story: there is no story 99"),
        (["show", "99"], "there is no brief 99"),
        (["show", str(2**63 - 1)], f"there is no brief {2**63 - 1}"),
        (["show", str(2**63)], "is not in the range"),
        (["list", "--limit", str(2**63)], "is not in the range"),
        (["publish", "99"], "there is no brief 99"),
        (["schedule", "1", "--at", "soon"], "'soon' is no time"),
        (["correct", "1"], "Missing option '--note'"),
        (["withdraw", "1"], "Missing option '--reason'"),
        (["new", "--item", "1", "--editor", "nobody"], "there is no editor 'nobody'"),
    ],
)
def test_bad_usage_is_exit_code_2(house: Installation, args: list[str], why: str) -> None:
    done = house.run("briefs", *args, expect=2)
    assert why in done.stderr
    assert done.stdout == ""


def test_four_eyes(house: Installation) -> None:
    house.environ["AGGREGATOR_FOUR_EYES"] = "true"
    brief = begin(house)
    house.run("briefs", "submit", brief, "--editor", "anna.peeters")
    done = house.run("briefs", "publish", brief, "--editor", "anna.peeters", expect=2)
    assert done.stderr == "editor: it is yours: somebody else has to let it go out\n"
    house.run("briefs", "publish", brief, "--editor", "ben")


def test_a_scheduled_brief_goes_out_in_time(house: Installation) -> None:
    brief = begin(house)
    assert (
        "past"
        in house.run("briefs", "schedule", brief, "--at", "2020-01-01T10:00", expect=2).stderr
    )
    house.run("briefs", "schedule", brief, "--at", "2999-01-01T10:00")
    assert shown(house, brief)["publish_at"] == "2999-01-01T09:00:00Z"
    house.run("briefs", "recall", brief)
    assert shown(house, brief)["publish_at"] is None
    service = house.start("schedule")
    try:
        at = (datetime.now(UTC) + timedelta(seconds=6)).replace(microsecond=0)
        house.run("briefs", "schedule", brief, "--at", at.isoformat())
        while not (out := shown(house, brief))["published_at"]:
            assert datetime.now(UTC) < at + timedelta(seconds=10)
            time.sleep(0.2)
        assert out["published_at"] == f"{at:%Y-%m-%dT%H:%M:%SZ}"
    finally:
        service.send_signal(signal.SIGTERM)
        service.communicate(timeout=120)
    done = house.run("briefs", "show", brief).stdout
    assert "  published\n" in done


def test_discarding_asks_and_recall_brings_it_back(house: Installation) -> None:
    brief = begin(house)
    house.run("briefs", "discard", brief, "--editor", "anna.peeters", expect=1)
    assert shown(house, brief)["state"] == "draft", "nobody said yes"
    house.run("briefs", "discard", brief, "--editor", "anna.peeters", "--yes")
    assert shown(house, brief)["state"] == "discarded"
    assert house.lines("briefs", "list") == []
    assert "discarded" in house.run("briefs", "show", brief).stdout
    house.run("briefs", "recall", brief, "--editor", "ben")
    assert shown(house, brief)["state"] == "draft"
