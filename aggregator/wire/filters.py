"""The operator's include and exclude patterns, in linear time whatever they are (RE2)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from itertools import chain
from typing import Any

import re2

from aggregator.domain import Source

FIELDS = ("title", "url", "category")
"""What a pattern may be tried on alone."""

_NOT_INCLUDED = "include: no pattern matches"

_OPTIONS = re2.Options()
_OPTIONS.case_sensitive = False
_OPTIONS.log_errors = False


@lru_cache(maxsize=4096)
def compiled(pattern: str) -> Any:
    """Compile one pattern; letter case does not matter. Raises ValueError, saying why not."""
    try:
        return re2.compile(pattern, _OPTIONS)
    except re2.error as error:
        reason = error.args[0] if error.args else "unreadable"
        raise ValueError(reason.decode() if isinstance(reason, bytes) else str(reason)) from None


def split(entry: str) -> tuple[str | None, str]:
    """``category:sport`` → the field that its pattern is tried on, and the pattern; a pattern alone
    is tried on all fields.
    """
    field, colon, pattern = entry.partition(":")
    return (field, pattern.lstrip()) if colon and field in FIELDS else (None, entry)


def excluded_by(
    source: Source, title: str, url: str | None, categories: tuple[str, ...]
) -> str | None:
    """The filter that keeps an item off the feeds, in words; None when it passes.

    A pattern matches anywhere in the title, the URL or one of the categories, or in the one of
    them that it is for.
    """
    if not source.exclude and not source.include:
        return None
    texts = {"title": (title,), "url": (url or "",), "category": categories}
    for entry in source.exclude:
        if _matches(entry, texts):
            return _excluded(entry)
    if source.include and not any(_matches(entry, texts) for entry in source.include):
        return _NOT_INCLUDED
    return None


def verdicts(source: Source) -> list[str]:
    """All that :func:`excluded_by` may say of an item of this source, in the order of trying."""
    return [*map(_excluded, source.exclude), *([_NOT_INCLUDED] if source.include else [])]


def _excluded(entry: str) -> str:
    return f"exclude: {entry}"


def _matches(entry: str, texts: Mapping[str, tuple[str, ...]]) -> bool:
    field, pattern = split(entry)
    tried = texts[field] if field else chain.from_iterable(texts.values())
    return any(compiled(pattern).search(text) for text in tried)
