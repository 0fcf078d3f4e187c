"""sources.yaml: which feeds the operator wants polled."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from aggregator.domain import Republish, Source
from aggregator.settings.messages import explain, kind
from aggregator.settings.values import Duration, Language, OneOrMany, Pattern, Slug, Text, Url
from aggregator.settings.yamlfile import YamlFile, read_yaml

_LONGEST_INTERVAL = timedelta(days=31)


class _Declaration(BaseModel):
    """The keys of one source."""

    model_config = ConfigDict(strict=True, extra="forbid")

    id: Slug
    name: Text
    url: Url
    site: Url | None = None
    language: Language | None = None
    categories: Annotated[list[Text], OneOrMany] = []
    interval: Duration | None = None
    republish: Text = Republish.EXCERPT.value
    include: Annotated[list[Pattern], OneOrMany] = []
    exclude: Annotated[list[Pattern], OneOrMany] = []
    enabled: bool = True
    weight: Annotated[float, Field(gt=0, le=100)] = 1.0
    article: bool = False

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


def read_sources(path: Path, hour: timedelta) -> tuple[list[Source], list[str]]:
    """Read the file; return the sources in its order and all problems.

    ``hour`` is what the pacing rules call an hour: no interval may be below a twelfth of it.
    """
    file = read_yaml(path)
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
    entries = file.data.get("sources") if isinstance(file.data, Mapping) else None
    if not isinstance(entries, list):
        file.problem((), "must hold a list under 'sources:', each entry with id, name and url")
        return []
    for key in file.data:
        if key != "sources":
            file.problem((key,), f"unknown key '{key}'; the file holds one list, 'sources:'")
    return entries


def _source(file: YamlFile, index: int, entry: Any, hour: timedelta) -> Source | None:
    place = ("sources", index)
    if not isinstance(entry, Mapping):
        file.problem(place, f"each source has keys such as id, name and url, not {kind(entry)}")
        return None
    try:
        source = _Declaration.model_validate(dict(entry)).source()
    except ValidationError as error:
        for inner, sentence in explain(error, _Declaration):
            named = (
                f" (source '{entry['id']}')" if "is missing" in sentence and "id" in entry else ""
            )
            file.problem((*place, *inner), sentence + named)
        return None
    shortest = hour / 12
    if source.interval and not shortest <= source.interval <= _LONGEST_INTERVAL:
        shown = f"{shortest.total_seconds():g}s"
        file.problem((*place, "interval"), f"interval: must be from {shown} to 31d")
    return source


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
