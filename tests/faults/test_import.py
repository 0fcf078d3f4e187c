"""A list of feeds whose import is killed: the operator's file is the old one or the new one."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.conftest import Install

Tool = Callable[[str], str]


@pytest.mark.parametrize("when", ["fsync:1", "rename:1", "fsync:2"])
def test_killed_in_the_middle(install: Install, tool: Tool, when: str) -> None:
    house = install(allow="")
    house.declare([{"id": "old", "name": "Old", "url": "https://old.example/feed"}])
    listed = "".join(f"<outline text='F{n}' xmlUrl='https://f{n}.example/'/>" for n in range(900))
    (house.folder / "list.opml").write_text(f"<opml version='2.0'><body>{listed}</body></opml>")
    file = house.folder / "config" / "sources.yaml"
    before = file.read_bytes()
    call, number = when.split(":")
    kill = f"inject={call}:signal=KILL:when={number}"
    strace = (tool("strace"), "-f", "-qq", "-o", "/dev/null", "-e", f"trace={call}", "-e", kill)
    killed = house.run("sources", "import", "list.opml", expect=None, wrap=strace)
    assert killed.returncode != 0, "it was killed"
    cut = file.read_bytes()
    house.run("sources", "import", "list.opml", expect=None)
    after = file.read_bytes()
    assert after.count(b"https://f") == 900
    assert cut in (before, after)
