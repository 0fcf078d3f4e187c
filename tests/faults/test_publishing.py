"""A program that is killed while it publishes: everybody sees the old document or the new one."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from feeds.keep import Keep
from feeds.representation import Representation
from tests.cli.test_users import users
from tests.faults.test_export import public
from tests.faults.victim import Victim

Tool = Callable[[str], str]

WRITING = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from feeds.keep import Keep
from feeds.representation import Representation
body = b"new " * 100_000
Keep(Path(sys.argv[1])).put("/feed.atom", Representation.of(body, "a/b", datetime.now(UTC)))
"""


def killing(tool: Tool, when: str) -> list[str]:
    """The command under which a program is killed at the so-manieth call of a kind."""
    call, number = when.split(":")
    kill = f"inject={call}:signal=KILL:when={number}"
    return [tool("strace"), "-f", "-qq", "-o", "/dev/null", "-e", f"trace={call}", "-e", kill]


@pytest.mark.sqlite("a fault of its own writes")
@pytest.mark.timeout(400)
@pytest.mark.parametrize("when", ["pwrite64:1", "pwrite64:4", "fdatasync:1", "fdatasync:2"])
def test_a_brief_is_out_or_it_is_not(victim: Victim, tool: Tool, when: str) -> None:
    """The database, its page and the feed say the same of it."""
    house, folder = victim.house, victim.house.folder / "public"
    assert users(house, "add", "anna", "--name", "Anna Peeters", "--role", "publisher") == (0, "")
    (house.folder / "body.md").write_text("It is open.\n")
    wording = ("--editor", "anna", "--headline", "The tunnel", "--body", "body.md", "--item", "1")
    brief = house.run("briefs", "new", *wording).stdout.strip()
    publish = ("briefs", "publish", brief, "--editor", "anna")

    def is_out() -> bool:
        (told,) = house.lines("briefs", "show", brief)
        house.run("export", str(folder))
        files = public(folder)
        said = {
            told["state"] == "published",
            any(name.endswith("/the-tunnel.html") for name in files),
            told["uid"].encode() in files["feed.atom"],
        }
        assert len(said) == 1
        return said.pop()

    killed = house.run(*publish, expect=None, wrap=killing(tool, when))
    assert killed.returncode != 0, "it was killed"
    if not is_out():
        house.run(*publish)
    assert is_out()
    assert victim.complaints() == []


@pytest.mark.parametrize("when", ["fsync:1", "rename:1"])
def test_the_last_good_document_is_the_old_one_or_the_new_one(
    tool: Tool, tmp_path: Path, when: str
) -> None:
    keep = Keep(tmp_path)
    old = Representation.of(b"old " * 100_000, "a/b", datetime.now(UTC))
    keep.put("/feed.atom", old)
    write = [sys.executable, "-c", WRITING, str(tmp_path)]
    done = subprocess.run([*killing(tool, when), *write], capture_output=True, text=True)
    assert done.returncode != 0, "it was killed"
    assert (kept := keep.get("/feed.atom")) and kept.identity == old.identity
    subprocess.run(write, check=True)
    assert (kept := keep.get("/feed.atom")) and kept.identity == b"new " * 100_000
