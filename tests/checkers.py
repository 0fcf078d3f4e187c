"""Other people's checkers, for what we publish: schemas, validators, the Nu Html Checker."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

from tests.conftest import unavailable

Tool = Callable[[str], str]


def html_errors(tool: Tool, pages: Iterable[Path]) -> set[tuple[str, str, str]]:
    """What the Nu Html Checker (npm has it as vnu-jar) says of these files: the file's name,
    the message, the place. Warnings, too.
    """
    jar = os.environ.get("VNU_JAR", "")
    if not Path(jar).is_file():
        unavailable("the Nu Html Checker is not there (set VNU_JAR to vnu.jar)")
    command = [tool("java"), "-Xss2m", "-jar", jar, "--format", "json", "--stdout"]
    done = subprocess.run(
        [*command, *map(str, sorted(pages))], capture_output=True, text=True, timeout=300
    )
    return {
        (Path(said.get("url", "")).name, said["message"], said.get("extract", ""))
        for said in json.loads(done.stdout)["messages"]
    }


def atom_errors(tool: Tool, shared: Path, feeds: Iterable[Path]) -> str:
    """What jing says of these files by the RELAX NG schema of RFC 4287; "" for nothing."""
    schema = shared / "tools" / "schema" / "atom.rnc"
    done = subprocess.run(
        [tool("jing"), "-c", schema, *sorted(feeds)], capture_output=True, text=True, timeout=300
    )
    return _complaint(done) or done.stdout


def json_feed_errors(shared: Path, feed: Path) -> str:
    """What is wrong with a JSON Feed; "" for nothing."""
    check = shared / "tools" / "check_jsonfeed.py"
    done = subprocess.run([sys.executable, check, feed], capture_output=True, text=True)
    return _complaint(done)


def broken_promises(shared: Path, url: str) -> str:
    """What a feed promises its subscribers and does not keep; "" for nothing."""
    check = shared / "tools" / "subscriber_check.py"
    done = subprocess.run([sys.executable, check, url], capture_output=True, text=True, timeout=300)
    return _complaint(done)


def _complaint(done: subprocess.CompletedProcess[str]) -> str:
    """All that a command said that failed: its exit code, too, where it says nothing."""
    return f"exit code {done.returncode}: {done.stdout}{done.stderr}" if done.returncode else ""
