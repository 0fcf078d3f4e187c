"""The whole public side as static files, for any web server or CDN; this program may sleep then.

A document is written beside its old version and put in its place in one step, and only when its
bytes are others: whoever looks on finds the old one or the new one. Feeds come last, so that what
they link to is there.
"""

from __future__ import annotations

import fcntl
import gzip
import json
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import brotli
from flask.testing import FlaskClient
from werkzeug.wrappers import Response

from aggregator.errors import AggregatorError
from feeds.serverfiles import caddyfile, nginx_conf

_OURS = ".server"
"""The folder of what web servers read and nobody else."""

_MANIFEST = f"{_OURS}/files.json"
_SMALL = 256
"""Bytes that are not worth compressing."""

_TEXT = ("text/", "application/", "image/svg")
_FEEDS = ("/feed.", "/feeds/", "/archive/", "/sitemap", "/news-sitemap")
_LATER = ("/", *_FEEDS)
_OF_SOURCES = ("/source/", *_FEEDS)


class ExportFailed(AggregatorError):
    """The folder cannot be written to, or a document could not be made."""


@dataclass(frozen=True, slots=True)
class Exported:
    """How many files were written, left as they were, and taken away."""

    written: int
    unchanged: int
    removed: int


class Export:
    """Writes one site's files into a folder. Files there that it did not write stay."""

    def __init__(self, client: FlaskClient, folder: Path) -> None:
        self._client = client
        self._folder = folder

    def run(
        self, paths: Iterable[str], withdrawn: Iterable[str], *, whole: bool = True
    ) -> Exported:
        """Bring the folder up to date with the documents at these ``paths``; those at the paths
        ``withdrawn`` are gone for good.

        With ``whole`` false only what shows items of sources is made again: no brief has changed.
        Raises ExportFailed.
        """
        try:
            with self._alone():
                return self._run(sorted(paths, key=_order), sorted(withdrawn), whole=whole)
        except OSError as error:
            raise ExportFailed(f"{self._folder}: cannot be written: {error.strerror}") from error

    def _run(self, paths: list[str], withdrawn: list[str], *, whole: bool) -> Exported:
        before = self._manifest()
        written, unchanged, names = 0, 0, set()
        for path in paths:
            known = before.get(path, [])
            if known and not _may_differ(path, whole=whole):
                names.update(known)
                continue
            answer = self._client.get(path, headers={"Accept-Encoding": "identity"})
            if answer.status_code != 200:
                raise ExportFailed(f"{path}: answered {answer.status_code}; try again")
            before[path] = []
            for name, body in _files(path, answer):
                names.add(name)
                before[path].append(name)
                changed = self._put(name, body, answer.last_modified)
                written, unchanged = written + changed, unchanged + (not changed)
        for name, text in self._server_files(withdrawn):
            self._put(name, text.encode(), None)
        gone = {name for files in before.values() for name in files} - names
        self._put(_MANIFEST, _json({p: f for p, f in before.items() if set(f) <= names}), None)
        for name in gone:
            (self._folder / name).unlink(missing_ok=True)
        return Exported(written, unchanged, len(gone))

    def _server_files(self, withdrawn: list[str]) -> Iterator[tuple[str, str]]:
        root = self._folder.resolve()
        missing = self._client.get("/404", headers={"Accept-Encoding": "identity"})
        yield "404.html", missing.text
        yield f"{_OURS}/nginx.conf", nginx_conf(root, withdrawn)
        yield f"{_OURS}/Caddyfile", caddyfile(root, withdrawn)

    def _put(self, name: str, body: bytes, at: datetime | None) -> bool:
        """Put a file in its place; whether it has other bytes than before."""
        path = self._folder / name
        before = path.stat() if path.is_file() else None
        if before and before.st_size == len(body) and path.read_bytes() == body:
            return False
        path.parent.mkdir(parents=True, exist_ok=True)
        beside = path.with_name(f".{path.name}.new")
        with beside.open("wb") as file:
            file.write(body)
            file.flush()
            os.fsync(file.fileno())
        if at:
            # Servers make ETags of size and time: one size at one time must be one body.
            when = int(at.timestamp())
            same = before and (before.st_size, int(before.st_mtime)) == (len(body), when)
            os.utime(beside, (when + 1, when + 1) if same else (when, when))
        beside.replace(path)
        return True

    def _manifest(self) -> dict[str, list[str]]:
        try:
            known = json.loads((self._folder / _MANIFEST).read_bytes())
        except (FileNotFoundError, ValueError):
            return {}
        return {str(path): list(map(str, files)) for path, files in known.items()}

    @contextmanager
    def _alone(self) -> Iterator[None]:
        (self._folder / _OURS).mkdir(parents=True, exist_ok=True)
        with (self._folder / _OURS / "lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


def file_of(path: str, content_type: str) -> str:
    """The name of the file for a public path: pages end in ``.html``, all else as it is."""
    if path.endswith("/"):
        return f"{path[1:]}index.html"
    return f"{path[1:]}.html" if content_type.startswith("text/html") else path[1:]


def _files(path: str, answer: Response) -> Iterator[tuple[str, bytes]]:
    """The document as it is, and compressed where that is worth it; the same bytes each time."""
    name, body = file_of(path, answer.content_type or ""), answer.get_data()
    yield name, body
    if len(body) > _SMALL and (answer.content_type or "").startswith(_TEXT):
        yield f"{name}.gz", gzip.compress(body, 9, mtime=0)
        yield f"{name}.br", brotli.compress(body, quality=9)


def _order(path: str) -> tuple[bool, str]:
    """What links to others comes after them."""
    return path.startswith(_FEEDS) or path in _LATER, path


def _may_differ(path: str, *, whole: bool) -> bool:
    """Pictures and styles never change at their address; pages of briefs only with a brief."""
    if path.startswith(("/pictures/", "/look/")):
        return False
    return whole or path == "/" or path.startswith(_OF_SOURCES)


def _json(manifest: dict[str, list[str]]) -> bytes:
    return json.dumps(manifest, indent=0, sort_keys=True).encode()
