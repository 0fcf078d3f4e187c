"""What changed between two versions of a text, word by word (pure)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum
from itertools import chain, groupby
from operator import itemgetter

from rapidfuzz.distance import Indel

_TOKEN = re.compile(r"\s+|\w+|[^\w\s]")

_BOUND = 10_000
"""Words, spaces and marks that are compared one by one: time grows with the square of it."""

_SHORT = 3
"""Letters of a word that is no use to whoever looks for what stayed."""


_AROUND = 60
"""Characters that are shown beside a change."""


class Kind(StrEnum):
    """What became of a piece of text."""

    SAME = "same"
    GONE = "gone"
    NEW = "new"


Piece = tuple[Kind, str]


def difference(old: str, new: str) -> list[Piece]:
    """The pieces of two versions in reading order, what is gone before what is new in its place.

    The same and gone pieces together are ``old``, the same and new ones ``new``. It is the shortest
    edit script (Hyyrö, "Bit-parallel LCS-length computation revisited", 2004), made readable: a
    short word that stays between two changes goes with them. What comes after 10,000 words,
    spaces and marks is one piece.
    """
    before, after = _TOKEN.findall(old), _TOKEN.findall(new)
    edits = Indel.opcodes(before[:_BOUND], after[:_BOUND])
    runs = [
        (before[e.src_start : e.src_end], after[e.dest_start : e.dest_end], e.tag) for e in edits
    ]
    rest = (before[_BOUND:], after[_BOUND:])
    if rest[0] or rest[1]:
        runs.append((*rest, "equal" if rest[0] == rest[1] else "replace"))
    return list(_pieces(_joined(runs)))


def marked(pieces: Sequence[Piece]) -> str:
    """Pieces as one text for a terminal: ``the [-old-]{+new+} word``; of what stays the same, as
    much as shows where it is.
    """
    marks = {Kind.SAME: "{}", Kind.GONE: "[-{}-]", Kind.NEW: "{{+{}+}}"}
    return "".join(marks[kind].format(text) for kind, text in abridged(pieces))


def abridged(pieces: Sequence[Piece]) -> list[Piece]:
    """Pieces with as much of what stays the same as shows where the changes are."""
    last = len(pieces) - 1
    return [
        (kind, text if kind is not Kind.SAME else _around(text, head=at > 0, tail=at < last))
        for at, (kind, text) in enumerate(pieces)
    ]


def _around(text: str, *, head: bool, tail: bool) -> str:
    """The ends of a text that touch a change."""
    if len(text) <= 2 * _AROUND:
        return text
    return (text[:_AROUND] if head else "") + "…" + (text[-_AROUND:] if tail else "")


Run = tuple[list[str], list[str], bool]


def _joined(runs: list[tuple[list[str], list[str], str]]) -> Iterator[Run]:
    """Old words, new words and whether they differ: in turns."""
    last = len(runs) - 1
    differing = (
        (old, new, tag != "equal" or (0 < at < last and _is_little(old)))
        for at, (old, new, tag) in enumerate(runs)
    )
    for differs, group in groupby(differing, key=itemgetter(2)):
        olds, news = zip(*((old, new) for old, new, _ in group), strict=True)
        yield [*chain(*olds)], [*chain(*news)], differs


def _is_little(tokens: list[str]) -> bool:
    found = [token for token in tokens if token[0].isalnum()]
    return not found or (len(found) == 1 and len(found[0]) <= _SHORT)


def _pieces(runs: Iterable[Run]) -> Iterator[Piece]:
    for old, new, differs in runs:
        gone, came = "".join(old), "".join(new)
        if not differs:
            yield Kind.SAME, gone
            continue
        if gone:
            yield Kind.GONE, gone
        if came:
            yield Kind.NEW, came
