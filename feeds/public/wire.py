"""The sources' own headlines, as pages show them (pure)."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from aggregator.domain import Brief, Edition, ListedItem
from aggregator.settings import Settings
from feeds.entries import Entry, entry
from feeds.public.shown import foreign
from feeds.public.times import iso, list_time


@dataclass(frozen=True, slots=True)
class Headline:
    """A headline that leads to its publisher; ``language`` where it is not the site's."""

    entry: Entry
    source: str
    time: str
    iso: str
    language: str | None


def headlines(
    listed: Iterable[ListedItem], told: Collection[int], edition: Edition, settings: Settings
) -> list[Headline]:
    """What sources say that no brief has ``told``, as far as they allow."""
    return [
        _headline(entry(one, edition), one, settings)
        for one in listed
        if not {one.item.id, one.item.duplicate_of} & set(told)
    ]


def told_by(briefs: Iterable[Brief]) -> frozenset[int]:
    """The items that briefs stand in place of."""
    return frozenset(cited.item for brief in briefs for cited in brief.wording.citations)


def _headline(made: Entry, listed: ListedItem, settings: Settings) -> Headline:
    return Headline(
        entry=made,
        source=listed.source.name,
        time=list_time(made.published_at, settings.time_zone),
        iso=iso(made.published_at),
        language=foreign(made.language, settings),
    )
