"""The operator's include and exclude patterns, in linear time whatever they are (RE2)."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import re2

from aggregator.domain import Source

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


def excluded_by(
    source: Source, title: str, url: str | None, categories: tuple[str, ...]
) -> str | None:
    """The filter that keeps an item off the feeds, in words; None when it passes.

    A pattern matches anywhere in the title, the URL or one of the categories.
    """
    texts = (title, url or "", *categories)
    for pattern in source.exclude:
        if any(compiled(pattern).search(text) for text in texts):
            return f"exclude: {pattern}"
    wanted = (compiled(pattern).search(text) for pattern in source.include for text in texts)
    if source.include and not any(wanted):
        return "include: no pattern matches"
    return None
