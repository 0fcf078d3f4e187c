"""The first files of a newsroom, with every key and what it is for (pure)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from textwrap import wrap
from typing import Any

from aggregator.settings.editing import with_sources, written
from aggregator.settings.site import SECRET, Site
from aggregator.settings.sources import Declaration
from aggregator.wire.due import shown

_COLUMN = 38
_NOT_IN_FILE = (*SECRET, "hour", "series")


def first_site(values: Mapping[str, Any]) -> str:
    """aggregator.yaml with these values, and everything else as it is when nobody sets it."""
    lines = [
        "# The newsroom's own settings. Every key may also be set in the environment, as",
        "# AGGREGATOR_<KEY>; what may let somebody in, such as the database's address, only there.",
        "",
        *(_line(key, value) for key, value in values.items()),
        "",
        "# What these are when they are not set:",
    ]
    for key, field in Site.model_fields.items():
        if key not in values and key not in _NOT_IN_FILE:
            default = field.get_default(call_default_factory=True)
            lines.append(f"# {_line(key, default)}")
    return "\n".join(lines) + "\n"


def first_sources(entries: Sequence[Mapping[str, Any]]) -> str:
    """sources.yaml with these entries; its head says what each may have."""
    head = ["# The feeds that we poll. Each source has id, name and url, and may have the others:"]
    for key, field in Declaration.model_fields.items():
        lines = wrap(str(field.description), 84)
        head += [f"#   {key if n == 0 else '':<11} {line}" for n, line in enumerate(lines)]
    head += ["# A change counts within seconds; aggregator sources check looks it through.", ""]
    text = "\n".join([*head, "sources: []"]) + "\n"
    return with_sources(text, entries) if entries else text


def _line(key: str, value: Any) -> str:
    about = Site.model_fields[key].description
    if isinstance(value, timedelta):
        value = shown(value)
    said = "" if value is None else "{}" if value == {} else written(value)
    return f"{f'{key}: {said}'.rstrip():<{_COLUMN}} # {about}"
