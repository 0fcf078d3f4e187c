"""What the pages about briefs are made from."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import Response, abort, make_response, redirect, render_template

from aggregator.desk.desk import Desk
from aggregator.domain import Alert, Brief, Citation, Wording
from aggregator.settings import Settings
from aggregator.store import Store
from feeds.desk.alerts import Changed, changed
from feeds.desk.preview import preview, remarks
from feeds.desk.uploads import Uploads

BRIEF = "<int(max=2147483647):brief_id>"
"""The number of a brief in an address."""
_COMPARED = timedelta(days=30)
_MOST_COMPARED = 200
_MOST_ALERTS = 50


@dataclass(frozen=True, slots=True)
class Writing:
    """A newsroom's briefs, and the desk at which they are written."""

    settings: Settings
    store: Store
    clock: Callable[[], datetime]
    desk: Desk
    uploads: Uploads

    def found(self, brief_id: int) -> Brief:
        """The brief; the answer is 404 where there is none."""
        return self.store.briefs.get(brief_id) or abort(404, "There is no such brief.")

    def cited(self, brief: Brief, items: Iterable[int]) -> tuple[Citation, ...]:
        """Citations of these items: as the brief has them, or had them in an earlier revision; as
        they are now where it never had.

        Raises DeskRefused for an item that there is not.
        """
        wanted, known = list(items), {one.item: one for one in brief.wording.citations}
        if not known.keys() >= set(wanted):
            revisions = self.store.briefs.revisions(brief.id)
            known = {c.item: c for one in revisions for c in one.wording.citations} | known
        return tuple(known.get(item) or self.desk.cite([item])[0] for item in wanted)

    def live(self, brief: Brief, wording: Wording) -> str:
        """What the page shows beside the form: how it will appear, and what the checks say."""
        now = self.clock()
        recent = self.store.briefs.published(_MOST_COMPARED, now - _COMPARED)
        items = [one.item for one in wording.citations]
        cited, texts = self.store.items.listed(items), self.store.article_texts.of(items)
        return render_template(
            "desk/live.html",
            brief=brief,
            preview=preview(brief, wording, self.settings, now),
            remarks=remarks(wording, cited, texts, [one for one in recent if one.id != brief.id]),
        )

    def alerts(self, brief_id: int | None = None) -> list[tuple[Alert, Brief, Changed]]:
        """The open alerts, of one brief or of all, with what changed."""
        shown = []
        for alert in self.store.alerts.open(brief_id)[:_MOST_ALERTS]:
            revisions = self.store.items.revisions(alert.item)
            brief = self.found(alert.brief)
            shown.append((alert, brief, changed(alert, brief, revisions)))
        return shown


def to_brief(brief_id: int, said: str = "") -> Response:
    """To a brief's page, which says what was done."""
    query = f"?said={said}" if said else ""
    return make_response(redirect(f"/desk/briefs/{brief_id}{query}", 303))
