"""What operators get wrong, and the very words that they are told: the right line, the right hint."""

from __future__ import annotations

from pathlib import Path

import pytest

from aggregator.errors import ConfigError
from aggregator.settings import SITE, SOURCES, validate

ONE = "sources:\n  - id: a\n    name: A\n    url: https://a.example/feed\n"
KEYS = "id, name, url, site, language, categories, interval, republish, include, exclude, auth, enabled, weight, article"
SLUG = "must be made of lower-case letters, digits and single hyphens, such as 'le-monde', at most 64 of them"
DURATION = "write it like 90s, 15m, 2h or 1d"
ADDRESS = "it must be an address such as https://www.example.org/feed.xml"
LOGIN = "must not hold a user name or password; they would end up in logs"
NO_YAML = "this is not YAML that can be read"
LIST = "must hold a list under 'sources:', each entry with id, name and url"
FIELDS = "exclude: must be a pattern, or one after title:, url:, category:"
ALLOWED = "is neither a network such as 127.0.0.0/8 nor an address and port such as 127.0.0.1:80"

# A fifth line of the one source; what is said of it.
IN_THE_FIFTH_LINE = [
    ("enable: false", "unknown key 'enable'; did you mean 'enabled'?"),
    ("feed: https://x/", "unknown key 'feed'; did you mean 'url'?"),
    ("tags: [x]", "unknown key 'tags'; did you mean 'categories'?"),
    ("credit: The A", "unknown key 'credit'; did you mean 'name'?"),
    ("qqq: 1", f"unknown key 'qqq'; the keys are {KEYS}"),
    ("enabled: 'no'", "enabled: must be true or false, not text"),
    ("enabled: 0", "enabled: must be true or false, not a number"),
    ("weight: lots", "weight: must be a number"),
    ("weight: 0", "weight: must be more than 0, not 0"),
    ("weight: 1000", "weight: must be at most 100, not 1000"),
    ("language: french", "language: 'french' is no language tag; write it like fr, en or nl-BE"),
    ("language: fr_FR", "language: 'fr_FR' is no language tag; write it like fr, en or nl-BE"),
    ("republish: everything", "republish: 'everything' must be one of none, link, excerpt, full"),
    ("republish: true", "republish: must be text, not true or false; put it in quotes"),
    ("interval: 1m", "interval: must be from 5m to 31d"),
    ("interval: 90d", "interval: must be from 5m to 31d"),
    ("interval: hourly", f"interval: 'hourly' is no duration; {DURATION}"),
    ("interval: 15 minutes", f"interval: '15 minutes' is no duration; {DURATION}"),
    ("interval: [15m]", "interval: must be a duration like 90s, 15m, 2h or 1d"),
    ("categories:", "categories: must be a list such as [one, two], not nothing"),
    ("categories: 7", "categories: must be a list such as [one, two], not a number"),
    ("categories: [7, x]", "categories: must be text, not a number; put it in quotes"),
    ("categories: {a: b}", "categories: must be text, not a group of keys"),
    ("include: ['(']", "include: '(' is no RE2 pattern: missing ): ("),
    ("exclude: ['a**']", "exclude: 'a**' is no RE2 pattern: bad repetition operator: **"),
    ("exclude: ['(?!x)']", "exclude: '(?!x)' is no RE2 pattern: invalid perl operator: (?!"),
    ("exclude: ['x{9999}']", "exclude: 'x{9999}' is no RE2 pattern: invalid repetition size: {9999}"),
    ("exclude: ['category:(']", "exclude: '(' is no RE2 pattern: missing ): ("),
    ("exclude: [{titel: x}]", FIELDS),
    ("exclude: [{title: x, url: y}]", FIELDS),
    ("exclude: [7]", "exclude: must be text, not a number; put it in quotes"),
    (
        "auth: anna:secret",
        "auth: must name an environment variable, like env:FANAL_LOGIN, that holds user:password or a "
        "token; never the secret itself",
    ),
    (
        "auth: env:AGGREGATOR_LOGIN",
        "auth: the variable's name must not begin with AGGREGATOR_: those are settings",
    ),
    ("site: a.example", "site: 'a.example' is no http or https address; did you mean https://a.example ?"),
    ("site: https://me:pw@a.example/", f"site: {LOGIN}"),
    ("name: B", "the key 'name' stands here a second time; keep one of them"),
    ("title: B: C", f"{NO_YAML} (mapping values are not allowed here); put a value with a colon in it in quotes"),
    ("site: *x", f"{NO_YAML} (found undefined alias 'x'); put a value that begins with * in quotes"),
]  # fmt: skip

