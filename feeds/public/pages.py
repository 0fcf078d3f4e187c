"""Every public page, in one list: where it is, what makes its bytes, and which of it there are.

A page depends on the settings and on what the store has, on nothing else: the application asks for
those that visitors want, an export for all of them. What pages load is in ``Library.look`` and in
the folder of pictures.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from werkzeug.exceptions import Gone, NotFound
from werkzeug.routing import Map, Rule

from aggregator.domain import BriefState
from aggregator.settings import Settings
from aggregator.settings.opml import write_opml
from aggregator.store import Store
from feeds.public import lists, sitemaps
from feeds.public.brief import Beside, brief_page
from feeds.public.catalogue import KINDS, Shelf, categories, section_slug
from feeds.public.front import front_page
from feeds.public.library import Library
from feeds.public.shown import card

HTML = "text/html; charset=utf-8"
XML = "application/xml; charset=utf-8"
PLAIN = "text/plain; charset=utf-8"
OPML = "text/x-opml; charset=utf-8"

_BESIDE_BRIEFS, _ALONE, _OF_SOURCE = 24, 60, 30
"""So many headlines of sources the front page shows, with briefs and without; a source's page."""

Arguments = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Page:
    """One kind of page. ``rule`` is its path as Flask writes rules; ``render`` makes the bytes from
    what stands in the path, or raises NotFound or Gone; ``every`` has the arguments of each page
    of the kind that there is now.
    """

    name: str
    rule: str
    render: Callable[..., bytes]
    every: Callable[[], Iterable[Arguments]] = lambda: ({},)
    content_type: str = HTML


