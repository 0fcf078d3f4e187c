"""YAML that remembers which line everything stands on (the one door to ruamel.yaml)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from aggregator.errors import ConfigError

_HINT = "check indentation, quotes and colons"
_HINTS = {
    r"character '\t'": "indent with spaces, never with tabs",
    "cannot start any token": "put the value in quotes",
    "undefined alias": "put a value that begins with * in quotes",
    "mapping values are not allowed": "put a value with a colon in it in quotes",
    "expected ',' or": "put a value with a colon or comma in it in quotes",
    "expected <block end>": "begin this line in the column of the lines that it belongs to",
    "end of stream": "close the quote that is open",
    "'<stream end>'": "close the bracket that is open",
}
"""What mostly is behind what the library complains of."""
_SLIPS: dict[type[Exception], str] = {
    NotImplementedError: "a comment stands where none can; move it to a line before",
    RecursionError: "one thing is inside another too many times",
    **dict.fromkeys(
        (TypeError, AttributeError, LookupError, AssertionError),
        "a tag or a %YAML version makes no sense here; leave it out",
    ),
}
"""What the library lets through, and what is behind it."""
_UNREADABLE: tuple[type[Exception], ...] = (YAMLError, ValueError, *_SLIPS)


@dataclass(slots=True)
class YamlFile:
    """What one file says, and the problems met in reading it (``FILE:LINE: …``)."""

    path: Path
    data: Any = None
    problems: list[str] = field(default_factory=list)
    text: str = ""
    _nodes: Any = None

    def problem(self, location: Sequence[str | int], text: str) -> None:
        """Note a problem at a place inside the data, such as ``("sources", 3, "url")``."""
        self.problems.append(f"{self.path}:{self.line(location)}: {text}")

    def line(self, location: Sequence[str | int]) -> int:
        """The line of that place, or of the nearest thing around it that is there."""
        if self._nodes is None and self.text:
            self._nodes = compose(self.text)
        node, line = self._nodes, 1
        for step in location:
            found = _child(node, step)
            if found is None:
                break
            at, node = found
            line = at.start_mark.line + 1
        return line


def read_yaml(path: Path, draft: str | None = None) -> YamlFile:
    """Read a file, or what is to become of it; what keeps it from being read is among the result's
    problems.
    """
    file = YamlFile(path)
    try:
        text = path.read_bytes().decode("utf-8-sig") if draft is None else draft
        file.data, file.text = _load(text), text
    except FileNotFoundError:
        file.problems.append(f"{path}:1: there is no such file; `--config` names its folder")
    except OSError as error:
        file.problems.append(f"{path}:1: cannot be read: {error.strerror}")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        file.problems.append(f"{path}:{line}: this is not UTF-8 text; save the file as UTF-8")
    except MarkedYAMLError as error:
        # A quote that is never closed is a mistake where it begins, not at the file's end.
        is_open = "end of stream" in str(error.problem) and "quoted" in str(error.context)
        mark = (error.context_mark if is_open else error.problem_mark) or error.context_mark
        line = mark.line + 1 if mark else 1
        file.problems.append(f"{path}:{line}: {_reason(error)}")
    except _UNREADABLE as error:
        file.problems.append(f"{path}:1: {_slip(error)}")
    return file


def _load(text: str) -> Any:
    """What the text says; by libyaml's parser where it can, ten times as quick as the one that
    keeps lines and comments. It knows less: no plain ``https://…`` in braces, no foreign tags.
    """
    try:
        return YAML(typ="safe").load(text)
    except _UNREADABLE:
        return YAML(typ="rt").load(text)


def compose(text: str) -> Any:
    """The text's nodes, each with the marks where it begins and ends; None for an empty text.

    Raises ConfigError when it is no YAML.
    """
    try:
        try:
            return YAML(typ="safe").compose(text)
        except _UNREADABLE:
            return YAML(typ="rt").compose(text)
    except _UNREADABLE as error:
        raise ConfigError([_slip(error)]) from None


def plain(text: str) -> Any:
    """What a text says, without its comments. Raises ConfigError when it is no YAML."""
    try:
        return _load(text)
    except _UNREADABLE as error:
        raise ConfigError([_slip(error)]) from None


def read_scalar(text: str) -> Any:
    """A single value as YAML understands it: ``"true"`` → True, ``"2"`` → 2; else the text."""
    try:
        value = YAML(typ="safe", pure=True).load(text)
    except _UNREADABLE:
        return text
    return text if isinstance(value, dict | list) or value is None else value


def _child(node: Any, step: str | int) -> tuple[Any, Any] | None:
    """The node where a step inside begins (a key, an entry) and the one that it leads to."""
    inner = node.value if node is not None and isinstance(node.value, list) else []
    if inner and isinstance(inner[0], tuple):
        return next((pair for pair in inner if pair[0].value == str(step)), None)
    if isinstance(step, int) and 0 <= step < len(inner):
        return inner[step], inner[step]
    return None


def _slip(error: Exception) -> str:
    """What to say of an error that does not tell its line (or where the whole text is meant)."""
    said = " ".join(str(error).split()) or type(error).__name__
    known = (words for kind, words in _SLIPS.items() if isinstance(error, kind))
    return f"this is not YAML that can be read: {next(known, said)}"


def _reason(error: MarkedYAMLError) -> str:
    problem = str(error.problem or error.context or "").splitlines()[0]
    if "duplicate key" in problem:
        key = problem.split('"')[1] if '"' in problem else "?"
        return f"the key '{key}' stands here a second time; keep one of them"
    hint = next((hint for sign, hint in _HINTS.items() if sign in problem), _HINT)
    return f"this is not YAML that can be read ({problem}); {hint}"
