"""An operator's file as it is about to be: checked beside the one that counts, then put in its
place.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from tempfile import NamedTemporaryFile

from aggregator.errors import ConfigError
from aggregator.settings.sources import read_sources
from aggregator.settings.yamlfile import read_yaml


def check(path: Path, text: str, hour: timedelta) -> list[str]:
    """All that is wrong with this text as sources.yaml, each with the line that it would have."""
    with NamedTemporaryFile(suffix=".yaml") as file:
        file.write(text.encode())
        file.flush()
        _, problems = read_sources(Path(file.name), hour)
        return [problem.replace(file.name, str(path)) for problem in problems]


def read(path: Path) -> str:
    """A file's text. Raises ConfigError."""
    try:
        return path.read_bytes().decode("utf-8")
    except OSError as error:
        raise ConfigError([f"{path}:1: cannot be read: {error.strerror}"]) from error
    except UnicodeDecodeError:
        raise ConfigError([f"{path}:1: this is not UTF-8 text; save the file as UTF-8"]) from None


def write(path: Path, text: str, was: str) -> None:
    """Put the text in the file's place, in one step. Raises ConfigError, having written nothing,
    when the file is no longer what it ``was``.
    """
    with _locked(path.parent):
        if read(path) != was:
            raise ConfigError([f"{path}: was changed meanwhile; look at it and change it again"])
        try:
            with NamedTemporaryFile(dir=path.parent, prefix=".", delete=False) as file:
                made = Path(file.name)
                file.write(text.encode())
                file.flush()
                os.fsync(file.fileno())
            made.chmod(path.stat().st_mode & 0o7777)
            made.replace(path.resolve())
        except OSError as error:
            raise ConfigError([f"{path}: cannot be written: {error.strerror}"]) from error


def with_url(path: Path, text: str, source_id: str, url: str) -> str:
    """The text with another address for one source; all else stays as it is. Raises ConfigError."""
    file = read_yaml(path)
    listed = file.data["sources"] if not file.problems else []
    for index, entry in enumerate(listed):
        if entry.get("id") == source_id:
            lines = text.splitlines(keepends=True)
            at = file.line(("sources", index, "url")) - 1
            lines[at] = lines[at].replace(str(entry["url"]), url, 1)
            return "".join(lines)
    raise ConfigError([f"{path}: there is no source '{source_id}' in it"])


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Keep other commands and pages from changing the folder's files meanwhile."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
