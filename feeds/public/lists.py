"""Pages that list briefs: sections, the archive, its months and days (pure)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from aggregator.domain import Filed
from feeds.public.catalogue import KINDS, Catalogue, Shelf, near
from feeds.public.rendering import rendered
from feeds.public.shown import Card
from feeds.public.site import Head, Site
from feeds.public.times import month_and_year, whole_day
from feeds.public.wire import Headline
from feeds.public.words import Words

_OF_A_DAY = 3
"""So many headlines of each day a month shows."""


@dataclass(frozen=True, slots=True)
class Step:
    """A link to a neighbouring page."""

    label: str
    path: str


def shelf_page(
    site: Site,
    shelf: Shelf,
    number: int | None,
    cards: Sequence[Card],
    headlines: Sequence[Headline] = (),
) -> bytes:
    """A page of a section, the first one where there is no ``number``."""
    words, at = site.words, number or shelf.numbered + 1
    title = shelf.title or words.latest_news
    if shelf.kind == "source":
        title = words.of_source.format(name=shelf.title)
    of_all = words.page_of.format(number=shelf.numbered + 2 - at, count=shelf.numbered + 1)
    return rendered(
        "list.html",
        site=site,
        head=Head(
            f"{title} · {of_all}" if number else title,
            shelf.page_path(number) if number else shelf.path,
            f"{site.title}: {title}",
        ),
        title=title,
        label=_kind(words, shelf.kind),
        note=of_all if shelf.numbered else count(words, len(shelf.filed)),
        cards=cards,
        headlines=headlines,
        older=Step(words.older, shelf.page_path(at - 1)) if at > 1 else None,
        newer=Step(words.newer, shelf.page_path(at + 1)) if number else None,
    )


def day_page(site: Site, day: date, catalogue: Catalogue, cards: Sequence[Card]) -> bytes:
    """What was published on a day."""
    language = site.language
    earlier, later = near(list(catalogue.days), day)
    title = whole_day(day, language)
    return rendered(
        "list.html",
        site=site,
        head=Head(title, day_path(day), f"{site.title}: {title}"),
        title=title,
        label=site.words.archive,
        note=count(site.words, len(cards)),
        cards=cards,
        headlines=(),
        older=Step(whole_day(earlier, language), day_path(earlier)) if earlier else None,
        newer=Step(whole_day(later, language), day_path(later)) if later else None,
    )


def month_page(site: Site, month: date, catalogue: Catalogue) -> bytes:
    """The days of a month, with a few headlines of each."""
    language = site.language
    earlier, later = near(list(catalogue.months), month)
    title = month_and_year(month, language)
    days = [
        (
            whole_day(day, language),
            day_path(day),
            catalogue.days[day][:_OF_A_DAY],
            _count(site, day, catalogue),
        )
        for day in catalogue.months[month]
    ]
    return rendered(
        "month.html",
        site=site,
        head=Head(title, month_path(month), f"{site.title}: {title}"),
        title=title,
        days=days,
        older=Step(month_and_year(earlier, language), month_path(earlier)) if earlier else None,
        newer=Step(month_and_year(later, language), month_path(later)) if later else None,
    )


def archive_page(site: Site, catalogue: Catalogue) -> bytes:
    """Everything that leads to briefs: months, and sections of every kind."""
    words = site.words
    months = [
        (
            month_and_year(month, site.language),
            month_path(month),
            sum(len(catalogue.days[d]) for d in days),
        )
        for month, days in catalogue.months.items()
    ]
    kinds = [(_kind(words, kind), catalogue.of_kind(kind)) for kind in KINDS]
    return rendered(
        "archive.html",
        site=site,
        head=Head(words.archive, "/news", f"{site.title}: {words.archive}"),
        months=months,
        kinds=[(label, shelves) for label, shelves in kinds if shelves],
    )


def brief_path(filed: Filed) -> str:
    """Where a brief is."""
    return f"{day_path(filed.day)}/{filed.slug}"


def day_path(day: date) -> str:
    """Where a day's page is."""
    return f"/news/{day:%Y/%m/%d}"


def month_path(month: date) -> str:
    """Where a month's page is."""
    return f"/news/{month:%Y/%m}"


def count(words: Words, briefs: int) -> str:
    """How many briefs there are, in words."""
    return words.count_one if briefs == 1 else words.count_many.format(count=briefs)


def _count(site: Site, day: date, catalogue: Catalogue) -> str:
    return count(site.words, len(catalogue.days[day]))


def _kind(words: Words, kind: str) -> str:
    labels = {"category": words.categories, "series": words.series, "source": words.sources}
    return labels.get(kind, words.languages if kind else words.archive)
