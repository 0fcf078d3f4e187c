"""The newsroom's series: what comes daily, and under what headline."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import time
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, WithJsonSchema

from aggregator.desk.series import EVERY_DAY, Series
from aggregator.settings.messages import explain, kind
from aggregator.settings.values import Language, Slug, Text
from aggregator.settings.yamlfile import YamlFile

_TIME = re.compile(r"([01]?\d|2[0-3])[:h]([0-5]\d)", re.ASCII)
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def _time(value: object) -> time:
    match = _TIME.fullmatch(value) if isinstance(value, str) else None
    if not match:
        raise ValueError(f"'{value}' is no time; write it like 10h00")
    return time(int(match[1]), int(match[2]))


def _days(value: object) -> frozenset[int]:
    if not isinstance(value, list) or not value or not all(day in _DAYS for day in value):
        raise ValueError(f"must be a list of {', '.join(_DAYS)}")
    return frozenset(_DAYS.index(day) for day in value)


_AT = WithJsonSchema({"type": "string", "pattern": f"^{_TIME.pattern}$"})
_WEEKDAYS = WithJsonSchema({"type": "array", "minItems": 1, "items": {"enum": list(_DAYS)}})


class SeriesDeclaration(BaseModel):
    """One series."""

    model_config = ConfigDict(strict=True, extra="forbid", use_attribute_docstrings=True)

    slug: Slug
    """Its name in addresses, for ever: lower-case letters, digits, hyphens."""
    title: Text
    """What readers see."""
    kicker: Text | None = None
    """Over the headline of its briefs (else the title)."""
    headline: Annotated[str, Field(max_length=100)] = ""
    """What the headline of each begins as."""
    language: Language = "en"
    """Of its briefs."""
    at: Annotated[time, BeforeValidator(_time), _AT] = time(10)
    """When it is due, like 10h00 (which it is if nothing is said)."""
    weekdays: Annotated[frozenset[int], BeforeValidator(_days), _WEEKDAYS] = EVERY_DAY
    """On which days (else on all)."""


def read_series(file: YamlFile, entries: Iterable[Any]) -> list[Series]:
    """The series under ``series:``; what is wrong with them is added to the file's problems."""
    found: dict[str, Series] = {}
    for index, entry in enumerate(entries):
        if not isinstance(entry, dict):
            file.problem(("series", index), f"must have keys such as slug, not {kind(entry)}")
            continue
        try:
            read = SeriesDeclaration.model_validate(entry)
        except ValidationError as error:
            for place, sentence in explain(error, SeriesDeclaration):
                file.problem(("series", index, *place), sentence)
            continue
        if read.slug in found:
            file.problem(("series", index, "slug"), f"slug: '{read.slug}' is there twice")
        values = read.model_dump() | {"kicker": read.kicker or read.title}
        found[read.slug] = Series(**values)
    return list(found.values())
