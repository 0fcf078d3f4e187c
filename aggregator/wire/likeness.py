"""How alike two texts are (pure)."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

_WORD = re.compile(r"\w+")
_LENGTH = 4


def words(text: str) -> str:
    """The words of a text, without what typography, case and accents add to them."""
    if text.isascii():
        return " ".join(_WORD.findall(text.casefold()))
    bare = _accents().sub("", unicodedata.normalize("NFKD", text).casefold())
    return " ".join(_WORD.findall(bare))


@cache
def _accents() -> re.Pattern[str]:
    """Every combining character of the Basic Multilingual Plane."""
    return re.compile(f"[{''.join(filter(unicodedata.combining, map(chr, range(0x10000))))}]+")


def likeness(one: str, other: str) -> float:
    """The share of four-letter sequences that two texts have in common, 0 to 1 (the resemblance of
    Broder, "On the resemblance and containment of documents", 1997); 0 where one is empty: nothing
    is no evidence.
    """
    first, second = _sequences(one), _sequences(other)
    together = len(first | second)
    return len(first & second) / together if first and second else 0.0


def _sequences(text: str) -> set[str]:
    plain = words(text)
    return {plain[n : n + _LENGTH] for n in range(max(len(plain) - _LENGTH + 1, bool(plain)))}
