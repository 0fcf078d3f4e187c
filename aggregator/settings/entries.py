"""New entries of sources.yaml, for feeds that were found or listed elsewhere (pure)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from pydantic import ValidationError

from aggregator.desk.naming import slug
from aggregator.settings.messages import explain
from aggregator.settings.sources import Declaration

_LONGEST_ID = 64


def new_id(name: str, taken: Collection[str]) -> str:
    """An id made of a name, and of a number where that is taken: ``le-monde``, ``le-monde-2``."""
    stem = slug(name)[:_LONGEST_ID].strip("-")
    number, chosen = 1, stem
    while chosen in taken:
        number += 1
        end = f"-{number}"
        chosen = stem[: _LONGEST_ID - len(end)].rstrip("-") + end
    return chosen


def new_entry(**values: Any) -> dict[str, Any]:
    """An entry with these keys, in the order in which files have them, less those without value."""
    return {key: values[key] for key in Declaration.model_fields if values.get(key)}


def what_is_wrong(entry: Mapping[str, Any]) -> str | None:
    """Why an entry may not stand in the file; None when it may."""
    try:
        Declaration.model_validate(dict(entry))
    except ValidationError as error:
        return "; ".join(sentence for _, sentence in explain(error, Declaration))
    return None
