"""What an alert shows of the change that it is about (pure)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from aggregator.domain import Alert, AlertKind, Brief, Revision
from feeds.desk.edits import Parts, parts

_DID = {
    AlertKind.REVISED: "changed",
    AlertKind.CORRECTED: "corrected",
    AlertKind.GONE: "took away",
}


@dataclass(frozen=True, slots=True)
class Changed:
    """What became of an item: ``did`` says it of its source, ``parts`` what was changed, by what
    it is; ``url`` is where the item is, or was, and ``title`` what it was called when cited.
    """

    source: str
    did: str
    title: str
    url: str | None
    parts: Parts


def changed(alert: Alert, brief: Brief, revisions: Sequence[Revision]) -> Changed:
    """The difference between the two revisions that an alert names."""
    cited = next((one for one in brief.wording.citations if one.item == alert.item), None)
    source, title = (cited.source, cited.title) if cited else ("A source", f"item {alert.item}")
    numbered = {one.number: one for one in revisions}
    old, new = numbered.get(alert.before), numbered.get(alert.after)
    did = _DID[alert.kind]
    if alert.kind is AlertKind.GONE:
        return Changed(source, did, title, cited.url if cited else None, ())
    if old is None or new is None:
        return Changed(source, did, title, None, ())
    return Changed(source, did, title, new.url, parts(old, new))
