"""Changes by our tools leave everything else in the operator's file as it is."""

from __future__ import annotations

import json
import threading
from difflib import ndiff
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.errors import ConfigError
from aggregator.settings import SOURCES, load
from aggregator.settings.editing import with_changes, with_sources, written
from aggregator.settings.writing import read, revise, write
from aggregator.settings.yamlfile import plain

NEW = {"id": "new", "name": "N: ew", "url": "https://n.example/", "categories": ["x", "y z"]}
SHIPPED = Path(__file__).parents[2] / "config" / SOURCES
BLOCK = """\
# Ours.
sources:
- id: a        # the first
  name:   'A'
  url: https://a.example/feed
  categories:
    - x  # why x
    - y
  # a thought
  enabled: true   # for now

# The others
- {id: b, name: B, url: "https://b.example/feed",   language: fr}   # odd columns
# the end
"""


def touched(before: str, after: str) -> list[str]:
    return [line for line in ndiff(before.splitlines(), after.splitlines()) if line[0] in "+-"]


def test_a_change_touches_its_own_line_only() -> None:
    assert touched(BLOCK, with_changes(BLOCK, {"a": {"enabled": False}})) == [
        "-   enabled: true   # for now",
        "+   enabled: false   # for now",
    ]
    more = with_changes(BLOCK, {"b": {"language": "nl", "enabled": False, "weight": 2}})
    assert touched(BLOCK, more) == [
        '- - {id: b, name: B, url: "https://b.example/feed",   language: fr}   # odd columns',
        '+ - {id: b, name: B, url: "https://b.example/feed",   language: nl, enabled: false, weight: 2}   '
        "# odd columns",
    ]
    new_key = with_changes(BLOCK, {"a": {"interval": "15m", "weight": 2.5}})
    assert touched(BLOCK, new_key) == ["+   interval: 15m", "+   weight: 2.5"]
    listed = with_changes(BLOCK, {"a": {"categories": ["z"]}})
    assert plain(listed)["sources"][0]["categories"] == ["z"]


@pytest.mark.parametrize("text", ["|\n    A", ">-\n    A\n    B"])
def test_a_new_key_comes_after_a_block_of_text(text: str) -> None:
    before = f"sources:\n- id: a\n  name: {text}\n# the end\n"
    after = with_changes(before, {"a": {"enabled": False}})
    assert touched(before, after) == ["+   enabled: false"]
    assert plain(after)["sources"] == [plain(before)["sources"][0] | {"enabled": False}]


@pytest.mark.parametrize(
    "text",
    [
        BLOCK,
        BLOCK.rstrip("\n"),
        BLOCK.replace("\n", "\r\n"),
        BLOCK[: BLOCK.index("# The others")],
        BLOCK.replace("# Ours.", "# Nôtres 📰 — ").replace("'A'", "'É 𝒜'"),
        "sources:\n  -   # a-b\n    id: a\n    name: 'A'\n",
    ],
)
def test_new_sources_come_last_in_the_manner_of_the_last(text: str) -> None:
    after = with_sources(text, [NEW])
    assert plain(after)["sources"] == [*plain(text)["sources"], NEW]
    assert all(line.startswith("+") for line in touched(text, after))


def test_letters_of_any_kind_are_counted_as_one() -> None:
    text = BLOCK.replace("# Ours.", "# Nôtres 📰 — ").replace("'A'", "'É 𝒜'")
    assert touched(text, with_changes(text, {"a": {"name": "Œ"}})) == [
        "-   name:   'É 𝒜'",
        "+   name:   Œ",
    ]


def test_the_shipped_file_and_json_too() -> None:
    text = SHIPPED.read_text()
    assert len(touched(text, with_sources(text, [NEW]))) == 1
    for empty in ("sources: []  # none yet\n# x\n", '{"sources": []}', "sources:\n  []\n"):
        assert plain(with_sources(empty, [NEW, NEW | {"id": "c"}]))["sources"][1]["id"] == "c"
    dumped = json.dumps({"sources": [{"id": "a", "name": "A"}]}, indent=1)
    after = with_changes(with_sources(dumped, [NEW]), {"a": {"enabled": False, "name": "B"}})
    assert json.loads(after) == {"sources": [{"id": "a", "name": "B", "enabled": False}, NEW]}


def test_what_cannot_be_changed_alone_is_left_to_people() -> None:
    shared = "sources:\n- &a {id: a, name: &n A, url: u}\n- {id: b, name: *n, url: v}\n"
    with pytest.raises(ConfigError, match="cannot be changed by command"):
        with_changes(shared, {"b": {"name": "B"}})
    with pytest.raises(ConfigError, match="there is no source 'x'"):
        with_changes(BLOCK, {"x": {"name": "B"}})
    with pytest.raises(ConfigError, match="must hold a list"):
        with_sources("feeds: []\n", [NEW])


