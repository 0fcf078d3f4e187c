"""Changes to sources.yaml that leave every other byte of it as it was (pure).

A YAML library that writes a whole file back keeps its comments, but not the operator's columns,
quotes and line breaks. So what is to change is found by the marks of the YAML that was read, and
only that is written.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from operator import itemgetter
from typing import Any

from aggregator.errors import ConfigError
from aggregator.settings.yamlfile import compose, plain

# Nothing that YAML, in whatever version, could take for anything but text.
_PLAIN = re.compile(r"(?:[^\W\d_][\w ./+-]*|\d+[smhd])(?<! )")
_NO_TEXT = {"yes", "no", "on", "off", "y", "n", "true", "false", "null"}


def with_sources(text: str, entries: Sequence[Mapping[str, Any]]) -> str:
    """The file's text with these sources at the end of its list, in the manner of the last one.

    Raises ConfigError when the file holds no list of sources.
    """
    listed = _list(text)
    if listed.flow_style and (listed.value or _is_json(text)):
        return _into_flow(text, listed, entries)
    if not listed.value:
        start, end = listed.start_mark.index, listed.end_mark.index
        block = "".join(f"\n  - {_block(entry, 4)}" for entry in entries)
        return text[: len(text[:start].rstrip(" "))] + block + text[end:]
    last = listed.value[-1]
    dash = " " * listed.start_mark.column
    shown = _flow if last.flow_style else _block
    at = _end_of_line(text, _end(last))
    lines = "".join(f"\n{dash}- {shown(entry, len(dash) + 2)}" for entry in entries)
    return text[:at] + lines + (text[at:] or "\n")


def with_changes(text: str, changes: Mapping[str, Mapping[str, Any]]) -> str:
    """The file's text with these keys of these sources set: id → key → value.

    Raises ConfigError when there is no such source, or when its entry is written in a way (anchors,
    say) in which one part cannot be changed without another.
    """
    entries = _entries(text)
    unknown = changes.keys() - entries.keys()
    if unknown:
        raise ConfigError([f"there is no source '{min(unknown)}' in the file"])
    patches = [
        _patch(text, entries[source_id], key, value)
        for source_id, values in changes.items()
        for key, value in values.items()
    ]
    edited = text
    # From the end, so that places stay what they are; of two at one place the first comes first.
    patches.sort(key=itemgetter(0))
    for start, end, new in reversed(patches):
        edited = edited[:start] + new + edited[end:]
    expected = plain(text)
    for entry in expected["sources"]:
        entry.update(changes.get(entry.get("id"), {}))
    if not _says(edited, expected):
        named = ", ".join(changes)
        raise ConfigError([f"the entry of {named} cannot be changed by command; edit the file"])
    return edited


def _says(text: str, expected: Any) -> bool:
    try:
        return bool(plain(text) == expected)
    except ConfigError:
        return False


def written(value: Any) -> str:
    """A value on one line, as YAML."""
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(written, value))}]"
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, str) and _PLAIN.fullmatch(value) and value.lower() not in _NO_TEXT:
        return value
    return json.dumps(value, ensure_ascii=False)


def _flow(entry: Mapping[str, Any], _indent: int = 0) -> str:
    return "{" + ", ".join(f"{key}: {written(value)}" for key, value in entry.items()) + "}"


def _block(entry: Mapping[str, Any], indent: int) -> str:
    lines = (f"{key}: {written(value)}" for key, value in entry.items())
    return f"\n{' ' * indent}".join(lines)


def _into_flow(text: str, listed: Any, entries: Sequence[Mapping[str, Any]]) -> str:
    shown = [json.dumps(dict(entry), ensure_ascii=False) for entry in entries]
    at = listed.value[-1].end_mark.index if listed.value else listed.start_mark.index + 1
    glue = ",\n  " if listed.value else ""
    return text[:at] + glue + ",\n  ".join(shown) + text[at:]


def _is_json(text: str) -> bool:
    return text.lstrip("\ufeff \t\r\n").startswith("{")


def _list(text: str) -> Any:
    root = compose(text)
    pairs = root.value if root is not None and isinstance(root.value, list) else []
    for pair in pairs:
        if isinstance(pair, tuple) and pair[0].value == "sources" and _is_list(pair[1]):
            return pair[1]
    raise ConfigError(["the file must hold a list under 'sources:'"])


def _is_list(node: Any) -> bool:
    return isinstance(node.value, list) and not any(isinstance(one, tuple) for one in node.value)


def _entries(text: str) -> dict[str, Any]:
    """The node of each source, by id."""
    nodes = [node for node in _list(text).value if isinstance(node.value, list)]
    return {v.value: node for node in nodes for k, v in node.value if k.value == "id"}


def _patch(text: str, entry: Any, key: str, value: Any) -> tuple[int, int, str]:
    """What to put where, for one key of an entry."""
    shown = json.dumps(value, ensure_ascii=False) if _is_json(text) else written(value)
    for name, node in entry.value:
        if name.value == key:
            start, end = node.start_mark.index, _end(node)
            return start, max(start, end), shown if end > start else f" {shown}"
    last = _end(entry.value[-1][1])
    if entry.flow_style:
        name = json.dumps(key) if _is_json(text) else key
        return last, last, f", {name}: {shown}"
    at = _end_of_line(text, last)
    indent = " " * entry.value[0][0].start_mark.column
    return at, at, f"\n{indent}{key}: {shown}"


def _end(node: Any) -> int:
    """Where what is written of a node ends: a block's own mark is where the next thing begins."""
    if isinstance(node.value, list) and not node.flow_style and node.value:
        last = node.value[-1]
        return _end(last[1] if isinstance(last, tuple) else last)
    return int(node.end_mark.index)


def _end_of_line(text: str, at: int) -> int:
    """Where the line of this place ends; after a block of text, its last line."""
    if at and text[at - 1 : at] == "\n":
        return at - 1
    end = text.find("\n", at)
    return (len(text) if end < 0 else end) - (end > 0 and text[end - 1] == "\r")
