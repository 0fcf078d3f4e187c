"""Text folded for searching: one form for both databases."""

from __future__ import annotations

import re
import unicodedata
from contextlib import suppress
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
    with suppress(UnicodeEncodeError):
        folded = text.encode("latin-1").translate(_latin())
        if b"\0" not in folded:
            return folded.decode("latin-1")
    return _folded(text)


def _folded(text: str) -> str:
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
def _latin() -> bytes:
    """What each character of Latin-1 becomes, by its code: most become one of the same set, and for
    such texts that is ten times as quick. NUL stands for the others.
    """
    folded = (_folded(chr(code)) for code in range(256))
    return b"".join(
        one.encode("latin-1") if len(one) == 1 and one <= "\xff" else b"\0" for one in folded
    )


@cache
def _marks() -> re.Pattern[str]:
    """Every combining character of the Basic Multilingual Plane."""
    return re.compile(f"[{''.join(filter(unicodedata.combining, map(chr, range(0x10000))))}]+")
