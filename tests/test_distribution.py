"""What is installed from a distribution is the whole program: it needs no checkout beside it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tarfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.request import urlopen
from zipfile import ZipFile

import pytest

from aggregator import __version__
from tests.blocks import DOCUMENTS, ROOT
from tests.journeys.service import free_port
from tests.scratch import environment

PACKAGES = ("aggregator", "feeds")
NEEDED = ("setup.cfg", "pyproject.toml", "README.md", "LICENSE")
BUILD_SDIST = "from setuptools.build_meta import build_sdist; print(build_sdist('dist'))"
PIP = ("-m", "pip", "--disable-pip-version-check", "--quiet")


def run(*command: str, cwd: Path, program: str = sys.executable) -> str:
    done = subprocess.run(
        [program, *command], cwd=cwd, env=bare(), capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def bare() -> dict[str, str]:
    """An environment that says nothing of a checkout or of a newsroom."""
    return {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel that is made from a source distribution."""
    work = tmp_path_factory.mktemp("distribution")
    checkout = work / "checkout"
    for package in PACKAGES:
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / package, checkout / package, ignore=ignored)
    for name in NEEDED:
        shutil.copy(ROOT / name, checkout)
    sdist = run("-c", BUILD_SDIST, cwd=checkout).splitlines()[-1]
    with tarfile.open(checkout / "dist" / sdist) as archive:
        archive.extractall(work / "source", filter="data")
    (source,) = (work / "source").iterdir()
    run(*PIP, "wheel", "--no-deps", "--no-build-isolation", "-w", str(work), str(source), cwd=work)
    (made,) = work.glob("*.whl")
    return made


@pytest.fixture(scope="module")
def commands(wheel: Path) -> Path:
    """The folder of commands of an environment that the wheel was installed into."""
    place = wheel.parent / "environment"
    found = environment(place)
    pip = (*PIP, "--python", str(found / "python"), "install", "--no-deps", "--no-index")
    run(*pip, str(wheel), cwd=wheel.parent)
    return found


@contextmanager
def running(address: str, *command: str, cwd: Path) -> Iterator[None]:
    """A command that stays up, from when it answers until it is ended."""
    with (cwd / "log").open("wb") as log:
        process = subprocess.Popen(command, cwd=cwd, env=bare(), stdout=log, stderr=log)
    try:
        until(lambda: bool(get(f"{address}/health")), process, cwd / "log")
        yield
    finally:
        process.terminate()
        process.wait(60)


def get(address: str) -> bytes:
    with suppress(OSError), urlopen(address) as answer:
        return bytes(answer.read())
    return b""


def until(holds, process: subprocess.Popen[bytes], log: Path, seconds: float = 120) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert process.poll() is None, log.read_text()
        assert time.monotonic() < deadline, log.read_text()
        time.sleep(0.2)


def test_every_file_of_the_packages_is_in_the_wheel(wheel: Path) -> None:
    there = (path for package in PACKAGES for path in (ROOT / package).rglob("*"))
    ours = {str(p.relative_to(ROOT)) for p in there if p.is_file() and p.suffix != ".pyc"}
    with ZipFile(wheel) as archive:
        assert ours - set(archive.namelist()) == set()
    assert {"aggregator/py.typed", "feeds/py.typed"} <= ours


def test_it_says_what_it_is(wheel: Path) -> None:
    with ZipFile(wheel) as archive:
        (name,) = (one for one in archive.namelist() if one.endswith(".dist-info/METADATA"))
        said = archive.read(name).decode()
    for line in (
        f"Version: {__version__}",
        "License: MIT",
        "Classifier: Development Status :: 5 - Production/Stable",
        "Description-Content-Type: text/markdown",
        "# Aggregator",
    ):
        assert f"{line}\n" in said
    assert f"\n## {__version__} - 20" in (ROOT / "CHANGELOG.md").read_text("utf-8")
    assert f"aggregator-{__version__}-py3" in DOCUMENTS["docs/operators.md"]


@pytest.mark.timeout(400)
def test_a_newsroom_from_nothing(commands: Path, tmp_path: Path) -> None:
    program = str(commands / "aggregator")
    where = run("-c", "import aggregator; print(aggregator.__file__)",
                cwd=tmp_path, program=str(commands / "python"))  # fmt: skip
    assert Path(where.strip()).is_relative_to(commands.parent)
    run("init", "--yes", "--title", "From nothing", cwd=tmp_path, program=program)
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    with running(address, program, "run", "--port", str(port), cwd=tmp_path):
        assert json.loads(get(f"{address}/health"))["version"] == __version__
        assert b"From nothing" in get(f"{address}/")
        assert b"From nothing" in get(f"{address}/feed.atom")
        assert get(f"{address}/desk/login")
    run("db", "check", cwd=tmp_path, program=program)


@pytest.mark.timeout(400)
def test_the_demo_in_an_empty_folder(commands: Path, tmp_path: Path) -> None:
    port, origin = free_port(), free_port()
    address = f"http://127.0.0.1:{port}"
    demo = (str(commands / "python"), "-m", "aggregator.demo")
    ports = ("--port", str(port), "--origin-port", str(origin))
    with running(address, *demo, *ports, cwd=tmp_path):
        deadline = time.monotonic() + 120
        while b"<entry" not in get(f"{address}/feed.atom"):
            assert time.monotonic() < deadline, (tmp_path / "log").read_text()
            time.sleep(0.2)
    assert not (tmp_path / "config").exists()
    login = tmp_path / "var/demo/login"
    assert login.stat().st_mode & 0o077 == 0, "nobody else may read it"
    log = (tmp_path / "log").read_text()
    assert login.read_text() in log
    assert "skipped" not in log, "a beat that lasts is no trouble of the reader's"
