"""What search engines are told: sitemaps (sitemaps.org 0.9), a news sitemap, robots.txt (pure)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from html import escape

from aggregator.domain import Filed
from feeds.public.catalogue import Catalogue
from feeds.public.lists import brief_path, day_path, month_path
from feeds.public.site import Site
from feeds.public.times import iso

MOST_ADDRESSES = 50_000
"""So many may one sitemap have (sitemaps.org)."""

_NEWS_FOR = timedelta(hours=48)
_MOST_NEWS = 1000
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
_MAPS = "http://www.sitemaps.org/schemas/sitemap/0.9"
_NEWS = "http://www.google.com/schemas/sitemap-news/0.9"


@dataclass(frozen=True, slots=True)
class Address:
    """A page as sitemaps have it, with when it last changed in what it says."""

    path: str
    changed_at: datetime


def addresses(catalogue: Catalogue) -> list[Address]:
    """Every page for search engines, the briefs first."""
    return list(_addresses(catalogue))


def sitemap(site: Site, listed: Sequence[Address], number: int | None = None) -> bytes | None:
    """The sitemap, or an index where it would be too long: then its parts have a ``number``.

    None for a part that there is not.
    """
    parts = parts_of(listed)
    if number is not None:
        first = (number - 1) * MOST_ADDRESSES
        return _urls(site, listed[first : first + MOST_ADDRESSES]) if number in parts else None
    if not parts:
        return _urls(site, listed)
    maps = "".join(
        f"<sitemap><loc>{_loc(site, f'/sitemap-{part}.xml')}</loc></sitemap>\n" for part in parts
    )
    return f'{_HEAD}<sitemapindex xmlns="{_MAPS}">\n{maps}</sitemapindex>\n'.encode()


def parts_of(listed: Sequence[Address]) -> range:
    """The numbers of the parts; none where one sitemap holds everything."""
    count = -(-len(listed) // MOST_ADDRESSES)
    return range(1, count + 1) if count > 1 else range(0)


def news_sitemap(site: Site, filed: Iterable[Filed], now: datetime) -> bytes:
    """What was published within the last 48 hours."""
    fresh = [one for one in filed if one.published_at > now - _NEWS_FOR][:_MOST_NEWS]
    urls = "".join(_news(site, one) for one in fresh)
    return f'{_HEAD}<urlset xmlns="{_MAPS}" xmlns:news="{_NEWS}">\n{urls}</urlset>\n'.encode()


def robots(site: Site) -> bytes:
    """The desk and what is made for each question are not for robots."""
    closed = "".join(f"Disallow: {path}\n" for path in ("/desk/", "/ops/", "/search"))
    maps = "".join(
        f"Sitemap: {site.absolute(path)}\n" for path in ("/sitemap.xml", "/news-sitemap.xml")
    )
    return f"User-agent: *\n{closed}\n{maps}".encode()


def _addresses(catalogue: Catalogue) -> Iterator[Address]:
    for one in catalogue.all.filed:
        yield Address(brief_path(one), one.updated_at)
    if not catalogue.all.filed:
        return
    newest = _newest(catalogue.all.filed)
    yield from (Address("/", newest), Address("/news", newest))
    for shelf in catalogue.shelves.values():
        yield Address(shelf.path, _newest(shelf.filed))
    for day, briefs in catalogue.days.items():
        yield Address(day_path(day), _newest(briefs))
    for month, days in catalogue.months.items():
        yield Address(month_path(month), _newest(_of(catalogue, days)))


def _of(catalogue: Catalogue, days: Iterable[date]) -> list[Filed]:
    return [one for day in days for one in catalogue.days[day]]


def _newest(briefs: Iterable[Filed]) -> datetime:
    return max(one.updated_at for one in briefs)


def _urls(site: Site, listed: Iterable[Address]) -> bytes:
    urls = "".join(
        f"<url><loc>{_loc(site, one.path)}</loc><lastmod>{iso(one.changed_at)}</lastmod></url>\n"
        for one in listed
    )
    return f'{_HEAD}<urlset xmlns="{_MAPS}">\n{urls}</urlset>\n'.encode()


def _news(site: Site, one: Filed) -> str:
    return (
        f"<url><loc>{_loc(site, brief_path(one))}</loc><news:news><news:publication>"
        f"<news:name>{escape(site.title)}</news:name>"
        f"<news:language>{one.language[:2].lower()}</news:language></news:publication>"
        f"<news:publication_date>{iso(one.published_at)}</news:publication_date>"
        f"<news:title>{escape(one.headline)}</news:title></news:news></url>\n"
    )


def _loc(site: Site, path: str) -> str:
    return escape(site.absolute(path))
