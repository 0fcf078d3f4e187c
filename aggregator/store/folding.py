"""Text folded for searching: one form for both databases."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

_LETTERS = {"œ": "oe", "æ": "ae", "ø": "o", "ł": "l", "đ": "d", "ı": "i", "þ": "th", "ð": "d"}
_ACCENTS = "\u0301\u0300\u0302\u0327\u0308\u0303\u030a\u030c"
_LETTER = re.compile(f"[{''.join(_LETTERS)}]")


def fold(text: str) -> str:
    """Fold case, accents and ligatures away: ``Élysée`` → ``elysee``, ``Œuvre`` → ``oeuvre``."""
    if text.isascii():
        return text.casefold()
    bare = unicodedata.normalize("NFKD", text.casefold())
    for accent in _ACCENTS:  # the usual ones: quicker one by one than all marks at once
        bare = bare.replace(accent, "")
    if bare.isascii():
        return bare
    bare = _marks().sub("", bare)
    return _LETTER.sub(lambda match: _LETTERS[match[0]], bare)


@cache
def _marks() -> re.Pattern[str]:
    """Every combining character of the Basic Multilingual Plane."""
    return re.compile(f"[{''.join(filter(unicodedata.combining, map(chr, range(0x10000))))}]+")