_texts = st.text(max_size=30).filter(lambda text: "\x85" not in text and text.isprintable())


@given(st.one_of(_texts, st.booleans(), st.integers(0, 99), st.lists(_texts, max_size=3)))
def test_every_value_is_read_as_it_was_written(value: object) -> None:
    assert plain(f"- {{x: {written(value)}}}\n- x: {written(value)}\n") == [{"x": value}] * 2


@given(st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from(["name", "site", "enabled", "weight"]), st.sampled_from(["B c", True, 2, "x: y"])), max_size=6))  # fmt: skip
def test_changes_do_what_they_say_and_nothing_else(changes: list[tuple[str, str, object]]) -> None:
    wanted: dict[str, dict[str, object]] = {}
    for source, key, value in changes:
        wanted.setdefault(source, {})[key] = value
    after = with_changes(BLOCK, wanted)
    expected = plain(BLOCK)["sources"]
    for entry in expected:
        entry.update(wanted.get(entry["id"], {}))
    assert plain(after)["sources"] == expected
    for comment in ("# Ours.", "# the first", "# why x", "# a thought", "# for now", "# odd columns", "# the end"):  # fmt: skip
        assert comment in after


GOOD = "sources:\n  - {id: a, name: A, url: https://a.example/}  # mine\n"


def test_what_would_be_wrong_is_not_written(tmp_path: Path) -> None:
    path = tmp_path / SOURCES
    path.write_text(GOOD)
    path.chmod(0o640)
    with pytest.raises(ConfigError, match=r"sources\.yaml:3: id: 'a' is already on line 2"):
        revise(tmp_path, {}, SOURCES, lambda text: with_sources(text, [NEW | {"id": "a"}]))
    assert path.read_text() == GOOD
    revise(tmp_path, {}, SOURCES, lambda text: with_sources(text, [NEW]))
    assert [source.id for source in load(tmp_path, {}).sources] == ["a", "new"]
    assert path.stat().st_mode & 0o777 == 0o640
    assert [file.name for file in tmp_path.iterdir()] == [SOURCES], "nothing is left behind"


def test_a_byte_order_mark_stays(tmp_path: Path) -> None:
    (tmp_path / SOURCES).write_text("\ufeff" + GOOD)
    changes = {"a": {"name": "Œ"}}
    revise(tmp_path, {}, SOURCES, lambda text: with_changes(text, changes))
    assert (tmp_path / SOURCES).read_text() == "\ufeff" + GOOD.replace("name: A", "name: Œ")


def test_a_link_stays_a_link_and_nobody_overwrites_another(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    real = tmp_path / "real" / SOURCES
    real.write_text(GOOD)
    (tmp_path / SOURCES).symlink_to(real)
    write(tmp_path / SOURCES, GOOD + "# more\n", was=GOOD)
    assert (tmp_path / SOURCES).is_symlink()
    assert read(real).endswith("# more\n")
    with pytest.raises(ConfigError, match="was changed meanwhile"):
        write(tmp_path / SOURCES, GOOD, was=GOOD)


def test_what_cannot_be_read_or_written_is_said_and_nothing_is_left_behind(tmp_path: Path) -> None:
    def revised(folder: Path) -> None:
        revise(folder, {}, SOURCES, lambda text: text)

    with pytest.raises(ConfigError, match=r"sources\.yaml:1: cannot be read: No such file"):
        revised(tmp_path)
    with pytest.raises(ConfigError, match="none: cannot be opened: No such file"):
        revised(tmp_path / "none")
    (tmp_path / SOURCES).write_bytes(b"sources: []  # \xe9t\xe9\n")
    with pytest.raises(ConfigError, match="this is not UTF-8 text"):
        revised(tmp_path)
    (tmp_path / "folder.yaml").mkdir()
    with pytest.raises(ConfigError, match=r"folder\.yaml:1: cannot be written: Is a directory"):
        write(tmp_path / "folder.yaml", GOOD)
    (tmp_path / "link.yaml").symlink_to(tmp_path / "none" / SOURCES)
    with pytest.raises(ConfigError, match=r"link\.yaml:1: cannot be written: No such file"):
        write(tmp_path / "link.yaml", GOOD)
    assert {file.name for file in tmp_path.iterdir()} == {SOURCES, "folder.yaml", "link.yaml"}


def test_two_commands_at_once_lose_nothing(tmp_path: Path) -> None:
    (tmp_path / SOURCES).write_text(GOOD)

    def add(n: int) -> None:
        entry = NEW | {"id": f"n{n}", "url": f"https://n.example/{n}"}
        revise(tmp_path, {}, SOURCES, lambda text: with_sources(text, [entry]))

    threads = [threading.Thread(target=add, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(load(tmp_path, {}).sources) == 9
