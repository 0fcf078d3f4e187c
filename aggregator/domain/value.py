"""What values that polls make by the thousand have in common."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from operator import attrgetter
from typing import Any, ClassVar, TypeVar, dataclass_transform

_T = TypeVar("_T")


@dataclass_transform(frozen_default=True)
def value(kind: type[_T]) -> type[_T]:
    """A dataclass with slots that nobody may change, which only the type checker sees to: seen to
    at run time as well (``frozen=True``), a value of thirty fields takes ten times as long to make.
    """
    return dataclass(slots=True, unsafe_hash=True)(kind)


class Value:
    """A base for dataclasses with slots that are pickled by the thousand: the standard way looks
    their fields up again for each one, which takes ten times as long.
    """

    __slots__ = ()
    __dataclass_fields__: ClassVar[dict[str, Any]]

    def __reduce__(self) -> tuple[Any, ...]:
        """Say how to make this again: with its fields in their order."""
        kind: Any = type(self)
        return kind, _fields_of(kind)(self)


@cache
def _fields_of(kind: type[Value]) -> Callable[[Value], tuple[Any, ...]]:
    """From a value of some kind to its fields, of which there are several."""
    return attrgetter(*kind.__dataclass_fields__)
