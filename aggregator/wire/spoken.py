"""Which language texts are written in (the one door to py3langid)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

_ENOUGH = 5
_LONG_ENOUGH = 40
_AGREED = 0.8
_ALIKE = (
    {"no", "nb", "nn", "da"},
    {"hr", "sr", "bs"},
    {"id", "ms"},
    {"cs", "sk"},
    {"nl", "fy", "af"},
    {"gl", "pt", "es"},
)
"""What a short text of one may be taken for."""

_MOJIBAKE = ("\ufffd", "Ã©", "Ã¨", "Ã ", "Ã§", "Ã¼", "Ã¶", "Ã¤", "â€™", "â€œ", "Ð°", "Ñ€")


def spoken(texts: Iterable[str]) -> str | None:
    """The language that nearly all of the texts are in, such as ``fr``; None where there are too
    few of them, or too short ones, or they do not agree.
    """
    usable = [text for text in texts if len(text) >= _LONG_ENOUGH]
    if len(usable) < _ENOUGH:
        return None
    # Slow to load (a second), and seldom needed.
    import py3langid  # noqa: PLC0415

    votes = Counter(str(py3langid.classify(text)[0]) for text in usable)
    ((language, count),) = votes.most_common(1)
    return language if count >= _AGREED * len(usable) else None


def contradicts(declared: str, heard: str | None) -> bool:
    """Whether what is heard is surely not the declared language."""
    primary = declared.partition("-")[0].lower()
    if heard is None or primary == heard:
        return False
    return not any({primary, heard} <= group for group in _ALIKE)


def is_garbled(texts: Sequence[str]) -> bool:
    """Whether a tenth of the texts hold what comes of reading bytes in a wrong encoding."""
    odd = sum(any(mark in text for mark in _MOJIBAKE) for text in texts)
    return bool(texts) and odd >= max(1, len(texts) / 10)
