"""The last good documents on disk, for when the database is away right after a start."""

from __future__ import annotations

import json
import logging
import os
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from tempfile import NamedTemporaryFile

from feeds.representation import Representation

log = logging.getLogger(__name__)


class Keep:
    """A folder of documents by name, each a file that is replaced as a whole or not at all.

    Trouble with the disk is logged and costs nothing else: it is a second line.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, name: str, document: Representation, links: str = "") -> None:
        """Keep it, also through a power cut."""
        head = {
            "name": name,
            "content_type": document.content_type,
            "modified_at": document.modified_at.isoformat(),
            "links": links,
        }
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            with NamedTemporaryFile(dir=self._folder, suffix=".new", delete=False) as file:
                file.write(json.dumps(head).encode() + b"\n" + document.identity)
                file.flush()
                os.fsync(file.fileno())
            Path(file.name).replace(self._file(name))
        except OSError as error:
            log.warning("%s is not kept in %s: %s", name, self._folder, error.strerror)

    def get(self, name: str) -> Representation | None:
        """What is kept of that name; None for nothing, or for what cannot be read."""
        try:
            line, _, body = self._file(name).read_bytes().partition(b"\n")
            head = json.loads(line)
            at = datetime.fromisoformat(head["modified_at"])
            return Representation.of(body, head["content_type"], at, head["links"])
        except (OSError, ValueError, KeyError):
            return None

    def drop(self, name: str) -> None:
        """Forget what is not there any more."""
        self._file(name).unlink(missing_ok=True)

    def _file(self, name: str) -> Path:
        return self._folder / f"{sha256(name.encode()).hexdigest()[:32]}.kept"
