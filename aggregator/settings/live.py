"""The settings of a running service: what its files say, as long as that can be used."""

from __future__ import annotations

import hashlib
import logging
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime
from pathlib import Path

from aggregator.domain import Source
from aggregator.errors import AggregatorError, ConfigError
from aggregator.settings import Settings, load

log = logging.getLogger(__name__)

Apply = Callable[[Settings], None]

_NOT_SAID = ("sources", "secrets", "origins")

AT_START = (
    *("base_url", "contact", "languages", "trusted_proxy", "allow_networks"),
    *("host_connections", "host_rate", "limit_owners", "hour", "default_interval"),
    *("fetch_timeout", "fetch_max_bytes", "story_window", "database_url"),
    *("hub", "published_dir", "pictures_dir", "metrics_listen", "log_format"),
)
"""What is built in when the service starts; everything else is live."""


@dataclass(frozen=True, slots=True)
class ConfigState:
    """How the operator's files stand: when they were applied last; since when they are refused, and
    why; which settings wait for a restart.
    """

    applied_at: datetime
    refused_at: datetime | None = None
    problems: tuple[str, ...] = ()
    waiting: tuple[str, ...] = ()


class LiveSettings:
    """Settings that follow their files; ``look`` is to be called again and again, by one thread.

    A file counts when it is the same at two looks: editors write in pieces.
    """

    def __init__(
        self, settings: Settings, environ: Mapping[str, str], clock: Callable[[], datetime]
    ) -> None:
        self._environ = environ
        self._clock = clock
        self._started_with = settings
        self._folder = settings.config_dir
        self._applied = self._tried = _contents(self._folder)
        self._seen = self._looked_into = _marks(self._folder)
        self._appliers: list[Apply] = []
        self._looking = threading.Lock()
        self.settings = settings
        self.state = ConfigState(clock())

    def on_change(self, apply: Apply) -> None:
        """Have this called with new settings before they are those in force; when it raises an
        AggregatorError, all of it is tried again at the next look.
        """
        self._appliers.append(apply)

    def look(self, *, at_once: bool = False) -> bool:
        """Apply what the files say, if that is new and can be used; return whether it was.

        ``at_once``: without waiting to see whether they are still being written.
        """
        with self._looking:
            marks = _marks(self._folder)
            settled, self._seen = marks == self._seen, marks
            if not at_once and (not settled or marks == self._looked_into):
                return False
            contents = _contents(self._folder)
            if contents in (self._applied, self._tried) and not at_once:
                self._looked_into = marks
                if contents == self._applied:
                    self._forget_refusal()
                return False
            done = self._take(contents)
            self._looked_into = marks if done is not None else ()
            return bool(done)

    def _take(self, contents: str) -> bool | None:
        """Whether the files were applied; None when that is to be tried again."""
        try:
            wanted = load(self._folder, self._environ)
        except ConfigError as error:
            self._refuse(error)
            self._tried = contents
            return False
        kept = {name: getattr(self._started_with, name) for name in AT_START}
        waiting = tuple(name for name in AT_START if getattr(wanted, name) != kept[name])
        settings = replace(wanted, **kept)
        try:
            for apply in self._appliers:
                apply(settings)
        except AggregatorError as error:
            log.error("config could not be applied, it is tried again: %s", error)  # noqa: TRY400 - its text says it
            return None
        before, known = self.settings, self.state.waiting
        self.settings = settings
        self._applied = self._tried = contents
        self.state = ConfigState(self._clock(), waiting=waiting)
        log.info("config applied: %s", difference(before, settings))
        for name in set(waiting) - set(known):
            log.warning("config: %s counts from the next start", name)
        return True

    def _refuse(self, error: ConfigError) -> None:
        self.state = replace(self.state, refused_at=self._clock(), problems=error.problems)
        for problem in error.problems:
            log.error("config refused, the one before goes on: %s", problem)

    def _forget_refusal(self) -> None:
        self._tried = self._applied
        if self.state.refused_at:
            log.info("config is again what is in force")
            self.state = replace(self.state, refused_at=None, problems=())


def difference(before: Settings, after: Settings) -> str:
    """What changed between two settings, in a few words."""
    old, new = _by_id(before), _by_id(after)
    counts = {
        "added": len(new.keys() - old.keys()),
        "removed": len(old.keys() - new.keys()),
        "changed": sum(old[key] != new[key] for key in old.keys() & new.keys()),
    }
    said = [f"{count} sources {what}" for what, count in counts.items() if count]
    names = [one.name for one in fields(Settings) if one.name not in _NOT_SAID]
    said += [name for name in names if getattr(before, name) != getattr(after, name)]
    return ", ".join(said) or "nothing is different"


def _by_id(settings: Settings) -> dict[str, Source]:
    return {source.id: source for source in settings.sources}


def _files(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.yaml"))


def _marks(folder: Path) -> tuple[tuple[str, int, int, int], ...]:
    """What changes whenever a file is written, replaced, added or taken away."""
    marks = []
    for path in _files(folder):
        try:
            stat = path.stat()
        except OSError:
            continue
        marks.append((path.name, stat.st_mtime_ns, stat.st_ino, stat.st_size))
    return tuple(marks)


def _contents(folder: Path) -> str:
    digest = hashlib.sha256()
    for path in _files(folder):
        try:
            body = path.read_bytes()
        except OSError:
            continue
        digest.update(f"{path.name} {len(body)}\n".encode() + body)
    return digest.hexdigest()
