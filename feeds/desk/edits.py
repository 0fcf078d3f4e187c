"""What a source changed in an item, for reading (pure)."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from aggregator.domain import Revision
from aggregator.wire.clean import plain_text
from aggregator.wire.difference import Piece, abridged, difference

Parts = tuple[tuple[str, tuple[Piece, ...]], ...]
"""What changed, by what it is, each with its differences; nothing of what stayed."""


def parts(old: Revision, new: Revision) -> Parts:
    """The difference between two revisions of an item."""
    before, after = _texts(old), _texts(new)
    return tuple(
        (label, tuple(abridged(difference(before[label], after[label]))))
        for label in before
        if before[label] != after[label]
    )


def edits(revisions: Sequence[Revision]) -> list[tuple[Revision, Parts]]:
    """Each revision but the first, the newest first, with what it changed."""
    return [(new, parts(old, new)) for old, new in pairwise(revisions)][::-1]


def _texts(revision: Revision) -> dict[str, str]:
    picture = revision.picture
    return {
        "Headline": revision.title,
        "Text": plain_text(revision.content or revision.summary),
        "Authors": ", ".join(revision.authors),
        "Picture": picture.url if picture else "",
        "Address": revision.url or "",
    }
