"""Changes to sources.yaml that leave every other byte of it as it was (pure).

A YAML library that writes a whole file back keeps its comments, but not the operator's columns,
quotes and line breaks. So what is to change is found by the marks of the YAML that was read, and
only that is written.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from aggregator.errors import ConfigError
from aggregator.settings.yamlfile import compose, plain, read_scalar

_PLAIN = re.compile(r"\w[\w ./+-]*(?<! )")
_NOT_EVERYWHERE = {"yes", "no", "on", "off", "y", "n"}
"""Text to us, true or false to older readers of YAML."""


def with_sources(text: str, entries: Sequence[Mapping[str, Any]]) -> str:
    """The file's text with these sources at the end of its list, in the manner of the last one.

    Raises ConfigError when the file holds no list of sources.
    """
    listed = _list(text)
    if listed.flow_style and (listed.value or _is_json(text)):
        return _into_flow(text, listed, entries)
    if not listed.value:
        start, end = listed.start_mark.index, listed.end_mark.index
        block = "".join(f"\n  - {_flow(entry)}" for entry in entries)
        return text[: len(text[:start].rstrip(" "))] + block + text[end:]
    last = listed.value[-1]
    dash = " " * _dash(text, last)
    shown = _flow if last.flow_style else _block
    at = _end_of_line(text, _end(last))
    lines = "".join(f"\n{dash}- {shown(entry, len(dash) + 2)}" for entry in entries)
    return text[:at] + lines + (text[at:] or "\n")


def changed(text: str, source_id: str, values: Mapping[str, Any]) -> str:
    """The file's text with these keys of one source set to these values.

    Raises ConfigError when there is no such source, or when its entry is written in a way (anchors,
    say) in which one part cannot be changed without another.
    """
    edited = text
    for key, value in values.items():
        edited = _set(edited, _entry(edited, source_id), key, value)
    expected = plain(text)
    for entry in expected["sources"]:
        if entry.get("id") == source_id:
            entry.update(values)
    if plain(edited) != expected:
        raise ConfigError([f"the entry of '{source_id}' cannot be changed by command; edit it"])
    return edited


def written(value: Any) -> str:
    """A value on one line, as YAML."""
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(written, value))}]"
    if isinstance(value, float):
        return f"{value:g}"
    is_bare = isinstance(value, str) and _PLAIN.fullmatch(value) and read_scalar(value) == value
    if is_bare and value.lower() not in _NOT_EVERYWHERE:
        return str(value)
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


def _entry(text: str, source_id: str) -> Any:
    for node in _list(text).value:
        pairs = node.value if isinstance(node.value, list) else []
        if any(k.value == "id" and v.value == source_id for k, v in pairs):
            return node
    raise ConfigError([f"there is no source '{source_id}' in the file"])


def _set(text: str, entry: Any, key: str, value: Any) -> str:
    shown = json.dumps(value, ensure_ascii=False) if _is_json(text) else written(value)
    for name, node in entry.value:
        if name.value == key:
            start, end = node.start_mark.index, _end(node)
            space = "" if end > start else " "
            return text[:start] + space + shown + text[max(start, end) :]
    last = _end(entry.value[-1][1])
    if entry.flow_style:
        name = json.dumps(key) if _is_json(text) else key
        return f"{text[:last]}, {name}: {shown}{text[last:]}"
    at = _end_of_line(text, last)
    indent = " " * entry.value[0][0].start_mark.column
    return f"{text[:at]}\n{indent}{key}: {shown}{text[at:]}"


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


def _dash(text: str, entry: Any) -> int:
    """The column of the dash before an entry."""
    before = text[: entry.start_mark.index]
    return before.rindex("-") - (before.rfind("\n", 0, before.rindex("-")) + 1)
