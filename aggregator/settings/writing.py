"""Writing the operator's files: whole or not at all, and nobody's change over another's."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import NamedTemporaryFile

from aggregator.errors import ConfigError
from aggregator.settings import Settings, validate


def revise(
    config_dir: Path,
    environ: Mapping[str, str],
    name: str,
    change: Callable[[str], str],
) -> Settings:
    """Change one of the files by a function of its text; return the settings that this makes.

    Raises ConfigError, having written nothing, when the result would be wrong.
    """
    path = config_dir / name
    with _locked(config_dir):
        given = read(path)
        # Some editors begin a file with a byte order mark; it is theirs, and no part of the text.
        mark = "\ufeff" * given.startswith("\ufeff")
        text = mark + change(given.removeprefix("\ufeff"))
        settings = validate(config_dir, environ, {name: text})
        _replace(path, text)
    return settings


def write(path: Path, text: str, was: str | None = None) -> None:
    """Put this text in a file's place, in one step, with the file's mode.

    Raises ConfigError when the file is no longer what it ``was``, or cannot be written.
    """
    with _locked(path.parent):
        if was is not None and read(path) != was:
            raise ConfigError([f"{path}:1: was changed meanwhile; look at it and change it again"])
        _replace(path, text)


def read(path: Path) -> str:
    """A file's text, its line ends as they are. Raises ConfigError."""
    try:
        return path.read_bytes().decode("utf-8")
    except OSError as error:
        raise ConfigError([f"{path}:1: cannot be read: {error.strerror}"]) from None
    except UnicodeDecodeError:
        raise ConfigError([f"{path}:1: this is not UTF-8 text; save the file as UTF-8"]) from None


def _replace(path: Path, text: str) -> None:
    # Where it is a link, what it leads to is replaced and the link stays.
    target = path.resolve()
    try:
        with NamedTemporaryFile(dir=target.parent, prefix=".", delete=False) as file:
            file.write(text.encode())
            file.flush()
            os.fsync(file.fileno())
        made = Path(file.name)
        try:
            if target.exists():
                made.chmod(target.stat().st_mode & 0o7777)
            else:
                made.chmod(0o644)
            made.replace(target)
        except OSError:
            made.unlink()
            raise
        _sync(target.parent)
    except OSError as error:
        raise ConfigError([f"{path}:1: cannot be written: {error.strerror}"]) from None


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Keep other commands and pages from changing the folder's files meanwhile."""
    try:
        descriptor = os.open(folder, os.O_RDONLY)
    except OSError as error:
        raise ConfigError([f"{folder}: cannot be opened: {error.strerror}"]) from None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
