"""Places where nothing of ours is installed yet, and a network that nobody else is on."""

from __future__ import annotations

import shutil
import sysconfig
import venv
from pathlib import Path

from tests.conftest import unavailable

ROOT = Path(__file__).parents[1]
_COMMAND = """#!{python}
import sys
from aggregator.__main__ import main
if __name__ == "__main__":
    sys.exit(main())
"""


def environment(place: Path, *more: Path) -> Path:
    """A virtual environment that has what we depend on, and what is in ``more``: not the program.

    Gives the folder of its commands. Installing a hundred packages in each test is not for tests.
    """
    venv.create(place, symlinks=True)
    dependencies = sysconfig.get_path("purelib")
    (libraries,) = place.glob("lib/python*/site-packages")
    (libraries / "more.pth").write_text("\n".join([*map(str, more), dependencies]))
    return place / "bin"


def checkout(place: Path) -> Path:
    """A copy of the project that is set up as ``make`` would: its program, in its ``.venv``."""
    for name in ("aggregator", "feeds", "config", "docs", "requirements"):
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / name, place / name, ignore=ignored)
    for name in ("Makefile", "setup.cfg", "pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, place)
    commands = environment(place / ".venv", place)
    write_command(commands / "aggregator", commands / "python")
    (place / ".venv/run.stamp").touch()
    return place


def write_command(path: Path, python: Path) -> None:
    """The ``aggregator`` command as pip would write it, for this Python."""
    path.write_text(_COMMAND.format(python=python))
    path.chmod(0o755)


def alone() -> list[str]:
    """The beginning of a command whose processes have a loopback of their own, and no network.

    Every port is free there, and whatever was started ends with the command.
    """
    unshare = shutil.which("unshare")
    if unshare is None:
        unavailable("unshare (util-linux) is not installed")
    return [
        str(unshare), "--map-root-user", "--net", "--pid", "--fork", "--kill-child", "--mount-proc",
    ]  # fmt: skip
