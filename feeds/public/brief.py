"""A brief's page."""

from __future__ import annotations

from datetime import date

from flask import Response, abort, render_template, request

from aggregator.domain import Brief, BriefState
from aggregator.settings import Settings
from aggregator.store import Store
from feeds.briefs import article
from feeds.press import Press
from feeds.public.front import newsroom_time


def brief_page(brief: Brief, settings: Settings) -> str:
    """The page as HTML; it depends on the brief and the settings alone."""
    out, changed = brief.published_at, brief.updated_at
    return render_template(
        "brief.html",
        title=settings.title,
        base_url=settings.base_url,
        strapline=settings.strapline,
        path=f"/news/{brief.day:%Y/%m/%d}/{brief.slug}",
        shown=article(brief.wording, brief.corrections),
        published=newsroom_time(out, settings.time_zone) if out else "",
        iso=out.isoformat(timespec="seconds") if out else "",
        corrected=newsroom_time(changed, settings.time_zone) if changed != out and changed else "",
    )


class BriefPages:
    """Answers for the addresses of briefs."""

    def __init__(self, settings: Settings, store: Store, press: Press) -> None:
        self._settings = settings
        self._store = store
        self._press = press

    def answer(self, year: int, month: int, day: int, slug: str) -> Response:
        """The page; 404 where there never was one, 410 where it was withdrawn."""
        try:
            when = date(year, month, day)
        except ValueError:
            abort(404)
        made = self._press.page(f"/news/{when:%Y/%m/%d}/{slug}", lambda: self._page(when, slug))
        return made.answer(request)

    def _page(self, when: date, slug: str) -> bytes:
        brief = self._store.briefs.at(when, slug)
        if brief is None:
            abort(404)
        if brief.state is BriefState.WITHDRAWN:
            abort(410)
        return brief_page(brief, self._settings).encode()
