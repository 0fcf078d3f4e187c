"""What is installed from a distribution is the whole program: it needs no checkout beside it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path
from zipfile import ZipFile

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("aggregator", "feeds")
NEEDED = ("setup.cfg", "pyproject.toml", "README.md", "LICENSE")
BUILD_SDIST = "from setuptools.build_meta import build_sdist; print(build_sdist('dist'))"


def run(*command: str, cwd: Path, **environment: str) -> str:
    done = subprocess.run(
        [sys.executable, *command],
        cwd=cwd,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that a wheel made from a source distribution would be unpacked into."""
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
    pip = ("-m", "pip", "--disable-pip-version-check", "wheel", "--quiet")
    run(*pip, "--no-deps", "--no-build-isolation", "-w", str(work), str(source), cwd=work)
    (wheel,) = work.glob("*.whl")
    with ZipFile(wheel) as archive:
        archive.extractall(work / "installed")
    return work / "installed"


def test_every_file_of_the_packages_is_in_the_wheel(installed: Path) -> None:
    def files(root: Path) -> set[str]:
        found = (path for package in PACKAGES for path in (root / package).rglob("*"))
        return {str(p.relative_to(root)) for p in found if p.is_file() and p.suffix != ".pyc"}

    assert files(ROOT) - files(installed) == set()


def test_what_is_installed_makes_its_database(installed: Path, tmp_path: Path) -> None:
    config = tmp_path / "config"
    config.mkdir()
    (config / "sources.yaml").write_text("sources: []\n")
    where = {"PYTHONPATH": str(installed), "AGGREGATOR_CONFIG": str(config)}
    found = run("-c", "import aggregator; print(aggregator.__file__)", cwd=tmp_path, **where)
    assert Path(found.strip()).is_relative_to(installed)
    run("-m", "aggregator", "db", "upgrade", cwd=tmp_path, **where)
    assert (tmp_path / "var").is_dir()
