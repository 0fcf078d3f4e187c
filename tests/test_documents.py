"""What the documents say is there: links, commands and their options, settings, variables."""

from __future__ import annotations

import ast
import re
import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from aggregator.cli import main as aggregator
from aggregator.settings.live import AT_START
from aggregator.settings.site import PREFIX, Site
from tests.blocks import DOCUMENTS, FENCE, ROOT, blocks

CONFIG = (ROOT / "config/aggregator.yaml").read_text("utf-8")
OPERATORS = DOCUMENTS["docs/operators.md"]

PLACES = ("aggregator", "feeds", "benchmarks", "config", "docs", "tests")
ENVIRONMENT_ONLY = {"AGGREGATOR_CONFIG"}
"""Variables that are no setting."""
MADE_BY_SCRIPT = "tour/"
"""Pictures that a command makes, which are not kept."""

LINK = re.compile(r"(?<!`)!?\[[^\]]*\]\(([^)\s]+)\)")
INLINE = re.compile(r"`([^`\n]+)`")
NAMED_TESTS = re.compile(r"(?:\b(tests/[\w/.]*\w))?(?: |`)-k (\"[^\"]+\"|\w+)")
VARIABLE = re.compile(r"(?<![\w/])[A-Z_]+=")


def anchors(text: str) -> set[str]:
    """The names that a page gives its headings, as GitHub and MkDocs make them."""
    headings = re.findall(r"^#+ +(.+)$", FENCE.sub("", text), re.MULTILINE)
    plain = (re.sub(r"[^\w\- ]", "", heading.lower()).strip() for heading in headings)
    return {heading.replace(" ", "-") for heading in plain}


def shell_lines(text: str) -> Iterator[str]:
    """The lines of blocks of commands, those that go on joined, without comments."""
    for block in blocks(text):
        if block.kind == "sh":
            for line in block.text.replace("\\\n", "").splitlines():
                yield line.split("  #")[0].strip()


def commands() -> Iterator[tuple[str, str]]:
    """Each ``aggregator …`` of a block or of inline code, and the document that has it."""
    for name, text in DOCUMENTS.items():
        for line in (*shell_lines(text), *INLINE.findall(text)):
            words = line.split()
            while words and VARIABLE.match(words[0]):
                words.pop(0)
            if len(words) > 1 and words[0] in {"aggregator", ".venv/bin/aggregator"}:
                yield name, " ".join(words[1:])


def table_commands() -> Iterator[tuple[str, str]]:
    """In tables of commands the first words are left out: `discard ID`, `db backup FILE`."""
    for heading, group in (("By command", "briefs"), ("Database", "")):
        text = next(text for text in DOCUMENTS.values() if f"\n## {heading}\n" in text)
        section = text.split(f"\n## {heading}\n")[1].split("\n## ")[0]
        for row in re.findall(r"^\| (`[^|]+) \|", section, re.MULTILINE):
            for code in INLINE.findall(row):
                if not code.startswith("-"):
                    yield heading, f"{group} {code}".strip()


def wrong(line: str) -> str | None:
    """What is wrong with a command line whose arguments may be placeholders, or None.

    ``a|b`` are several subcommands, ``[…]`` what may be left out, ``…`` anything.
    """
    line = re.split(r"(?:^| )(?:>|&&|\|) ", line)[0]
    words = shlex.split(re.sub(r"[\[\]…]", " ", line))
    path: list[click.Command] = [aggregator]
    while words:
        word = words.pop(0)
        if word.startswith("-") and word != "-":
            name, _, value = word.partition("=")
            option = options(path).get(name)
            if option is None:
                return f"no option {name}"
            if words and not (option.is_flag or value):
                words.pop(0)
        elif isinstance(group := path[-1], click.Group):
            found = [group.get_command(click.Context(group), one) for one in word.split("|")]
            if None in found:
                return f"no command {word}"
            path.extend(one for one in found if one)
        elif not any(isinstance(one, click.Argument) for one in path[-1].params):
            return f"{path[-1].name} takes no argument: {word}"
    return None


def options(path: list[click.Command]) -> dict[str, click.Option]:
    """The options of a command and of the groups that it is in, by each of their names."""
    return {
        name: option
        for command in path
        for option in command.get_params(click.Context(command))
        if isinstance(option, click.Option)
        for name in (*option.opts, *option.secondary_opts)
    }


@pytest.mark.parametrize("name", DOCUMENTS)
def test_links_lead_somewhere(name: str) -> None:
    dead = []
    for link in LINK.findall(FENCE.sub("", DOCUMENTS[name])):
        if re.match(r"[a-z]+:", link) or link.startswith(MADE_BY_SCRIPT):
            continue
        path, _, anchor = link.partition("#")
        target = (ROOT / name).parent / path if path else ROOT / name
        if not target.exists() or (anchor and anchor not in anchors(target.read_text("utf-8"))):
            dead.append(link)
    assert dead == []


def test_commands_and_their_options_exist() -> None:
    found = [*commands(), *table_commands()]
    assert len(found) > 80
    assert [(name, line, why) for name, line in found if (why := wrong(line))] == []


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("poll --trace ID", None),
        ("sources discover|add URL", None),
        ("items [--since 6h] --held", None),
        ("pol", "no command pol"),
        ("db backup|bury FILE", "no command backup|bury"),
        ("poll --traces ID", "no option --traces"),
        ("worker ID", "worker takes no argument: ID"),
    ],
)
def test_a_wrong_command_is_seen(line: str, why: str | None) -> None:
    assert wrong(line) == why


