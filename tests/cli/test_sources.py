"""The tools that find, add, check, list, switch and try sources, as an operator uses them."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import jsonschema
import pytest

from aggregator.settings import FEEDS, SITE, SOURCES, load, validate
from aggregator.settings.schema import schema
from aggregator.settings.yamlfile import plain
from tests.conftest import Install
from tests.journeys.service import Installation
from tests.origin import Origin
from tests.wire.test_scout import FRENCH, alternate, page

NOW = format_datetime(datetime.now(UTC), usegmt=True)
SHIPPED = Path(__file__).parents[2] / "config"
HEAD = "# Our sources\nsources:\n"


def feed(title: str, *texts: str, date: str = NOW) -> str:
    items = "".join(
        f"<item><title>{text}</title><guid>{text}</guid><pubDate>{date}</pubDate></item>"
        for text in texts
    )
    return f'<rss version="2.0"><channel><title>{title}</title>{items}</channel></rss>'


@pytest.fixture
def house(install: Install, origin: Origin) -> Installation:
    house = install(allow=f"127.0.0.1:{origin.port}")
    entry = f"  - {{id: fanal, name: Le Fanal, url: '{origin.put('/f', feed('F', 'a', 'b'))}'}}  # mine\n"
    write(house, HEAD + entry)
    return house


def write(house: Installation, text: str) -> None:
    (house.folder / "config" / SOURCES).write_text(text)


def text_of(house: Installation) -> str:
    return (house.folder / "config" / SOURCES).read_text()


def entries(house: Installation) -> list[dict]:
    return plain(text_of(house))["sources"]


def test_discover_and_add(house: Installation, origin: Origin) -> None:
    origin.put("/site", page(alternate("/f"), alternate("/new")))
    origin.put("/new", feed("L'Écho", *FRENCH))
    site = f"{origin.url}/site"
    first, second = house.lines("sources", "discover", site)
    assert (first["title"], second["heard"], second["items"]) == ("F", "fr", 6)
    added = house.run("sources", "add", site, "--yes", "--category", "news", "--interval", "15m")
    assert "is there already: 'fanal'" in added.stdout
    assert "l-echo: added" in added.stdout
    before, new = entries(house)
    assert before["id"] == "fanal"
    assert new == {"id": "l-echo", "name": "L'Écho", "url": f"{origin.url}/new", "language": "fr",
                   "categories": ["news"], "interval": "15m"}  # fmt: skip
    assert text_of(house).startswith(HEAD)
    assert "# mine" in text_of(house)
    again = house.run("sources", "add", site, "--yes", expect=1)
    assert "no feed to add was found there" in again.stderr


def test_check_names_what_is_wrong_and_mends_it(house: Installation, origin: Origin) -> None:
    origin.put("/home", page(alternate("/alive")))
    origin.put("/alive", feed("Alive", "x"))
    origin.put("/moved", b"", status=301, Location="/f2")
    origin.put("/f2", feed("Moved", *FRENCH))
    old = format_datetime(datetime.now(UTC) - timedelta(days=60), usegmt=True)
    origin.put("/silent", feed("Silent", "x", date=old))
    u = origin.url
    write(house, f"""{HEAD}
  - {{id: fanal, name: F, url: "{u}/f"}}
  - {{id: twice, name: F, url: "{u}/f/"}}   # the same
  - id: dead
    name: D
    url: {u}/gone
    site: {u}/home  # their page
  - {{id: moved, name: M, url: "{u}/moved", language: nl}}
  - {{id: silent, name: S, url: "{u}/silent"}}
  - {{id: off, name: O, url: "{u}/off", enabled: false}}
