"""An export that is killed: each file is the old one or the new one, never a part."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import Install
from tests.faults.victim import Victim
from tests.origin import Origin

Tool = Callable[[str], str]


def public(folder: Path) -> dict[str, bytes]:
    found = (path for path in folder.rglob("*") if path.is_file())
    named = {str(path.relative_to(folder)): path.read_bytes() for path in found}
    return {name: body for name, body in named.items() if "/." not in f"/{name}"}


@pytest.mark.parametrize("when", ["rename:1", "rename:5", "rename:9", "rename:14"])
def test_killed_in_the_middle(
    origin: Origin, install: Install, tmp_path: Path, tool: Tool, when: str
) -> None:
    victim, folder = Victim(install(allow="127.0.0.0/8"), origin), tmp_path / "public"
    victim.poll()
    victim.house.run("export", str(folder))
    old = public(folder)
    victim.show(3)
    victim.poll()
    call, number = when.split(":")
    kill = f"inject={call}:signal=KILL:when={number}"
    strace = (tool("strace"), "-f", "-qq", "-o", "/dev/null", "-e", f"trace={call}", "-e", kill)
    killed = victim.house.run("export", str(folder), expect=None, wrap=strace)
    assert killed.returncode != 0, "it was killed"
    cut = public(folder)
    victim.house.run("export", str(folder))
    new = public(folder)
    assert new != old
    assert {
        name for name, body in cut.items() if body not in (old.get(name), new.get(name))
    } == set()
    assert set(cut) <= set(old) | set(new)
    assert list(folder.rglob("*.new")) == []
