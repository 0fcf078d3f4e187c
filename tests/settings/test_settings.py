"""What operators may write, and what they are told when it is wrong."""

from __future__ import annotations

from datetime import time, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aggregator.domain import Republish
from aggregator.errors import ConfigError
from aggregator.settings import load

SHIPPED = Path(__file__).parents[2] / "config"
GOOD = "  - {id: a, name: A, url: 'https://a.example/feed'%s}\n"


def write(folder: Path, sources: str | bytes = "sources: []\n", site: str = "") -> Path:
    body = sources if isinstance(sources, bytes) else sources.encode()
    (folder / "sources.yaml").write_bytes(body)
    (folder / "aggregator.yaml").write_text(site)
    return folder


def problems(folder: Path, environ: dict[str, str] | None = None) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        load(folder, environ or {})
    return [problem.replace(f"{folder}/", "") for problem in caught.value.problems]


def test_the_shipped_files_are_right_and_lead_with_le_monde() -> None:
    shipped = load(SHIPPED, {})
    assert [s.id for s in shipped.sources[:3]] == [
        "le-monde",
        "le-monde-international",
        "le-monde-en",
    ]
    assert len(shipped.sources) >= 40
    assert len({s.language for s in shipped.sources if s.language}) >= 8
    assert all(s.name and s.site and s.categories for s in shipped.sources)


def test_everything_that_can_be_declared(tmp_path: Path) -> None:
    extra = (
        ", site: 'https://a.example/', language: nl-BE, categories: news, interval: 15m, republish: full, "
        "include: [x, {category: ' z'}], exclude: ['^y'], enabled: false, weight: 2"
    )
    (one,) = load(write(tmp_path, "sources:\n" + GOOD % extra), {}).sources
    assert (one.interval, one.republish, one.enabled) == (
        timedelta(minutes=15),
        Republish.FULL,
        False,
    )
    assert (one.categories, one.include, one.exclude, one.weight) == (
        ("news",),
        ("x", "category: z"),
        ("^y",),
        2.0,
    )


def test_the_environment_overrides_the_file(tmp_path: Path) -> None:
    folder = write(tmp_path, site="title: File\nhost_rate: 1\n")
    environ = {
        "AGGREGATOR_TITLE": "Environment: yes",
        "AGGREGATOR_HOST_RATE": "0",
        "AGGREGATOR_ALLOW_NETWORKS": "127.0.0.0/8, 127.0.0.1:8099",
        "AGGREGATOR_HOUR": "36",
        "AGGREGATOR_FOUR_EYES": "true",
        "AGGREGATOR_SECRET_KEY": "not ours",
        "OTHER": "x",
    }
    found = load(folder, environ)
    assert (found.title, found.host_rate) == ("Environment: yes", 0)
    assert found.four_eyes
    assert found.allow_networks == ("127.0.0.0/8", "127.0.0.1:8099")
    assert (found.hour, found.default_interval) == (timedelta(seconds=36), timedelta(seconds=18))


@pytest.mark.parametrize("text", ["*yes*", "[yes", "yes: {", "- 'yes", "[yes]", "", "2"])
def test_what_is_no_value_in_the_environment_is_said(tmp_path: Path, text: str) -> None:
    (said,) = problems(write(tmp_path), {"AGGREGATOR_FOUR_EYES": text})
    assert said.startswith("AGGREGATOR_FOUR_EYES: four_eyes: must be true or false, not ")


def test_a_short_hour_allows_short_intervals(tmp_path: Path) -> None:
    folder = write(tmp_path, "sources:\n" + GOOD % ", interval: 3s")
    assert load(folder, {"AGGREGATOR_HOUR": "36"}).sources[0].interval == timedelta(seconds=3)
    assert problems(folder) == ["sources.yaml:2: interval: must be from 5m to 31d"]


