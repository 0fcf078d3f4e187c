"""The JSON Schema of the operator's files, for editors that complete and check YAML."""

from __future__ import annotations

from typing import Any

from aggregator.settings import SITE, SOURCES
from aggregator.settings.site import Site
from aggregator.settings.sources import Declaration

_DIALECT = "https://json-schema.org/draft/2020-12/schema"


def schema(name: str) -> dict[str, Any]:
    """The schema of the file of this name (``sources.yaml``, ``aggregator.yaml``).

    It knows less than the commands do: not, for one, that two sources must not have the same id.
    """
    if name == SOURCES:
        return _of_sources()
    return {"$schema": _DIALECT, "title": SITE} | Site.model_json_schema()


def _of_sources() -> dict[str, Any]:
    source = Declaration.model_json_schema()
    return {
        "$schema": _DIALECT,
        "title": SOURCES,
        "type": "object",
        "additionalProperties": False,
        "required": ["sources"],
        "properties": {"sources": {"type": "array", "items": source}},
    }