""")  # fmt: skip
    offline = house.lines("sources", "check", expect=1)
    assert [(one["source"], one["trouble"]) for one in offline] == [("twice", "duplicate")]
    assert origin.requests == []
    found = house.lines("sources", "check", "--online", expect=1)
    told = {(one["source"], one["trouble"]): one["fix"] for one in found}
    assert told == {
        ("twice", "duplicate"): {"enabled": False},
        ("dead", "dead"): {"url": f"{u}/alive"},
        ("moved", "moved"): {"url": f"{u}/f2"},
        ("moved", "language"): {"language": "fr"},
        ("silent", "silent"): None,
    }  # fmt: skip
    fixed = house.run("sources", "check", "--online", "--fix", expect=1)
    assert f"done: url: {u}/alive" in fixed.stdout
    by_id = {entry["id"]: entry for entry in entries(house)}
    assert by_id["dead"]["url"] == f"{u}/alive"
    assert (by_id["moved"]["url"], by_id["moved"]["language"]) == (f"{u}/f2", "fr")
    assert by_id["twice"]["enabled"] is False
    assert "# the same" in text_of(house)
    assert "# their page" in text_of(house)


def test_opml_in_and_out(house: Installation, tmp_path: Path) -> None:
    listed = tmp_path / "list.opml"
    listed.write_text(
        '<opml version="1.0"><body><outline text="Music"><outline text="Le Son" '
        'xmlUrl="https://son.example/feed"/></outline></body></opml>'
    )
    before = text_of(house)
    dry = house.run("sources", "import", str(listed), "--dry-run")
    assert "le-son: https://son.example/feed Music" in dry.stdout
    assert text_of(house) == before
    assert "1 sources added, 0 skipped" in house.run("sources", "import", str(listed)).stdout
    assert entries(house)[1]["categories"] == ["Music"]
    again = house.run("sources", "import", str(listed))
    assert "is there already as 'le-son'" in again.stderr
    house.run("sources", "export", "out.opml")
    assert 'xmlUrl="https://son.example/feed"' in (house.folder / "out.opml").read_text()
    exported = house.run("sources", "export").stdout.splitlines()
    written = (house.folder / "out.opml").read_text().splitlines()
    assert [one for one in exported if "dateCreated" not in one] == [
        one for one in written if "dateCreated" not in one
    ]
    listed.write_text('<!DOCTYPE opml SYSTEM "x"><opml/>')
    assert "document type" in house.run("sources", "import", str(listed), expect=2).stderr


def test_switching_off_and_on(house: Installation) -> None:
    house.run("sources", "disable", "fanal")
    assert "enabled: false}  # mine" in text_of(house)
    house.run("sources", "enable", "fanal")
    assert entries(house)[0]["enabled"] is True
    assert "there is no source 'x'" in house.run("sources", "enable", "x", expect=2).stderr


def test_a_draft_is_tried_on_what_came(house: Installation, origin: Origin, tmp_path: Path) -> None:
    origin.put("/f", feed("F", "Titre 1", "Titre 2", "Titre 3"))
    write(house, f"{HEAD}  - {{id: fanal, name: F, url: '{origin.url}/f', exclude: ['Titre 3']}}\n"
          f"  - {{id: other, name: O, url: '{origin.url}/o'}}\n")  # fmt: skip
    house.run("db", "upgrade")
    house.run("poll", "fanal")
    draft = tmp_path / "draft.yaml"
    draft.write_text(
        f"sources: [{{id: fanal, name: F, url: '{origin.url}/f', exclude: ['title:Titre 1'], interval: 6h}}]"
    )
    before = text_of(house)
    feeds = house.folder / "config" / FEEDS
    feeds.write_text("feeds: [{slug: one, title: One, search: titre 1}]")
    told = house.lines("sources", "try", str(draft))
    assert [(one["feed"], one["action"], one["why"]) for one in told if "item" in one] == [
        ("/feed", "enters", "no longer exclude: Titre 3"),
        ("/feed", "leaves", "exclude: title:Titre 1"),
        ("/feeds/one", "leaves", "exclude: title:Titre 1"),
    ]
    assert told[3:] == [
        {"feed": "/feed", "before": 2, "after": 2},
        {"feed": "/feeds/one", "before": 1, "after": 0},
        {"filter": "exclude: title:Titre 1", "source": "fanal", "before": 0, "after": 1},
        {"filter": "exclude: Titre 3", "source": "fanal", "before": 1, "after": 0},
        {"host": f"127.0.0.1:{origin.port}", "before": 96.0, "after": 4.0},
    ]
    said = house.run("sources", "try", str(draft)).stdout
    assert "stops: other; it brought 0 items, which stay" in said
    assert "fanal: exclude: title:Titre 1: keeps off 0 of 3 items now, 1 then" in said
    assert "/feeds/one: 0 would enter, 1 would leave (of 7 days it has 1 now, 0 then)" in said
    assert "  - fanal: Titre 1 (exclude: title:Titre 1)" in said
    assert "Nothing was changed" in said
    assert text_of(house) == before
    house.run("sources", "try", str(draft), "--apply")
    assert text_of(house) == draft.read_text()
    draft.write_text("sources: [x]")
    assert f"config/{SOURCES}:1:" in house.run("sources", "try", str(draft), expect=2).stderr


def test_a_draft_of_feeds_is_tried_and_applied(
    house: Installation, origin: Origin, tmp_path: Path
) -> None:
    house.run("db", "upgrade")
    house.run("poll")
    draft, feeds = tmp_path / "draft.yaml", house.folder / "config" / FEEDS
    draft.write_text("feeds: [{slug: all, title: All of it, kinds: items}]")
    told = house.run("sources", "try", str(draft), "--file", FEEDS)
    assert (
        "/feeds/all: 2 would enter, 0 would leave (of 7 days it has 0 now, 2 then)" in told.stdout
    )
    assert "  + fanal: a (the feed is new)" in told.stdout
    assert not feeds.exists()
    house.run("sources", "try", str(draft), "--file", FEEDS, "--apply")
    assert feeds.read_text() == draft.read_text()
    draft.write_text("feeds: [{slug: all, title: All of it, sources: nobody}]")
    assert (
        f"config/{FEEDS}:1: sources: there is no 'nobody'"
        in house.run("sources", "try", str(draft), "--file", FEEDS, expect=2).stderr
    )


def test_a_poll_is_traced_without_its_secrets(house: Installation, origin: Origin) -> None:
    write(house, f"{HEAD}  - {{id: fanal, name: F, url: '{origin.url}/f', auth: env:LOGIN, interval: 15m}}\n")  # fmt: skip
    house.environ["LOGIN"] = "anna:s3cret"
    house.run("db", "upgrade")
    told = house.run("poll", "--trace", "fanal").stderr
    assert "> GET /f HTTP/1.1" in told
    assert "> Authorization: Basic ***" in told
    assert "< HTTP/1.1 200 OK" in told
    assert "next poll: " in told
    assert "interval: 15m in sources.yaml" in told
    assert "s3cret" not in told
    assert "YW5uYTpzM2NyZXQ" not in told


def test_the_schema_accepts_what_we_accept_and_editors_see_what_keys_are_for(
    house: Installation,
) -> None:
    schemas = {}
    for name in (SOURCES, SITE, FEEDS):
        schema = json.loads(house.run("sources", "schema", "--file", name).stdout)
        jsonschema.Draft202012Validator.check_schema(schema)
        jsonschema.validate(plain((SHIPPED / name).read_text()), schema)
        schemas[name] = schema
    sources, site, feeds = schemas.values()
    assert json.loads(house.run("sources", "schema").stdout) == sources
    for keys in (
        sources["properties"]["sources"]["items"]["properties"],
        site["properties"],
        site["properties"]["series"]["items"]["properties"],
        feeds["properties"]["feeds"]["items"]["properties"],
    ):
        assert all(key["description"] for key in keys.values())
    for wrong in (
        {"url2": 1},
        {"interval": "often"},
        {"republish": "all"},
        {"url": "https://u:p@a/"},
    ):
        entry = {"id": "a", "name": "A", "url": "https://a.example/f"} | wrong
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate({"sources": [entry]}, sources)
    right = {"id": "a", "name": "A", "url": "https://a.example/f", "interval": 900,
             "exclude": ["x", {"title": "y"}], "categories": "news", "auth": "env:X"}  # fmt: skip
    jsonschema.validate({"sources": [right]}, sources)
    for wrong in ({"size": 5}, {"kinds": "stories"}, {"kinds": []}, {"catgories": "x"}):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate({"feeds": [{"slug": "a", "title": "A"} | wrong]}, feeds)
    everything = {"slug": "a", "title": "A", "kinds": "briefs", "categories": "x", "size": 20,
                  "languages": ["fr"], "search": "two words"}  # fmt: skip
    jsonschema.validate({"feeds": [everything]}, feeds)
    for wrong in (
        {"database_url": "sqlite:///x"},
        {"story_window": "a week"},
        {"retention": {"tetxs": "90d"}},
        {"series": [{"slug": "a", "title": "A", "at": "noon"}]},
        {"series": [{"slug": "a", "title": "A", "weekdays": ["monday"]}]},
    ):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(wrong, site)
    slot = {"slug": "a", "title": "A", "at": "10h00", "weekdays": ["mon", "fri"]}
    jsonschema.validate({"series": [slot], "retention": {"texts": "90d"}}, site)


def test_what_an_editor_completes_is_what_we_read() -> None:
    """The defaults that it puts in are ours."""
    for key, of in schema(SITE)["properties"].items():
        if of.get("default") is not None:
            validate(SHIPPED, {}, {SITE: f"{key}: {json.dumps(of['default'])}"})


def test_a_newsroom_without_sources_is_told_how_to_get_some(install: Install) -> None:
    house = install(allow="127.0.0.1:1")
    (house.folder / "config" / SITE).unlink()
    said = house.run("init", "--yes").stderr
    assert "Add a source with: aggregator sources add URL\nStart it with: aggregator run" in said


def test_a_newsroom_from_nothing(install: Install, origin: Origin) -> None:
    house = install(allow=f"127.0.0.1:{origin.port}")
    (house.folder / "config" / SITE).unlink()
    origin.put("/", page(alternate("/f")))
    origin.put("/f", feed("Le Fanal", "a"))
    args = (
        "--title",
        "Our: newsroom",
        "--zone",
        "Europe/Paris",
        "--language",
        "fr",
        "--source",
        origin.url,
    )
    assert "no time zone" in house.run("init", "--yes", "--zone", "Paris", expect=2).stderr
    house.run("init", "--yes", *args)
    found = load(house.folder / "config", {})
    assert (found.title, found.time_zone.key, found.languages) == (
        "Our: newsroom",
        "Europe/Paris",
        ("fr",),
    )
    assert [(source.id, source.url) for source in found.sources] == [
        ("le-fanal", f"{origin.url}/f")
    ]
    assert house.lines("poll")[0]["new"] == 1
    assert "is there already" in house.run("init", "--yes", expect=2).stderr
    written = (house.folder / "config" / SITE).read_text()
    assert "smtp_user" in written
    assert "smtp_password" not in written, "the file would be refused"
