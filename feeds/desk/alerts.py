"""What an alert shows of the change that it is about (pure)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from aggregator.domain import Alert, Brief, Revision
from feeds.desk.edits import Parts, parts


@dataclass(frozen=True, slots=True)
class Changed:
    """What a source changed in an item, by what it is; ``url`` is where the item is now."""

    source: str
    url: str | None
    parts: Parts


def changed(alert: Alert, brief: Brief, revisions: Sequence[Revision]) -> Changed:
    """The difference between the two revisions that an alert names."""
    named = {one.item: one.source for one in brief.wording.citations}
    source = named.get(alert.item, "A source")
    numbered = {one.number: one for one in revisions}
    old, new = numbered.get(alert.before), numbered.get(alert.after)
    if old is None or new is None:
        return Changed(source, None, ())
    return Changed(source, new.url, parts(old, new))