IN_SOURCES = [
    (ONE.replace("https://a.example", "a.example"), "4: url: 'a.example/feed' is no http or https address; did you mean https://a.example/feed ?"),
    (ONE.replace("https:", "feed:"), "4: url: 'feed://a.example/feed' is no http or https address; did you mean https://a.example/feed ?"),
    (ONE.replace("https://", "https://me:pw@"), f"4: url: {LOGIN}: put them into an environment variable, and write auth: env:ITS_NAME"),
    (ONE.replace("https://a.example", "https://me:pw@a:99999"), f"4: url: {LOGIN}: put them into an environment variable, and write auth: env:ITS_NAME"),
    (ONE.replace("a.example/feed", "a.example:99999/"), f"4: url: 'https://a.example:99999/' cannot be read; {ADDRESS}"),
    (ONE.replace("https:", "http:") + "    auth: env:LOGIN\n", "5: auth: would be sent in the clear; the url must be https"),
    (ONE.replace("id: a", "id: A b"), f"2: id: 'A b' {SLUG}"),
    (ONE.replace("id: a", "id: 24"), "2: id: must be text, not a number; put it in quotes"),
    (ONE.replace("name: A", "name:"), "3: name: must be text, but nothing stands there"),
    (ONE.replace("    name: A\n", ""), "2: the key 'name' is missing (source 'a')"),
    (ONE + ONE[9:].replace("a.example", "b.example"), "5: id: 'a' is already on line 2"),
    (ONE + ONE[9:].replace("id: a", "id: b"), "7: url: 'https://a.example/feed' is already on line 4"),
    ("sources:\n  - https://a.example/feed\n", "2: each source has keys such as id, name and url, not text"),
    ("sources:\n  a:\n    url: https://a/\n", "1: sources: must be a list: begin each entry with '- '"),
    ("source:\n  - id: a\n", "1: unknown key 'source'; did you mean 'sources'?"),
    ("sources:\n", f"1: {LIST}"),
    ("sources: [\n", f"2: {NO_YAML} (expected the node content, but found '<stream end>'); close the bracket that is open"),
    ("sources:\n\t- id: a\n", f"2: {NO_YAML} (found character '\\t' that cannot start any token); indent with spaces, never with tabs"),
    ("sources:\n  - id: 'a\n    name: A\n", f"2: {NO_YAML} (found unexpected end of stream); close the quote that is open"),
    ("sources:\n  - id: a\n   name: A\n", f"3: {NO_YAML} (expected <block end>, but found '<block mapping start>'); begin this line in the column of the lines that it belongs to"),
    ("sources:\n  - id: @a\n", f"2: {NO_YAML} (found character '@' that cannot start any token); put the value in quotes"),
    ("sources:\n  - id: a\n%YAML 2.1\n", f"1: {NO_YAML}: a tag or a %YAML version makes no sense here; leave it out"),
    ("sources: " + "[" * 3000, f"1: {NO_YAML}: one thing is inside another too many times"),
    ("sources: !!bool x\n", f"1: {NO_YAML}: a tag or a %YAML version makes no sense here; leave it out"),
    ("sources: # ours\n\n|\n\n]\n", f"1: {NO_YAML}: a comment stands where none can; move it to a line before"),
    ("%YAML 1.0\n---\nsources: []\n", f"1: {NO_YAML}: a tag or a %YAML version makes no sense here; leave it out"),
]  # fmt: skip

