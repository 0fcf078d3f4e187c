"""feeds.yaml: what may be declared there, and what operators are told when it is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from aggregator.domain import DeclaredFeed, EntryKind
from aggregator.settings import load
from tests.settings.test_settings import GOOD, SHIPPED, problems, write

SITE = "series:\n  - {slug: born-on, title: Born on}\n"


def folder(tmp_path: Path, feeds: str) -> Path:
    write(tmp_path, "sources:\n" + GOOD % "", SITE)
    (tmp_path / "feeds.yaml").write_text(feeds)
    return tmp_path


def test_everything_that_can_be_declared(tmp_path: Path) -> None:
    written = """feeds:
  - {slug: all, title: All of it, description: Everything, language: fr, categories: [x, y],
     languages: fr, sources: a, series: born-on, search: two words, kinds: briefs, size: 20}
  - {slug: least, title: Least}
"""
    everything, least = load(folder(tmp_path, written), {}).feeds
    assert everything == DeclaredFeed(
        "all", "All of it", "Everything", "fr", ("x", "y"), ("fr",), ("a",), ("born-on",),
        "two words", (EntryKind.BRIEFS,), 20,
    )  # fmt: skip
    assert least == DeclaredFeed("least", "Least")


def test_there_need_be_none(tmp_path: Path) -> None:
    assert load(write(tmp_path), {}).feeds == ()
    assert load(folder(tmp_path, "# nothing yet\n"), {}).feeds == ()
    assert len(load(SHIPPED, {}).feeds) >= 4


@pytest.mark.parametrize(
    ("slip", "sentence"),
    [
        ("slug: A B, title: x", "slug: 'A B' must be made of lower-case letters"),
        ("slug: x", "the key 'title' is missing"),
        ("slug: x, title: x, sources: b", "sources: there is no 'b' in the files"),
        ("slug: x, title: x, series: b", "series: there is no 'b' in the files"),
        ("slug: x, title: x, kinds: [stories]", "kinds: 'stories' must be one of briefs, items"),
        ("slug: x, title: x, kinds: []", "kinds: "),
        ("slug: x, title: x, size: 5", "size: must be at least 10, not 5"),
        (
            "slug: x, title: x, catgories: [x]",
            "unknown key 'catgories'; did you mean 'categories'?",
        ),
        ("slug: x, title: x, languages: french language", "languages: 'french language' is no"),
    ],
)
def test_what_is_wrong_in_a_feed(tmp_path: Path, slip: str, sentence: str) -> None:
    (problem,) = problems(folder(tmp_path, f"feeds:\n\n  - {{{slip}}}\n"))
    assert problem.startswith(f"feeds.yaml:3: {sentence}")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("feed: []\n", "feeds.yaml:1: must hold a list under 'feeds:'"),
        ("feeds:\n  - just text\n", "feeds.yaml:2: each feed has keys such as slug and title"),
        ("feeds: []\nmore: 1\n", "feeds.yaml:2: unknown key 'more'"),
        (
            "feeds:\n  - {slug: a, title: A}\n  - {slug: a, title: B}\n",
            "feeds.yaml:3: slug: 'a' is there twice",
        ),
    ],
)
def test_what_is_wrong_in_the_list(tmp_path: Path, text: str, problem: str) -> None:
    assert problems(folder(tmp_path, text))[0].startswith(problem)
