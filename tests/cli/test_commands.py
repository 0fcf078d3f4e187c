"""The commands' answers, exit codes and complaints."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import inspect

from aggregator.store.database import parse_url
from tests.conftest import Install
from tests.databases import ON_POSTGRESQL, opened
from tests.journeys.service import DATABASE, Installation
from tests.journeys.test_service import rss
from tests.origin import Origin


@pytest.fixture
def house(install: Install, origin: Origin) -> Installation:
    house = install(allow=f"127.0.0.1:{origin.port}")
    house.declare(
        [{"id": "fanal", "name": "Le Fanal", "url": origin.put("/f", rss(1, 2), ETag='"1"')}]
    )
    house.run("db", "upgrade")
    return house


def test_poll_reports_each_source_and_the_whole(house: Installation, origin: Origin) -> None:
    report, summary = house.lines("poll")
    assert report == {
        "source": "fanal",
        "status": 200,
        "outcome": "changed",
        "new": 2,
        "revised": 0,
        "error": None,
    }
    assert {name: summary[name] for name in ("sources", "changed", "unchanged", "failed", "new_items", "revised_items")} == {
        "sources": 1, "changed": 1, "unchanged": 0, "failed": 0, "new_items": 2, "revised_items": 0,
    }  # fmt: skip
    assert house.lines("poll", "fanal")[0]["status"] == 304
    origin.put("/f", rss(1, 2).replace("Texte 1", "Texte corrigé"))
    assert house.lines("poll")[0]["revised"] == 1
    assert len(house.lines("poll", "--due")) == 1, "only the summary: nothing is due"


def test_a_failed_source_makes_exit_code_1_and_stops_no_other(
    house: Installation, origin: Origin
) -> None:
    house.declare(
        [
            {"id": "fanal", "name": "F", "url": f"{origin.url}/f"},
            {"id": "page", "name": "P", "url": origin.put("/p", "<html>Back soon</html>")},
            {"id": "lost", "name": "L", "url": f"{origin.url}/lost"},
        ]
    )  # fmt: skip
    reports = {r.get("source"): r for r in house.lines("poll", expect=1)}
    assert reports["fanal"]["new"] == 2
    assert "an HTML page, not a feed" in reports["page"]["error"]
    assert reports["lost"]["error"] == "HTTP 404 Not Found"
    assert reports[None]["failed"] == 2
    states = {
        s["id"]: (s["state"], s["http_status"], s["failures"])
        for s in house.lines("sources", "list")
    }
    assert states == {
        "fanal": ("ok", 200, 0),
        "page": ("failing", 200, 1),
        "lost": ("failing", 404, 1),
    }


def test_items_have_the_fixed_fields(house: Installation) -> None:
    house.run("poll")
    newest, _ = house.lines("items")
    assert set(newest) == {
        "id", "source", "guid", "url", "canonical_url", "title", "summary", "content", "authors",
        "categories", "language", "published_at", "updated_at", "first_seen_at", "revision",
        "duplicate_of", "story", "picture",
    }  # fmt: skip
    assert newest["published_at"] == "2026-01-19T02:00:00Z"
    assert (newest["title"], newest["language"]) == ("Titre 2 & « suite »", "fr")
    assert len(house.lines("items", "--limit", "1")) == 1
    assert [i["title"] for i in house.lines("items", "--search", "TITRE 1")] == [
        "Titre 1 & « suite »"
    ]
    assert len(house.lines("items", "--since", "2026-01-19T02:30")) == 1, "02h30 in Brussels"
    assert house.lines("items", "--source", "other") == []


@pytest.mark.parametrize(
    "args", [["poll", "fanl"], ["poll", "--nonsense"], ["items", "--since", "soon"], ["nothing"]]
)
def test_bad_usage_is_exit_code_2(house: Installation, args: list[str]) -> None:
    done = house.run(*args, expect=2)
    assert done.stdout == ""
    if "fanl" in args:
        assert "did you mean 'fanal'?" in done.stderr


def test_config_may_stand_on_either_side(house: Installation, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    for args in (
        ["--config", str(other), "sources", "check"],
        ["sources", "check", "--config", str(other)],
    ):
        assert "there is no such file" in house.run(*args, expect=2).stderr


@pytest.mark.parametrize(
    "command", [["poll"], ["run"], ["serve"], ["schedule"], ["items"], ["sources", "list"]]
)
def test_no_command_makes_a_database_by_accident(install: Install, command: list[str]) -> None:
    house = install(allow="127.0.0.1:1")
    house.declare([])
    done = house.run(*command, expect=2)
    missing = "var/aggregator.db: there is no database; create it with"
    if ON_POSTGRESQL:
        name = parse_url(house.database_url).render_as_string()
        missing = f"{name}: there are no tables in it yet; make them with"
    assert done.stderr == f"{missing}: aggregator db upgrade\n"
    assert not (house.folder / "var").exists()


def test_a_newer_database_is_refused_in_one_line(house: Installation) -> None:
    with opened(house.database_url) as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    before = tables(house)
    for command in (["poll"], ["db", "upgrade"]):
        done = house.run(*command, expect=2)
        assert "newer version of this program" in done.stderr
        assert len(done.stderr.splitlines()) == 1
    assert tables(house) == before


def tables(house: Installation) -> object:
    """What a newer or older program would change: the tables, or the file to the byte."""
    if not ON_POSTGRESQL:
        return (house.folder / DATABASE).read_bytes()
    with opened(house.database_url) as connection:
        look = inspect(connection)
        return {name: str(look.get_columns(name)) for name in look.get_table_names()}


def test_wrong_sources_are_all_named_with_their_lines(house: Installation) -> None:
    (house.folder / "config" / "sources.yaml").write_text(
        "sources:\n"
        "  - id: one\n    name: One\n    url: ftp://one.example/feed\n"
        "  - id: one\n    name: 7\n    url: https://two.example/feed\n    intervall: 15m\n"
    )
    done = house.run("poll", expect=2)
    assert done.stderr.splitlines() == [
        "config/sources.yaml:4: url: 'ftp://one.example/feed' is no http or https address; did you "
        "mean https://one.example/feed ?",
        "config/sources.yaml:6: name: must be text, not a number; put it in quotes",
        "config/sources.yaml:8: unknown key 'intervall'; did you mean 'interval'?",
        "config/sources.yaml:5: id: 'one' is already on line 2",
    ]


EVENT = (
    "Lac-Noir tunnel opens after nine years and 2.3 billion euros",
    "Lac-Noir tunnel opened by transport minister Marsault after nine years",
)


def told(*titles: str) -> str:
    items = "".join(
        f"<item><title>{t}</title><guid>{t}</guid><link>https://p.example/{n}/{len(t)}</link></item>"
        for n, t in enumerate(titles)
    )
    return f'<rss version="2.0"><channel><title>F</title>{items}</channel></rss>'


@pytest.fixture
def newsroom(house: Installation, origin: Origin) -> Installation:
    """Two sources that tell of one event, and of one thing each of their own."""
    house.declare(
        [
            {"id": "one", "name": "One", "url": origin.put("/1", told(EVENT[0], "A cat in a tree")), "language": "en"},
            {"id": "two", "name": "Two", "url": origin.put("/2", told(EVENT[1], "Rain on Sunday")), "language": "en"},
        ]
    )  # fmt: skip
    house.run("poll")
    return house


def test_stories_are_grouped_when_they_are_asked_for(newsroom: Installation) -> None:
    stories = newsroom.lines("stories")
    assert len(stories) == 3
    first = stories[0]
    assert set(first) == {
        *("id", "title", "score", "why", "state", "first_at", "last_at"),
        *("items", "sources", "languages"),
    }
    assert first["title"] in EVENT
    assert sorted(first["sources"]) == ["one", "two"]
    assert first["why"] == "2 sources in 1 minute, 1 language, not covered"
    assert first["state"] == "open"
    by_id = {item["id"]: item["story"] for item in newsroom.lines("items")}
    assert [by_id[item] for item in first["items"]] == [first["id"]] * 2
    assert len(newsroom.lines("stories", "--limit", "1")) == 1
    assert len(newsroom.lines("stories", "--since", "2020-01-01")) == 3
    assert newsroom.lines("stories", "--since", "2999-01-01") == []
    assert "2 sources in 1 minute" in newsroom.run("stories").stdout


def test_why_an_item_is_where_it_is(newsroom: Installation) -> None:
    items = newsroom.lines("stories")[0]["items"]
    (entry,) = newsroom.lines("items", "--why", str(items[1]))
    assert (entry["rule"], entry["evidence"]["like"]) == ("joined", items[0])
    said = newsroom.run("items", "--why", str(items[1])).stdout
    assert f'it joined story {entry["story"]}: like item {items[0]} "' in said
    assert "there is no item 99" in newsroom.run("items", "--why", "99", expect=2).stderr


def test_editors_split_merge_and_cover_stories(newsroom: Installation) -> None:
    first = newsroom.lines("stories")[0]
    one, two = first["items"]
    new = int(newsroom.run("stories", "split", str(two), "--editor", "anna").stdout)
    assert [s["items"] for s in newsroom.lines("stories") if s["id"] == new] == [[two]]
    newsroom.run("stories", "move", str(two), "--to", str(first["id"]))
    assert newsroom.lines("stories")[0]["items"] == [one, two]
    newsroom.run("stories", "cover", str(first["id"]))
    assert newsroom.lines("stories")[-1]["id"] == first["id"]
    newsroom.run("stories", "cover", str(first["id"]), "--undo")
    other = newsroom.lines("stories")[1]["id"]
    newsroom.run("stories", "merge", str(first["id"]), str(other))
    assert len(newsroom.lines("stories")[0]["items"]) == 3
    rules = [(e["rule"], e["who"]) for e in newsroom.lines("items", "--why", str(two))]
    assert rules[1] == ("split", "anna")
    assert [rule for rule, _ in rules] == ["joined", "split", "moved", "covered", "uncovered"]
    refused = newsroom.run("stories", "split", "99", expect=2)
    assert refused.stderr == "item 99 is not stored, or not grouped yet\n"


def council(*numbers: int, guid: str = "a", year: int = 2026) -> str:
    """A feed of dated entries."""
    entries = "".join(
        f"<item><title>The council met, part {n}</title><guid>{guid}-{n}</guid>"
        f"<link>https://p.example/{n}</link><pubDate>Tue, 20 Jan {year} 0{n}:00:00 GMT</pubDate>"
        "</item>"
        for n in numbers
    )
    return f'<rss version="2.0"><channel><title>F</title>{entries}</channel></rss>'


def test_a_flood_is_announced_listed_and_released(house: Installation, origin: Origin) -> None:
    house.run("poll")
    (before,) = house.lines("sources", "list")
    assert (before["held"], before["notice"]) == (0, None)
    origin.put("/f", council(*range(8), year=2015))
    assert "held back 8 of 8 new items" in house.run("poll").stderr
    (after,) = house.lines("sources", "list")
    assert (after["held"], after["notice"]) == (8, "held back 8 of 8 new items that came at once")
    assert "held back 8 of 8" in " ".join(house.run("sources", "list").stdout.split())
    assert len(house.lines("items", "--held")) == 8
    assert "not shown: dated before 2026-01-19" in house.run("items", "--held").stdout
    assert house.run("sources", "release", "fanal").stdout == "fanal: 8 items released.\n"
    assert house.lines("items", "--held") == []
    assert "there is no source 'x'" in house.run("sources", "release", "x", expect=2).stderr


def test_the_history_of_an_item(house: Installation, origin: Origin) -> None:
    house.run("poll")
    origin.put("/f", rss(1, 2).replace("Texte 1", "Texte corrigé"), ETag='"2"')
    house.run("poll")
    (item,) = house.lines("items", "--search", "corrigé")
    first, second = house.lines("items", "--history", str(item["id"]))
    assert (first["number"], second["number"]) == (1, 2)
    assert (second["who"], second["title"]) == ("fanal", item["title"])
    assert second["pieces"]["title"] == [["same", item["title"]]]
    assert ["gone", "1"] in second["pieces"]["text"]
    assert ["new", "corrigé"] in second["pieces"]["text"]
    assert first["at"] <= second["at"]
    shown = house.run("items", "--history", str(item["id"])).stdout
    assert "Texte [-1-]{+corrigé+}" in shown
    assert "there is no item 999" in house.run("items", "--history", "999", expect=2).stderr