IN_THE_SITE = [
    ("titel: x", "1: unknown key 'titel'; did you mean 'title'?"),
    ("\n\nhost_rate: fast", "3: host_rate: must be a number"),
    ("timezone: Europe/Paris", "1: unknown key 'timezone'; did you mean 'time_zone'?"),
    ("base_url: example.org", "1: base_url: 'example.org' is no http or https address; did you mean https://example.org ?"),
    ("languages: en", "1: languages: must be a list such as [one, two], not text"),
    ("fetch_max_bytes: 10MB", "1: fetch_max_bytes: must be a whole number"),
    ("database_url: postgresql://u:p@h/d", "1: database_url may let somebody in; set AGGREGATOR_DATABASE_URL instead"),
    ("allow_networks: [localhost]", f"1: allow_networks: 'localhost' {ALLOWED}"),
    ("limit_owners: {a: 7}", "1: limit_owners.a: must be text, not a number; put it in quotes"),
    ("limit_owners: 7", "1: limit_owners: must be pairs such as {one: two}, not a number"),
    ("languages: []", "1: languages: must have at least one"),
    ("retention: 5", "1: retention: must have keys such as texts: 365d"),
    (f"series:\n- {{slug: a, title: A, at: 10h00, headline: {'x' * 101}}}", "2: headline: must have at most 100 characters"),
    ("title: A\ntitle: B", "2: the key 'title' stands here a second time; keep one of them"),
]  # fmt: skip

WRONG = [
    *((SOURCES, f"{ONE}    {line}\n", f"5: {said}") for line, said in IN_THE_FIFTH_LINE),
    *((SOURCES, text, said) for text, said in IN_SOURCES),
    *((SITE, text, said) for text, said in IN_THE_SITE),
]


def problems(folder: Path, **drafts: str) -> list[str]:
    texts = {SOURCES: "sources: []", SITE: ""} | {f"{k}.yaml": v for k, v in drafts.items()}
    with pytest.raises(ConfigError) as caught:
        validate(folder, {}, texts)
    return [problem.removeprefix(f"{folder}/") for problem in caught.value.problems]


def test_there_are_enough_of_them() -> None:
    assert len(WRONG) >= 60


@pytest.mark.parametrize(("file", "text", "said"), WRONG)
def test_what_is_wrong_is_said(tmp_path: Path, file: str, text: str, said: str) -> None:
    assert problems(tmp_path, **{file.removesuffix(".yaml"): text}) == [f"{file}:{said}"]


def test_what_is_quoted_of_a_file_cannot_break_the_line(tmp_path: Path) -> None:
    (said,) = problems(tmp_path, aggregator='"a\\nb\\e[31m\\u2028": x\n')
    assert said.startswith("aggregator.yaml:1: unknown key 'a?b?[31m?'")
    assert len(said.splitlines()) == 1


def test_all_of_it_is_said_at_once(tmp_path: Path) -> None:
    lines = [line for line, said in IN_THE_FIFTH_LINE if "YAML" not in said and "name:" not in line]
    entries = [
        f"  - id: s{n}\n    name: A\n    url: https://a.example/{n}\n    {line}\n"
        for n, line in enumerate(lines)
    ]
    found = problems(tmp_path, sources="sources:\n" + "".join(entries), aggregator="titel: x\n")
    assert found[0].startswith("aggregator.yaml:1:")
    expected = [(5 + 4 * n, line.partition(":")[0]) for n, line in enumerate(lines)]
    assert [int(problem.split(":")[1]) for problem in found[1:]] == [at for at, _ in expected]
    assert all(key in problem for problem, (_, key) in zip(found[1:], expected, strict=True))
