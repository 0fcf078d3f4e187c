"""How published briefs are filed: by section, by day, one after the other (pure).

Pages are numbered from the oldest brief on, so that a page that is full stays as it is: what is new
goes to the first page, which has no number and holds one page at least.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from zlib import crc32

from aggregator.desk.attribution import once
from aggregator.desk.cldr import language_name
from aggregator.desk.naming import slug
from aggregator.domain import Filed

PAGE = 15
"""So many briefs a page has; the first one of a section up to twice as many."""

KINDS = ("category", "series", "source", "language")


@dataclass(frozen=True, slots=True)
class Shelf:
    """The briefs of one section, the newest first; of all of them where ``kind`` is empty."""

    kind: str
    slug: str
    title: str
    filed: tuple[Filed, ...]

    @property
    def path(self) -> str:
        """Where the first page is."""
        return f"/{self.kind}/{self.slug}" if self.kind else "/"

    @property
    def numbered(self) -> int:
        """How many numbered pages there are besides the first."""
        return max(0, len(self.filed) // PAGE - 1)

    @property
    def newest(self) -> tuple[Filed, ...]:
        """What the first page shows."""
        return self.filed[: len(self.filed) - self.numbered * PAGE]

    def page(self, number: int) -> tuple[Filed, ...]:
        """What a numbered page shows; nothing where there is none."""
        if not 1 <= number <= self.numbered:
            return ()
        end = len(self.filed) - (number - 1) * PAGE
        return self.filed[end - PAGE : end]

    def page_path(self, number: int) -> str:
        """Where a numbered page is; the first page is one more than there are."""
        if number > self.numbered:
            return self.path
        return f"{self.path.rstrip('/')}/page/{number}"


class Catalogue:
    """The published briefs, which come the newest first, and what they are filed under."""

    def __init__(self, filed: Sequence[Filed], series: Mapping[str, str]) -> None:
        """``series`` has the titles of the series by their slugs."""
        self.all = Shelf("", "", "", tuple(filed))
        self._series = series

    @cached_property
    def shelves(self) -> dict[tuple[str, str], Shelf]:
        """Every section by its kind and slug; those with most briefs first."""
        found: dict[tuple[str, str], list[Filed]] = defaultdict(list)
        titles: dict[tuple[str, str], str] = {}
        for one in self.all.filed:
            under = {(kind, name): title for kind, name, title in self._sections(one)}
            for key in under:
                found[key].append(one)
            # What it is called now: the newest comes first.
            titles = under | titles
        ordered = sorted(found.items(), key=lambda pair: (-len(pair[1]), pair[0]))
        return {key: Shelf(*key, titles[key], tuple(briefs)) for key, briefs in ordered}

    def of_kind(self, kind: str) -> list[Shelf]:
        """The sections of one kind."""
        return [shelf for (one, _), shelf in self.shelves.items() if one == kind]

    @cached_property
    def days(self) -> dict[date, tuple[Filed, ...]]:
        """The briefs of each day, the last day first."""
        found: dict[date, list[Filed]] = defaultdict(list)
        for one in self.all.filed:
            found[one.day].append(one)
        return {day: tuple(found[day]) for day in sorted(found, reverse=True)}

    @cached_property
    def months(self) -> dict[date, list[date]]:
        """The days of each month (known by its first day) on which something was published."""
        found: dict[date, list[date]] = defaultdict(list)
        for day in self.days:
            found[day.replace(day=1)].append(day)
        return dict(found)

    @cached_property
    def _beside(self) -> dict[int, tuple[Filed | None, Filed | None]]:
        lines: dict[str | None, list[Filed]] = defaultdict(list)
        for one in self.all.filed:
            lines[one.series].append(one)
        found: dict[int, tuple[Filed | None, Filed | None]] = {}
        for line in lines.values():
            threes = zip([None, *line[:-1]], line, [*line[1:], None], strict=True)
            found |= {one.id: (earlier, later) for later, one, earlier in threes}
        return found

    def neighbours(self, brief_id: int) -> tuple[Filed | None, Filed | None]:
        """What came before a brief and after it: in its series, or among those that are in none."""
        return self._beside.get(brief_id, (None, None))

    def _sections(self, one: Filed) -> Iterable[tuple[str, str, str]]:
        for title in categories(one.kicker, one.series, one.categories):
            yield "category", section_slug(title), title
        if one.series:
            yield "series", one.series, self._series.get(one.series, one.kicker or one.series)
        for title in once(one.sources):
            yield "source", section_slug(title), title
        yield "language", one.language.lower(), language_name(one.language)


def categories(kicker: str, series: str | None, named: Iterable[str]) -> list[str]:
    """The subjects of a brief: its kicker names one, unless it is that of a series."""
    return once((*(() if series else (kicker,)), *named))


def section_slug(title: str) -> str:
    """A section's title in an address; by number where no Latin letter is left of it."""
    plain = slug(title)
    return f"s{crc32(title.encode()):08x}" if plain == "brief" else plain


def near(days: Sequence[date], day: date) -> tuple[date | None, date | None]:
    """Of the days, the last first, the one before this one and the one after."""
    at = days.index(day)
    return (days[at + 1] if at + 1 < len(days) else None), (days[at - 1] if at else None)
