"""YAML that remembers which line everything stands on (the one door to ruamel.yaml)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from aggregator.errors import ConfigError


@dataclass(slots=True)
class YamlFile:
    """What one file says, and the problems met in reading it (``FILE:LINE: …``)."""

    path: Path
    data: Any = None
    problems: list[str] = field(default_factory=list)

    def problem(self, location: Sequence[str | int], text: str) -> None:
        """Note a problem at a place inside the data, such as ``("sources", 3, "url")``."""
        self.problems.append(f"{self.path}:{self.line(location)}: {text}")

    def line(self, location: Sequence[str | int]) -> int:
        """The line of that place, or of the nearest thing around it that is there."""
        node, line = self.data, 1
        for step in location:
            position = _position(node, step)
            if position is None:
                break
            line = position
            node = node[step]
        return line


def read_yaml(path: Path, draft: str | None = None) -> YamlFile:
    """Read a file, or what is to become of it; what keeps it from being read is among the result's
    problems.
    """
    file = YamlFile(path)
    try:
        text = path.read_bytes().decode("utf-8-sig") if draft is None else draft
        file.data = YAML(typ="rt").load(text)
    except FileNotFoundError:
        file.problems.append(f"{path}:1: there is no such file; `--config` names its folder")
    except OSError as error:
        file.problems.append(f"{path}:1: cannot be read: {error.strerror}")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        file.problems.append(f"{path}:{line}: this is not UTF-8 text; save the file as UTF-8")
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        file.problems.append(f"{path}:{line}: {_reason(error)}")
    except (YAMLError, ValueError, RecursionError, TypeError, AttributeError) as error:
        # The last three: what the library's constructors let through for nonsensical tags.
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        file.problems.append(f"{path}:1: this is not YAML that can be read: {reason}")
    return file


def compose(text: str) -> Any:
    """The text's nodes, each with the marks where it begins and ends; None for an empty text.

    Raises ConfigError when it is no YAML.
    """
    try:
        return YAML(typ="rt").compose(text)
    except (YAMLError, ValueError, RecursionError) as error:
        raise ConfigError([f"this is not YAML that can be read: {error}"]) from None


def plain(text: str) -> Any:
    """What a text that is YAML says, without its comments."""
    return YAML(typ="safe", pure=True).load(text)


def read_scalar(text: str) -> Any:
    """A single value as YAML understands it: ``"true"`` → True, ``"2"`` → 2; else the text."""
    try:
        value = YAML(typ="safe", pure=True).load(text)
    except YAMLError:
        return text
    return text if isinstance(value, dict | list) or value is None else value


def _position(node: Any, step: str | int) -> int | None:
    try:
        if isinstance(node, Mapping) and step in node:
            return int(node.lc.key(step)[0]) + 1  # type: ignore[attr-defined]
        if isinstance(node, list) and isinstance(step, int):
            return int(node.lc.item(step)[0]) + 1  # type: ignore[attr-defined]
    except (AttributeError, KeyError, IndexError, TypeError):
        return None
    return None


def _reason(error: MarkedYAMLError) -> str:
    problem = str(error.problem or error.context or "").splitlines()[0]
    if "duplicate key" in problem:
        key = problem.split('"')[1] if '"' in problem else "?"
        return f"the key '{key}' stands here a second time; keep one of them"
    return f"this is not YAML that can be read ({problem}); check indentation, quotes and colons"
