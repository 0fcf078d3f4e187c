"""A brief's page (pure)."""

from __future__ import annotations

from dataclasses import dataclass

from aggregator.desk.markdown import to_text
from aggregator.desk.naming import path
from aggregator.domain import Brief, Filed
from aggregator.settings import Settings
from aggregator.wire.clean import shorten
from feeds.briefs import article
from feeds.public.catalogue import Shelf
from feeds.public.lists import brief_path
from feeds.public.rendering import rendered
from feeds.public.shown import notes, shown_picture
from feeds.public.site import Head, Site
from feeds.public.structured import news_article
from feeds.public.times import iso, newsroom_time

_DESCRIPTION = 200


@dataclass(frozen=True, slots=True)
class Beside:
    """What stands beside a brief: what came before it and after it, and where it is filed."""

    earlier: Filed | None
    later: Filed | None
    sections: tuple[Shelf, ...]
    series: Shelf | None


def brief_page(site: Site, brief: Brief, beside: Beside, settings: Settings) -> bytes:
    """The page of a brief that is out."""
    said, out = brief.wording, brief.published_at
    if out is None:
        raise ValueError(f"brief {brief.id} is not out")
    zone, changed = settings.time_zone, brief.updated_at or out
    picture = shown_picture(said.picture, brief.hosted, hotlink=settings.hotlink_pictures)
    description = shorten(to_text(said.body), _DESCRIPTION)
    sections = [shelf.title for shelf in beside.sections]
    return rendered(
        "brief.html",
        site=site,
        head=Head(said.headline, path(brief) or "", description),
        shown=article(said, brief.corrections),
        picture=picture,
        published=newsroom_time(out, zone, site.language),
        iso=iso(out),
        iso_changed=iso(changed),
        corrected=newsroom_time(changed, zone, site.language) if changed != out else "",
        notes=notes(brief, settings),
        data=news_article(site, brief, picture, description, sections),
        sections=beside.sections,
        series=beside.series,
        neighbours=[
            (label, brief_path(one), one)
            for label, one in (
                (site.words.previous, beside.earlier),
                (site.words.next, beside.later),
            )
            if one
        ],
    )
