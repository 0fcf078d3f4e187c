"""The files of the pictures that we serve: in one folder, named by what they are."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path

from aggregator.errors import StoreError

_NAME = re.compile(r"[0-9a-f]{32}-[1-9][0-9]{1,4}\.(?:webp|jpg)")


class PictureFolder:
    """A folder of pictures. Whoever writes a file writes the same: its name says what is in it."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def keep(self, digest: str, files: Mapping[str, bytes]) -> None:
        """Store the files of a picture, each whole or not at all; raises StoreError."""
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            for ending, body in files.items():
                self._write(self.path / f"{digest}-{ending}", body)
        except OSError as error:
            raise StoreError(
                f"{self.path}: pictures cannot be kept there: {error.strerror}; see pictures_dir"
            ) from error

    def read(self, name: str) -> bytes | None:
        """A file's bytes; None where there is none of that name."""
        if not _NAME.fullmatch(name):
            return None
        try:
            return (self.path / name).read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise StoreError(f"{self.path / name}: cannot be read: {error.strerror}") from error

    def _write(self, path: Path, body: bytes) -> None:
        beside = path.with_name(f".{path.name}.{os.getpid()}")
        with beside.open("wb") as file:
            file.write(body)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
