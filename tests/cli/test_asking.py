"""What commands ask a person, and what they make of the answers."""

from __future__ import annotations

from pathlib import Path

import pytest

from aggregator.settings import SITE, load
from tests.cli.test_sources import entries, feed, text_of, write
from tests.conftest import Install
from tests.journeys.service import Installation
from tests.origin import Origin
from tests.wire.test_scout import FRENCH, alternate, page


@pytest.fixture
def house(install: Install, origin: Origin) -> Installation:
    """An empty newsroom, and a site that has two feeds."""
    house = install(allow=f"127.0.0.1:{origin.port}")
    write(house, "sources: []\n")
    origin.put("/site", page(alternate("/one"), alternate("/two")))
    origin.put("/one", feed("Le Fanal", "a", "b"))
    origin.put(
        "/two", feed("L'Écho", *FRENCH).replace("<title>L", "<language>en</language><title>L")
    )
    origin.put("/empty", page())
    return house


def test_feeds_are_shown_and_chosen_by_number(house: Installation, origin: Origin) -> None:
    site = f"{origin.url}/site"
    shown = house.run("sources", "discover", site).stdout
    assert "1. Le Fanal" in shown
    assert "language: en, it says, but its items are in fr" in shown
    for wrong in ("7", "one"):
        said = house.run("sources", "add", site, expect=2, answers=f"{wrong}\n").stderr
        assert f"'{wrong}' names none of the 2 feeds" in said
    house.run("sources", "add", site, answers="2\nThe Echo\necho\n")
    assert [(one["id"], one["name"], one["language"]) for one in entries(house)] == [
        ("echo", "The Echo", "fr")
    ]
    house.run("sources", "add", site, answers="all\n\n\n")
    assert [one["id"] for one in entries(house)] == ["echo", "le-fanal"]


def test_a_single_feed_is_added_after_a_yes(house: Installation, origin: Origin) -> None:
    house.run("sources", "add", f"{origin.url}/one", expect=1, answers="n\n")
    assert entries(house) == []
    house.run("sources", "add", f"{origin.url}/one", answers="\n\n\n")
    assert [one["id"] for one in entries(house)] == ["le-fanal"]
    before = text_of(house)
    for nothing in ("/empty", "/none"):
        house.run("sources", "discover", f"{origin.url}{nothing}", expect=1)
    assert text_of(house) == before


def test_a_newsroom_is_made_from_answers(
    house: Installation, origin: Origin, tmp_path: Path
) -> None:
    (house.folder / "config" / SITE).unlink()
    (house.folder / "config" / "sources.yaml").unlink()
    old = tmp_path / "old.opml"
    old.write_text('<opml><body><outline text="Old" xmlUrl="https://old.example/f"/></body></opml>')
    answers = ("Our newsroom", "", "Mars/Base", "Europe/Paris", "fr", "desk@n.example",
               f"{origin.url}/empty", "http://127.0.0.1:1/", f"{origin.url}/site", "", "")  # fmt: skip
    said = house.run("init", "--opml", str(old), answers="\n".join(answers) + "\n").stderr
    assert "'Mars/Base' is no time zone" in said
    assert f"{origin.url}/empty: no feed was found there" in said
    assert "written, with 2 sources; the database is ready" in said
    made = load(house.folder / "config", {})
    assert (made.title, made.time_zone.key, made.languages) == (
        "Our newsroom",
        "Europe/Paris",
        ("fr",),
    )
    assert [one.id for one in made.sources] == ["old", "le-fanal"]


def test_a_list_is_tried_before_it_is_taken_over(house: Installation, tmp_path: Path) -> None:
    wrong = "".join(f"<outline text='W{n}' xmlUrl='ftp://w.example/{n}'/>" for n in range(30))
    listed = tmp_path / "list.opml"
    listed.write_text(
        f"<opml><body><outline text='A' xmlUrl='https://a.example/f'/>{wrong}</body></opml>"
    )
    *rows, last = house.lines("sources", "import", "--dry-run", str(listed))
    assert (rows[0]["id"], rows[0]["action"]) == ("a", "add")
    assert (last["action"], len(rows)) == ("skip", 30)
    said = house.run("sources", "import", "--dry-run", str(listed))
    assert "1 sources would be added, 30 skipped." in said.stdout
    assert "more" in said.stderr.splitlines()[-1]
    assert entries(house) == []


def test_what_makes_no_sense_is_refused_in_one_line(house: Installation, origin: Origin) -> None:
    write(house, f"sources:\n  - {{id: off, name: O, url: '{origin.url}/one', enabled: false}}\n")
    house.run("db", "upgrade")
    assert "up to date" in house.run("db", "upgrade").stderr
    for args, said in (
        (("poll", "off"), "'off' is disabled in sources.yaml"),
        (("poll", "--trace", "off", "off"), "--trace polls one source, and no other"),
        (("items", "--since", "soon"), "write 2025-06-23, 2025-06-23T13:30 or 6h"),
    ):
        assert said in house.run(*args, expect=2).stderr
    assert house.run("items", "--since", "6h").stdout == ""