def test_targets_of_make_exist() -> None:
    said = {
        target
        for text in DOCUMENTS.values()
        for line in (*shell_lines(text), *INLINE.findall(text))
        for target in re.findall(r"(?:^|&& )make (?:[A-Z]+=\S+ )?([a-z]+)$", line)
    }
    assert {"run", "demo", "test", "check", "bench"} <= said
    for target in sorted(said):
        done = subprocess.run(["make", "-n", target], cwd=ROOT, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr


def test_modules_that_are_run_exist() -> None:
    said = {
        module
        for text in DOCUMENTS.values()
        for module in re.findall(r"python -m ((?:benchmarks|aggregator|tests)[\w.]*)", text)
    }
    assert len(said) > 10
    places = [(ROOT / module.replace(".", "/"), module) for module in said]
    there = (
        path.with_suffix(".py").exists() or (path / "__main__.py").exists() for path, _ in places
    )
    assert [
        module for (_, module), is_there in zip(places, there, strict=True) if not is_there
    ] == []


def test_tests_that_documents_name_exist() -> None:
    """``tests/….py -k WORDS``, and ``-k WORDS`` alone, which are of any file."""
    names = {path: names_in(path) for path in (ROOT / "tests").rglob("test_*.py")}
    gone = []
    for text in DOCUMENTS.values():
        for where, words in NAMED_TESTS.findall(text):
            place = ROOT / (where or "tests")
            here = [one for path in names if path.is_relative_to(place) for one in names[path]]
            asked = [word for word in re.findall(r"\w+", words) if word not in {"or", "and", "not"}]
            if not here or any(all(word not in one for one in here) for word in asked):
                gone.append(f"{where} -k {words}")
    assert gone == []


def names_in(path: Path) -> list[str]:
    """The names of a file's tests, each with the file's, as -k looks at them."""
    found = re.findall(r"^ *def (test_\w+)", path.read_text("utf-8"), re.MULTILINE)
    return [f"{path.name}::{name}" for name in found]


def test_files_of_tests_that_documents_name_exist() -> None:
    said = {path for text in DOCUMENTS.values() for path in re.findall(r"\btests/[\w/]+\.py", text)}
    assert len(said) > 30
    assert {path for path in said if not (ROOT / path).exists()} == set()


def test_settings_in_the_documents_exist_and_all_are_documented() -> None:
    keys = set(re.findall(r"^#? ?([a-z_]+): ", CONFIG, re.MULTILINE))
    assert keys - set(Site.model_fields) == set()
    said = keys | set(re.findall(r"`([a-z_]+)[:`]", OPERATORS))
    said |= {name.removeprefix(PREFIX).lower() for name in named(OPERATORS + CONFIG)}
    assert set(Site.model_fields) - said == set()


def test_what_is_said_to_be_in_the_settings_is_there() -> None:
    """A key in inline code beside the file's name, or with a value, is one of its keys."""
    said = {
        key
        for name, text in DOCUMENTS.items()
        for key in re.findall(
            r"`([a-z_]+):[^`/]*`(?: \([^)]*\))? in `config/aggregator\.yaml`", text
        )
    }
    assert {"four_eyes", "series"} <= said
    assert said - set(Site.model_fields) == set()


def test_what_waits_for_a_restart_is_listed() -> None:
    listed = OPERATORS.split("These settings are built in")[1].split("Changing one")[0]
    assert sorted(re.findall(r"`([a-z_]+)`", listed)) == sorted(AT_START)


def test_every_module_is_on_the_map() -> None:
    """Each package's docstring names what is in it."""
    missing = []
    for package in ("aggregator", "feeds"):
        for map_ in (ROOT / package).rglob("__init__.py"):
            said = ast.get_docstring(ast.parse(map_.read_text("utf-8"))) or ""
            rooms = {path.parent.stem for path in map_.parent.glob("*/__init__.py")}
            rooms |= {path.stem for path in map_.parent.glob("[!_]*.py")}
            if "migrations" not in map_.parts:
                missing += [(str(map_), room) for room in rooms if f"``{room}``" not in said]
    assert missing == []


def test_files_that_engineers_are_sent_to_exist() -> None:
    """A name may leave out the package, or the room that the sentence is about."""
    text = DOCUMENTS["docs/engineers.md"] + DOCUMENTS["docs/design.md"]
    said = set(re.findall(r"`([\w/]+\.(?:py|html|yaml|md|toml))`", text))
    there = [*ROOT.glob("*.*"), *(path for top in PLACES for path in (ROOT / top).rglob("*.*"))]
    ends = {"/".join(path.parts[-n:]) for path in there for n in (1, 2, 3, 4)}
    assert len(said) > 80
    assert said - ends == set()


def test_what_editors_are_told_to_press_is_at_the_desk() -> None:
    desk = [path for path in (ROOT / "feeds/desk").rglob("*.*") if path.suffix in {".html", ".py"}]
    shown = " ".join(path.read_text("utf-8").lower() for path in desk)
    bold = re.findall(r"\*\*([^*]+)\*\*", DOCUMENTS["docs/editors.md"] + DOCUMENTS["docs/day.md"])
    said = {" ".join(words.lower().split()) for words in bold} - {"bold"}
    assert len(said) > 20
    assert {words for words in said if words not in shown} == set()


def named(text: str) -> set[str]:
    """The variables of ours that a text names."""
    return set(re.findall(rf"\b{PREFIX}[A-Z][A-Z_]*\b", text))


def test_variables_in_the_documents_exist() -> None:
    known = {PREFIX + key.upper() for key in Site.model_fields} | ENVIRONMENT_ONLY
    assert {n: gone for n, text in DOCUMENTS.items() if (gone := named(text) - known)} == {}
