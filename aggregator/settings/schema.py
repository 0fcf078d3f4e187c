"""The JSON Schema of the operator's files, for editors that complete and check YAML."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from pydantic import BaseModel

from aggregator.settings import SITE, SOURCES
from aggregator.settings.feeds import FeedDeclaration
from aggregator.settings.series import SeriesDeclaration
from aggregator.settings.site import SECRET, Site
from aggregator.settings.sources import Declaration
from aggregator.wire.due import shown


def schema(name: str) -> dict[str, Any]:
    """The schema of the file of this name (``sources.yaml``, ``aggregator.yaml``, ``feeds.yaml``).

    It knows less than the commands do: not, for one, that two sources must not have the same id.
    """
    if name == SITE:
        found = _of(Site)
        for key in SECRET:
            del found["properties"][key]  # only from the environment
        found["properties"]["series"]["items"] = _of(SeriesDeclaration)
    elif name == SOURCES:
        found = _list("sources", Declaration)
    else:
        found = _list("feeds", FeedDeclaration)
    return found | {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": name}


def _list(key: str, entry: type[BaseModel]) -> dict[str, Any]:
    return {
        "type": "object",
        "additionalProperties": False,
        "required": [key],
        "properties": {key: {"type": "array", "items": _of(entry)}},
    }


def _of(model: type[BaseModel]) -> dict[str, Any]:
    """What pydantic says; but it writes defaults in ways that we do not read, such as ``PT1H``."""
    found = model.model_json_schema()
    for key, field in model.model_fields.items():
        if isinstance(field.default, timedelta):
            found["properties"][key]["default"] = shown(field.default)
        elif not isinstance(field.default, str | int | float | list | dict | None):
            found["properties"][key].pop("default", None)
    return found