class PublicPages:
    """The pages of one site."""

    def __init__(self, settings: Settings, store: Store) -> None:
        self.library = Library(settings, store)
        day = "<int(fixed_digits=4):year>/<int(fixed_digits=2):month>/<int(fixed_digits=2):day>"
        month = "<int(fixed_digits=4):year>/<int(fixed_digits=2):month>"
        kind = f"<any({', '.join(KINDS)}):kind>/<slug>"
        self.all = (
            Page("front", "/", self._front),
            Page("older", "/page/<int:number>", self._older, self._every_older),
            Page("archive", "/news", self._archive),
            Page("month", f"/news/{month}", self._month, self._every_month),
            Page("day", f"/news/{day}", self._day, self._every_day),
            Page("brief", f"/news/{day}/<slug>", self._brief, self._every_brief),
            Page("section", f"/{kind}", self._section, self._every_section),
            Page(
                "section_older", f"/{kind}/page/<int:number>", self._section, self._every_numbered
            ),
            Page("sitemap", "/sitemap.xml", self._sitemap, content_type=XML),
            Page("sitemap_part", "/sitemap-<int:number>.xml", self._sitemap, self._every_part, XML),
            Page("news_sitemap", "/news-sitemap.xml", self._news_sitemap, content_type=XML),
            Page("sources", "/sources.opml", self._sources, content_type=OPML),
            Page("robots", "/robots.txt", self._robots, content_type=PLAIN),
        )

    def each(self) -> Iterator[tuple[str, Page, Arguments]]:
        """Every page that there is now: its path, its kind and what it is rendered with."""
        paths = Map([Rule(page.rule, endpoint=page.name) for page in self.all]).bind("")
        for page in self.all:
            for arguments in page.every():
                yield paths.build(page.name, arguments), page, arguments

    def _front(self) -> bytes:
        library, shelf = self.library, self.library.catalogue().all
        briefs = library.briefs(shelf.newest)
        headlines = library.headlines(_BESIDE_BRIEFS if briefs else _ALONE, briefs)
        cards = [card(brief, library.settings) for brief in briefs]
        return front_page(library.site, cards, headlines, shelf)

    def _older(self, number: int) -> bytes:
        return self._shelf(self.library.catalogue().all, number)

    def _every_older(self) -> Iterator[Arguments]:
        shelf = self.library.catalogue().all
        yield from ({"number": number} for number in range(1, shelf.numbered + 1))

    def _archive(self) -> bytes:
        return lists.archive_page(self.library.site, self.library.catalogue())

    def _month(self, year: int, month: int) -> bytes:
        catalogue, first = self.library.catalogue(), _day(year, month, 1)
        if first not in catalogue.months:
            raise NotFound
        return lists.month_page(self.library.site, first, catalogue)

    def _every_month(self) -> Iterator[Arguments]:
        for month in self.library.catalogue().months:
            yield {"year": month.year, "month": month.month}

    def _day(self, year: int, month: int, day: int) -> bytes:
        catalogue, when = self.library.catalogue(), _day(year, month, day)
        if when not in catalogue.days:
            raise NotFound
        cards = self.library.cards(catalogue.days[when])
        return lists.day_page(self.library.site, when, catalogue, cards)

    def _every_day(self) -> Iterator[Arguments]:
        for day in self.library.catalogue().days:
            yield {"year": day.year, "month": day.month, "day": day.day}

    def _brief(self, year: int, month: int, day: int, slug: str) -> bytes:
        library = self.library
        brief = library.store.briefs.at(_day(year, month, day), slug)
        if brief is None:
            raise NotFound
        if brief.state is BriefState.WITHDRAWN:
            raise Gone
        catalogue, said = library.catalogue(), brief.wording
        named = categories(said.kicker, said.series, said.categories)
        found = [catalogue.shelves.get(("category", section_slug(name))) for name in named]
        earlier, later = catalogue.neighbours(brief.id)
        beside = Beside(
            earlier=earlier,
            later=later,
            sections=tuple(shelf for shelf in found if shelf),
            series=catalogue.shelves.get(("series", said.series or "")),
        )
        return brief_page(library.site, brief, beside, library.settings)

    def _every_brief(self) -> Iterator[Arguments]:
        for one in self.library.catalogue().all.filed:
            day = one.day
            yield {"year": day.year, "month": day.month, "day": day.day, "slug": one.slug}

    def _section(self, kind: str, slug: str, number: int | None = None) -> bytes:
        shelf = self.library.catalogue().shelves.get((kind, slug))
        if shelf is None:
            raise NotFound
        return self._shelf(shelf, number)

    def _every_section(self) -> Iterator[Arguments]:
        for kind, slug in self.library.catalogue().shelves:
            yield {"kind": kind, "slug": slug}

    def _every_numbered(self) -> Iterator[Arguments]:
        for (kind, slug), shelf in self.library.catalogue().shelves.items():
            for number in range(1, shelf.numbered + 1):
                yield {"kind": kind, "slug": slug, "number": number}

    def _shelf(self, shelf: Shelf, number: int | None) -> bytes:
        filed = shelf.newest if number is None else shelf.page(number)
        if not filed:
            raise NotFound
        library = self.library
        briefs = library.briefs(filed)
        source = self._source(shelf) if number is None else None
        headlines = library.headlines(_OF_SOURCE, briefs, source) if source else ()
        cards = [card(brief, library.settings) for brief in briefs]
        return lists.shelf_page(library.site, shelf, number, cards, headlines)

    def _source(self, shelf: Shelf) -> str | None:
        """The id of the source that a section is of, if we still follow it."""
        if shelf.kind != "source":
            return None
        named = (s.id for s in self.library.settings.sources if section_slug(s.name) == shelf.slug)
        return next(named, None)

    def _sitemap(self, number: int | None = None) -> bytes:
        listed = sitemaps.addresses(self.library.catalogue())
        found = sitemaps.sitemap(self.library.site, listed, number)
        if found is None:
            raise NotFound
        return found

    def _every_part(self) -> Iterator[Arguments]:
        for number in sitemaps.parts_of(sitemaps.addresses(self.library.catalogue())):
            yield {"number": number}

    def _news_sitemap(self) -> bytes:
        # Of the time of the edition, so that it is the same until something changes.
        now = self.library.edition.changed_at
        return sitemaps.news_sitemap(self.library.site, self.library.catalogue().all.filed, now)

    def _sources(self) -> bytes:
        # Not those that want a login: what they are is between them and the newsroom.
        followed = [s for s in self.library.settings.sources if s.enabled and not s.auth]
        return write_opml(self.library.settings.title, followed)

    def _robots(self) -> bytes:
        return sitemaps.robots(self.library.site)


def _day(year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        raise NotFound from None
