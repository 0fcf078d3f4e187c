"""sources.yaml: which feeds the operator wants polled."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from aggregator.domain import Republish, Source
from aggregator.settings.messages import explain, kind
from aggregator.settings.values import (
    Duration,
    FeedUrl,
    Language,
    Patterns,
    Slug,
    Text,
    Url,
    Variable,
    Words,
)
from aggregator.settings.yamlfile import YamlFile, read_yaml
from aggregator.wire.due import shown

_LONGEST_INTERVAL = timedelta(days=31)
_LEVELS = Field(json_schema_extra={"enum": [level.value for level in Republish]})


class Declaration(BaseModel):
    """One source."""

    model_config = ConfigDict(strict=True, extra="forbid", use_attribute_docstrings=True)

    id: Slug
    """Its name for commands and for ever: lower-case letters, digits, hyphens."""
    name: Text
    """The credit that readers see."""
    url: FeedUrl
    """The feed."""
    site: Url | None = None
    """Its web page (else what the feed says)."""
    language: Language | None = None
    """Of its items, like fr or nl-BE (else what the feed says)."""
    categories: Words = []
    """For sorting."""
    interval: Duration | None = None
    """How often to ask, like 15m (else the default; never below 5m)."""
    republish: Annotated[Text, _LEVELS] = Republish.EXCERPT.value
    """What our feeds may carry of its items: none (nothing), link (headline and link), excerpt
    (also the first lines), full (the whole text: only where you have the right to it).
    """
    include: Patterns = []
    """RE2 patterns, letter case ignored, of which an item must match one: on title, URL and
    categories, or on one of these after title:, url: or category:.
    """
    exclude: Patterns = []
    """The same, of which it must match none."""
    auth: Variable | None = None
    """env:NAME, where the environment's NAME holds user:password or a token for its server."""
    enabled: bool = True
    """false: keep it here without asking."""
    weight: Annotated[float, Field(gt=0, le=100)] = 1.0
    """How much it counts when stories are ranked."""
    article: bool = False
    """true: editors may have an article's page fetched to read it at the desk."""

    @field_validator("republish")
    @classmethod
    def _republish(cls, value: str) -> str:
        if value not in set(Republish):
            raise ValueError(f"'{value}' must be one of {', '.join(Republish)}")
        return value

    def source(self) -> Source:
        """The declared source."""
        values = self.model_dump() | {"republish": Republish(self.republish)}
        for name in ("categories", "include", "exclude"):
            values[name] = tuple(values[name])
        return Source(**values)


def read_sources(
    path: Path, hour: timedelta, draft: str | None = None
) -> tuple[list[Source], list[str]]:
    """Read the file, or a ``draft`` of it; return the sources in its order and all problems.

    ``hour`` is what the pacing rules call an hour: no interval may be below a twelfth of it.
    """
    file = read_yaml(path, draft)
    sources: list[Source] = []
    for index, entry in enumerate(_entries(file)):
        source = _source(file, index, entry, hour)
        if source is not None:
            sources.append(source)
    _note_repeats(file, "id")
    _note_repeats(file, "url")
    return sources, file.problems


def _entries(file: YamlFile) -> list[Any]:
    if file.problems:
        return []
    given = file.data if isinstance(file.data, Mapping) else {}
    for key in given:
        if key != "sources":
            near = "" if "sources" in given else "; did you mean 'sources'?"
            near = near or "; the file holds one list, 'sources:'"
            file.problem((key,), f"unknown key '{key}'{near}")
    entries = given.get("sources")
    if isinstance(entries, Mapping):
        file.problem(("sources",), "sources: must be a list: begin each entry with '- '")
    elif not isinstance(entries, list) and not file.problems:
        file.problem((), "must hold a list under 'sources:', each entry with id, name and url")
    return entries if isinstance(entries, list) else []


def _source(file: YamlFile, index: int, entry: Any, hour: timedelta) -> Source | None:
    place = ("sources", index)
    if not isinstance(entry, Mapping):
        file.problem(place, f"each source has keys such as id, name and url, not {kind(entry)}")
        return None
    try:
        source = Declaration.model_validate(dict(entry)).source()
    except ValidationError as error:
        for inner, sentence in explain(error, Declaration):
            named = (
                f" (source '{entry['id']}')" if "is missing" in sentence and "id" in entry else ""
            )
            file.problem((*place, *inner), sentence + named)
        return None
    shortest = hour / 12
    if source.interval and not shortest <= source.interval <= _LONGEST_INTERVAL:
        least = shown(shortest)
        file.problem((*place, "interval"), f"interval: must be from {least} to 31d")
    if source.auth and not _is_sealed(source.url):
        file.problem((*place, "auth"), "auth: would be sent in the clear; the url must be https")
    return source


def _is_sealed(url: str) -> bool:
    """Whether nobody on the way can read what is sent: TLS, or this machine itself."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    return parts.scheme == "https" or host in ("localhost", "::1") or host.startswith("127.")


def _note_repeats(file: YamlFile, key: str) -> None:
    """Two sources with one id, or polling one address, are a slip of the pen."""
    first: dict[str, int] = {}
    for index, entry in enumerate(_list(file)):
        value = entry.get(key) if isinstance(entry, Mapping) else None
        if not isinstance(value, str):
            continue
        if value in first:
            line = file.line(("sources", first[value], key))
            file.problem(("sources", index, key), f"{key}: '{value}' is already on line {line}")
        else:
            first[value] = index


def _list(file: YamlFile) -> list[Any]:
    entries = file.data.get("sources") if isinstance(file.data, Mapping) else None
    return entries if isinstance(entries, list) else []
