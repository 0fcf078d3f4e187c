"""Every block of commands in the documents is run, in its order, as whoever reads them would.

A fence says ``sh`` where its lines are commands. What a test cannot run has a comment before it,
``<!-- not run: WHY -->``, which readers do not see. Commands that stay up, such as ``make run``, are
left in the background, as in a terminal of their own, until the next of them starts.
"""

from __future__ import annotations

import os
import re
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

import pytest

from tests.blocks import DOCUMENTS, FENCE, HEADLINE, STAY, blocks, script
from tests.scratch import alone, checkout

KINDS = {"sh", "yaml", "text"}
LOOPBACK = """
python3 -c '
import fcntl, socket, struct
with socket.socket() as any:  # what `ip link set lo up` does
    fcntl.ioctl(any, 0x8914, struct.pack("16sh", b"lo", 0x41))
'
"""


def follow(name: str, folder: Path, **environment: str) -> str:
    """Run the blocks of a document in a folder; gives what they said."""
    to_run = [one for one in blocks(DOCUMENTS[name]) if one.kind == "sh" and not one.why_not]
    lines = [LOOPBACK, STAY, *map(script, to_run)]
    file = folder.parent / "blocks.sh"
    file.write_text("set -euo pipefail\n" + "\n".join(lines))
    done = subprocess.run(
        [*alone(), "bash", str(file)],
        cwd=folder,
        env={"PATH": os.environ["PATH"], "HOME": str(folder.parent), "LANG": "C.UTF-8"}
        | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=1100,
    )
    log = folder / "service.log"
    assert done.returncode == 0, done.stdout + (log.read_text() if log.exists() else "")
    return done.stdout


def test_every_block_says_what_it_is() -> None:
    found = [(name, one) for name, text in DOCUMENTS.items() for one in blocks(text)]
    assert [(name, one.text) for name, one in found if one.kind not in KINDS] == []
    fences = sum(len(re.findall(r"^ *```", text, re.MULTILINE)) for text in DOCUMENTS.values())
    assert fences == 2 * len(found)
    assert [(n, one.text) for n, one in found if one.why_not and one.kind != "sh"] == []


def test_no_block_hides_from_it() -> None:
    """Markdown's other kind of block is only indented, and says nothing of what it is."""
    indented = {
        name: re.findall(r"(?<=\n\n) {4,}\S.*$", FENCE.sub("", text), re.MULTILINE)
        for name, text in DOCUMENTS.items()
    }
    assert {name: lines for name, lines in indented.items() if lines} == {}


def test_every_document_with_commands_is_followed() -> None:
    with_commands = {
        name
        for name, text in DOCUMENTS.items()
        if any(one.kind == "sh" and not one.why_not for one in blocks(text))
    }
    assert with_commands == {"README.md", "docs/operators.md"}


@pytest.mark.timeout(1200)
def test_the_readme_leads_to_a_brief_in_a_reader(tmp_path: Path, tool) -> None:
    tool("newsboat")
    place = checkout(tmp_path / "aggregator")
    said = follow("README.md", place)
    assert "503 Service Unavailable" in said, "two of its sources fail, and it says why"
    with closing(sqlite3.connect(place / "var/newsboat.db")) as reader:
        rows = reader.execute("SELECT title FROM rss_item WHERE unread")
        titles = [title for (title,) in rows]
    assert HEADLINE in titles


@pytest.mark.timeout(1200)
def test_operators_get_what_their_document_says(tmp_path: Path) -> None:
    commands = checkout(tmp_path / "program") / ".venv/bin"
    place = tmp_path / "newsroom"
    place.mkdir()
    opml = '<outline type="rss" text="The Courant" xmlUrl="https://courant.example/feed"/>'
    (place / "old-reader.opml").write_text(f"<opml version='2.0'><body>{opml}</body></opml>")
    follow("docs/operators.md", place, PATH=f"{commands}:{os.environ['PATH']}")
    assert "title: Our news" in (place / "config/aggregator.yaml").read_text()
    assert "courant.example" in (place / "paris/sources.yaml").read_text()
    assert '"$schema"' in (place / "config/sources.schema.json").read_text()
    assert (place / "var/drill.db").exists()
    assert (place / "before-upgrade.db").exists()


def test_a_block_is_found_as_it_is_written() -> None:
    text = "1. Do\n\n   ```sh\n   make run\n   ls\n   ```\n\n<!-- not run: no -->\n```sh\nrm\n```\n"
    first, second = blocks(text)
    assert (first.kind, first.text, first.why_not) == ("sh", "make run\nls\n", None)
    assert "\nstay make run\nls\n" in script(first)
    assert (second.text, second.why_not) == ("rm\n", "no")