URL_HELP = "it must be an address such as https://www.example.org/feed.xml"
IN_A_SOURCE = [
    (", url2: x", "unknown key 'url2'; did you mean 'url'?"),
    (
        ", zzz: x",
        "unknown key 'zzz'; the keys are id, name, url, site, language, categories, interval, "
        "republish, include, exclude, auth, enabled, weight, article",
    ),
    (", enabled: maybe", "enabled: must be true or false, not text"),
    (", enabled: 1", "enabled: must be true or false, not a number"),
    (", weight: heavy", "weight: must be a number"),
    (", weight: 0", "weight: must be more than 0, not 0"),
    (", weight: 101", "weight: must be at most 100, not 101"),
    (", language: français!", "language: 'français!' is no language tag; write it like fr, en or nl-BE"),
    (", language: [fr]", "language: must be text, not a list"),
    (", republish: all", "republish: 'all' must be one of none, link, excerpt, full"),
    (", interval: often", "interval: 'often' is no duration; write it like 90s, 15m, 2h or 1d"),
    (", interval: -5m", "interval: '-5m' is no duration; write it like 90s, 15m, 2h or 1d"),
    (", interval: 4m", "interval: must be from 5m to 31d"),
    (", interval: 32d", "interval: must be from 5m to 31d"),
    (", categories: 7", "categories: must be a list such as [one, two], not a number"),
    (", categories: [7]", "categories: must be text, not a number; put it in quotes"),
    (", include: ['(']", "include: '(' is no RE2 pattern: missing ): ("),
    (", exclude: '(?=x)'", "exclude: '(?=x)' is no RE2 pattern: invalid perl operator: (?="),
    (", site: nowhere", f"site: 'nowhere' is no http or https address; {URL_HELP}"),
    (", site: 'https://u:p@a.example/'", "site: must not hold a user name or password; they would end up in logs"),
    (", site: 'https://a b/'", f"site: 'https://a b/' cannot be read; {URL_HELP}"),
    (", site: 'http://[x/'", f"site: 'http://[x/' cannot be read; {URL_HELP}"),
]  # fmt: skip


@pytest.mark.parametrize(("extra", "message"), IN_A_SOURCE)
def test_what_is_wrong_in_a_source(tmp_path: Path, extra: str, message: str) -> None:
    folder = write(tmp_path, "# a comment\nsources:\n" + GOOD % extra)
    assert problems(folder) == [f"sources.yaml:3: {message}"]


