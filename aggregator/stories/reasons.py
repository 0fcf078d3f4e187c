"""Why an item is where it is: the ledger in words (pure)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from aggregator.domain import LedgerEntry

_RULES = {
    "new": "began story {story}",
    "joined": "joined story {story}",
    "copy": "joined story {story} with the text that it repeats",
    "series": "is a part of a series, which begins a story of its own: {story}",
    "late": "came after its time was closed: story {story} of its own",
    "regrouped": "went to story {story} when the open stories were looked at again",
    "same page": "is the same page as item {other}",
    "text": "repeats the text of item {other}",
    "address": "is the same article as item {other}, on a sister site",
    "repeated": "is item {other} again",
    "merged": "went to story {story}, which an editor merged its own into",
    "split": "was split off as story {story} by an editor",
    "moved": "was moved to story {story} by an editor",
    "unlinked": "is no copy of item {other}, an editor said",
    "covered": "story {story} is covered, an editor said",
    "uncovered": "story {story} is not covered after all, an editor said",
}


def reason(entry: LedgerEntry, titles: Mapping[int, str]) -> str:
    """One decision about an item, to be read after "it": ``joined story 3: like item 1 "…"``.

    ``titles`` has the headlines of the items that it :func:`mentions`.
    """
    said = _RULES.get(entry.rule, entry.rule).format(story=entry.story, other=entry.other)
    who = f" ({entry.who})" if entry.who else ""
    return f"{said}{who}{_evidence(entry, titles)}"


def mentions(entries: Iterable[LedgerEntry]) -> set[int]:
    """The items whose headlines say more than their numbers."""
    return {entry.evidence["like"] for entry in entries if "like" in entry.evidence}


def _evidence(entry: LedgerEntry, titles: Mapping[int, str]) -> str:
    told = []
    for name, value in entry.evidence.items():
        if name == "like" and value in titles:
            told.append(f'like item {value} "{titles[value]}"')
        else:
            told.append(
                f"{name} {', '.join(map(str, value)) if isinstance(value, list) else value}"
            )
    return f": {'; '.join(told)}" if told else ""
