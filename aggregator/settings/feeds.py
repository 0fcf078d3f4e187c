"""feeds.yaml: the feeds that are published beside the combined one."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, WithJsonSchema, field_validator

from aggregator.domain import DeclaredFeed, EntryKind
from aggregator.settings.messages import explain, kind
from aggregator.settings.values import Language, Languages, Slug, Text, Words
from aggregator.settings.yamlfile import YamlFile, read_yaml

_LISTS = ("categories", "languages", "sources", "series")
_KIND = {"enum": [one.value for one in EntryKind]}
_KINDS = WithJsonSchema({"anyOf": [_KIND, {"type": "array", "minItems": 1, "items": _KIND}]})


class FeedDeclaration(BaseModel):
    """One feed; an entry of it answers every condition."""

    model_config = ConfigDict(strict=True, extra="forbid", use_attribute_docstrings=True)

    slug: Slug
    """Its address, for ever: lower-case letters, digits, hyphens."""
    title: Text
    """What readers see."""
    description: Text | None = None
    """A line about it (else the strapline)."""
    language: Language | None = None
    """Of the feed (else the site's first)."""
    categories: Words = []
    """An entry has one of these, letter case ignored."""
    languages: Languages = []
    """It is in one of these; fr is fr-BE too."""
    sources: Words = []
    """It comes from one of these (the ids of sources.yaml), or rests on one of them."""
    series: Words = []
    """It is of one of these (aggregator.yaml); no source's item is in one."""
    search: Text | None = None
    """It has all of these words; the last may be the beginning of one."""
    kinds: Annotated[Words, Field(min_length=1), _KINDS] = [kind.value for kind in EntryKind]
    """briefs, items or both."""
    size: Annotated[int, Field(ge=10, le=500)] = 100
    """The most entries that it has."""

    @field_validator("kinds")
    @classmethod
    def _kinds(cls, value: list[str]) -> list[str]:
        wrong = [one for one in value if one not in set(EntryKind)]
        if wrong:
            raise ValueError(f"'{wrong[0]}' must be one of {', '.join(EntryKind)}")
        return value

    def feed(self) -> DeclaredFeed:
        """The declared feed."""
        values = self.model_dump() | {name: tuple(getattr(self, name)) for name in _LISTS}
        kinds = tuple(kind for kind in EntryKind if kind in self.kinds)
        return DeclaredFeed(**values | {"kinds": kinds, "description": self.description or ""})


def read_feeds(
    path: Path, sources: Collection[str], series: Collection[str], draft: str | None = None
) -> tuple[list[DeclaredFeed], list[str]]:
    """Read the file, or a ``draft`` of it; return the feeds in its order and all problems. There
    need not be a file.

    ``sources`` and ``series`` are those that may be named.
    """
    given = draft is not None or path.exists()
    file = read_yaml(path, draft) if given else YamlFile(path)
    found: dict[str, DeclaredFeed] = {}
    for index, entry in enumerate(_entries(file)):
        read = _feed(file, index, entry)
        if read is None:
            continue
        if read.slug in found:
            file.problem(("feeds", index, "slug"), f"slug: '{read.slug}' is there twice")
        for key, known in (("sources", sources), ("series", series)):
            for name in set(getattr(read, key)) - set(known):
                file.problem(("feeds", index, key), f"{key}: there is no '{name}' in the files")
        found[read.slug] = read
    return list(found.values()), file.problems


def _entries(file: YamlFile) -> list[Any]:
    if file.problems or file.data is None:
        return []
    entries = file.data.get("feeds") if isinstance(file.data, Mapping) else None
    if not isinstance(entries, list):
        file.problem((), "must hold a list under 'feeds:', each entry with slug and title")
        return []
    for key in file.data:
        if key != "feeds":
            file.problem((key,), f"unknown key '{key}'; the file holds one list, 'feeds:'")
    return entries


def _feed(file: YamlFile, index: int, entry: Any) -> DeclaredFeed | None:
    if not isinstance(entry, Mapping):
        file.problem(
            ("feeds", index), f"each feed has keys such as slug and title, not {kind(entry)}"
        )
        return None
    try:
        return FeedDeclaration.model_validate(dict(entry)).feed()
    except ValidationError as error:
        for place, sentence in explain(error, FeedDeclaration):
            file.problem(("feeds", index, *place), sentence)
        return None