SLUG_HELP = "must be made of lower-case letters, digits and single hyphens, such as 'le-monde', at most 64 of them"
IN_SOURCES = [
    ("", "1: must hold a list under 'sources:', each entry with id, name and url"),
    ("sources:\n", "1: must hold a list under 'sources:', each entry with id, name and url"),
    ("sources: x\n", "1: must hold a list under 'sources:', each entry with id, name and url"),
    ("- a\n", "1: must hold a list under 'sources:', each entry with id, name and url"),
    ("sources: []\nfeeds: []\n", "2: unknown key 'feeds'; the file holds one list, 'sources:'"),
    ("sources:\n  - x\n", "2: each source has keys such as id, name and url, not text"),
    ("sources:\n  - id: a\n    name: A\n", "2: the key 'url' is missing (source 'a')"),
    ("sources:\n  - {name: A, url: 'https://a/'}\n", "2: the key 'id' is missing"),
    ("sources:\n  - id: Le Monde\n    name: A\n    url: https://a/\n", f"2: id: 'Le Monde' {SLUG_HELP}"),
    ("sources:\n  - id: a\n    name: ''\n    url: https://a/\n", "3: name: must not be empty"),
    ("sources:\n  - id: a\n    name: \"x\\ny\"\n    url: https://a/\n", "3: name: must be one line without control characters"),
    ("sources:\n  - id: a\n    id: b\n", "3: the key 'id' stands here a second time; keep one of them"),
    (b"sources:\n  - id: \xff\n", "2: this is not UTF-8 text; save the file as UTF-8"),
    (
        "sources:\n" + GOOD % "" + "  - {id: b, name: B, url: 'https://a.example/feed'}\n",
        "3: url: 'https://a.example/feed' is already on line 2",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("text", "message"), IN_SOURCES)
def test_what_is_wrong_in_the_list(tmp_path: Path, text: str | bytes, message: str) -> None:
    assert problems(write(tmp_path, text)) == [f"sources.yaml:{message}"]


def test_a_folder_in_a_files_place_cannot_be_read(tmp_path: Path) -> None:
    write(tmp_path)
    (tmp_path / "sources.yaml").unlink()
    (tmp_path / "sources.yaml").mkdir()
    assert problems(tmp_path) == ["sources.yaml:1: cannot be read: Is a directory"]


@pytest.mark.parametrize(
    "text", ["sources:\n  - id: 'a\n", "sources: [\n", "a: b: c\n", "\tx: 1\n", "a: \x00\n", "%x\n"]
)
def test_what_is_no_yaml_is_said_to_be_none(tmp_path: Path, text: str) -> None:
    (problem,) = problems(write(tmp_path, text))
    assert problem.startswith("sources.yaml:")
    assert "not YAML that can be read" in problem


IN_THE_SITE = [
    ("titel: x", "aggregator.yaml:1: unknown key 'titel'; did you mean 'title'?"),
    ("- x", "aggregator.yaml:1: must hold keys such as 'title: …', not a list"),
    ("time_zone: Brussels", "aggregator.yaml:1: time_zone: 'Brussels' is no time zone; write it like Europe/Brussels"),
    ("languages: []", "aggregator.yaml:1: languages: must have at least one"),
    ("base_url: example.org", "aggregator.yaml:1: base_url: 'example.org' is no http or https address; did you mean https://example.org ?"),
    ("base_url: https://x/?a", "aggregator.yaml:1: base_url: must not have a '?' or '#' part"),
    ("\nfeed_entries: 10", "aggregator.yaml:2: feed_entries: must be at least 50, not 10"),
    ("feed_entries: 1.5", "aggregator.yaml:1: feed_entries: must be a whole number"),
    ("host_rate: -1", "aggregator.yaml:1: host_rate: must be at least 0, not -1"),
    ("database_url: x", "aggregator.yaml:1: database_url may let somebody in; set AGGREGATOR_DATABASE_URL instead"),
    (
        "allow_networks: [localhost]",
        "aggregator.yaml:1: allow_networks: 'localhost' is neither a network such as 127.0.0.0/8 nor an "
        "address and port such as 127.0.0.1:80",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("text", "message"), IN_THE_SITE)
def test_what_is_wrong_in_the_site(tmp_path: Path, text: str, message: str) -> None:
    assert problems(write(tmp_path, site=text)) == [message]


def test_everything_is_said_at_once(tmp_path: Path) -> None:
    folder = write(
        tmp_path, "sources:\n  - {id: A, url: ftp://x}\n  - y\n", "titel: x\nhour: never\n"
    )
    found = problems(folder, {"AGGREGATOR_HOST_RATE": "fast", "AGGREGATOR_TITEL": "x"})
    assert found == [
        "AGGREGATOR_TITEL: unknown key 'titel'; did you mean 'title'?",
        "AGGREGATOR_HOST_RATE: host_rate: must be a number",
        "aggregator.yaml:2: hour: 'never' is no duration; write it like 90s, 15m, 2h or 1d",
        "aggregator.yaml:1: unknown key 'titel'; did you mean 'title'?",
        f"sources.yaml:2: id: 'A' {SLUG_HELP}",
        "sources.yaml:2: the key 'name' is missing (source 'A')",
        f"sources.yaml:2: url: 'ftp://x' is no http or https address; {URL_HELP}",
        "sources.yaml:3: each source has keys such as id, name and url, not text",
    ]


def test_there_must_be_sources_and_the_rest_has_defaults(tmp_path: Path) -> None:
    assert [p.partition(":")[0] for p in problems(tmp_path)] == ["sources.yaml"]
    (tmp_path / "sources.yaml").write_text("sources: []")
    assert load(tmp_path, {}).title == "Aggregator"


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.one_of(
        st.binary(max_size=80),
        st.text(alphabet="sources:- \nidnameurl[]{}&*!'\"#|>%@\t", max_size=80).map(str.encode),
    )
)
def test_no_file_raises_anything_but_a_config_error(tmp_path: Path, body: bytes) -> None:
    for prefix in (b"", b"sources:\n  - id: a\n    name: "):
        (tmp_path / "aggregator.yaml").write_bytes(body)
        (tmp_path / "sources.yaml").write_bytes(prefix + body)
        try:
            load(tmp_path, {})
        except ConfigError as error:
            for problem in error.problems:
                assert "Input should" not in problem
                assert "pydantic" not in problem


SERIES = "series: [{slug: born-on, title: Born on%s}]\n"
IN_A_SERIES = [
    (", titel: x", "unknown key 'titel'; did you mean 'title'?"),
    (", at: noon", "at: 'noon' is no time; write it like 10h00"),
    (", at: 24h00", "at: '24h00' is no time; write it like 10h00"),
    (", weekdays: [7]", "weekdays: must be a list of mon, tue, wed, thu, fri, sat, sun"),
    (", weekdays: mon", "weekdays: must be a list of mon, tue, wed, thu, fri, sat, sun"),
    ("}, {slug: born-on, title: Again", "slug: 'born-on' is there twice"),
    ("}, born-on, {slug: rip, title: RIP", "must have keys such as slug, not text"),
]


def test_series(tmp_path: Path) -> None:
    keys = ", headline: 'Born on {date}: ', at: 9h30, weekdays: [mon, fri]"
    (found,) = load(write(tmp_path, site=SERIES % keys), {}).series
    assert (found.kicker, found.at, found.weekdays) == ("Born on", time(9, 30), {0, 4})
    assert load(write(tmp_path, site=SERIES % ""), {}).series[0].weekdays == frozenset(range(7))


@pytest.mark.parametrize(("slip", "sentence"), IN_A_SERIES)
def test_what_is_wrong_in_a_series(tmp_path: Path, slip: str, sentence: str) -> None:
    assert problems(write(tmp_path, site=SERIES % slip)) == [f"aggregator.yaml:1: {sentence}"]


def test_series_stand_in_the_file_only(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="must have keys such as slug, not text"):
        load(write(tmp_path), {"AGGREGATOR_SERIES": "born-on"})
