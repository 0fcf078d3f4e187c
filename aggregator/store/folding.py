"""Text folded for searching: one form for both databases."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

PUNCTUATION = '!"#$%&()*+,-./:;<=>?@[\\]^_`{|}~‘’“”„«»‹›–—…·•、。「」'
"""What stands between words, besides the apostrophe; written so that SQL can quote it."""

INDEXED = (
    f"to_tsvector('simple', translate(left(search, 50000), '{PUNCTUATION}', "
    f"'{' ' * len(PUNCTUATION)}'))"
)
"""What PostgreSQL finds items by: its index is on exactly this.

Its parser would read punctuation as parts of addresses, paths and numbers. The length is what a
tsvector can hold, whatever a source sends.
"""

_BETWEEN = str.maketrans(dict.fromkeys(PUNCTUATION + "'", " "))
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


def words(text: str) -> list[str]:
    """The words that somebody searches for, folded; none where they typed only punctuation."""
    printable = "".join(letter if letter.isprintable() else " " for letter in text)
    return [
        word for word in fold(printable).translate(_BETWEEN).split() if any(map(str.isalnum, word))
    ]


@cache
def _marks() -> re.Pattern[str]:
    """Every combining character of the Basic Multilingual Plane."""
    return re.compile(f"[{''.join(filter(unicodedata.combining, map(chr, range(0x10000))))}]+")
