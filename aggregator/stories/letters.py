"""Letters without what makes two writings of one word differ (pure); quick to import."""

from __future__ import annotations

import unicodedata

_LETTERS = str.maketrans({"œ": "oe", "æ": "ae", "ø": "o", "ß": "ss", "ł": "l", "đ": "d", "’": "'"})


def fold(text: str) -> str:
    """Case, accents, ligatures and typographic quotes taken away."""
    if text.isascii():
        return text.lower()
    bare = unicodedata.normalize("NFKD", text.casefold().translate(_LETTERS))
    return bare if bare.isascii() else "".join([c for c in bare if not unicodedata.combining(c)])
