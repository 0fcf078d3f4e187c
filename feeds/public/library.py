"""What pages are made from: settings, and what the store has at the moment."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from functools import cached_property

from aggregator.domain import Brief, Edition, Filed
from aggregator.settings import Settings
from aggregator.store import Store
from aggregator.store.published import Stamp
from feeds.public.catalogue import Catalogue
from feeds.public.look import Look, look
from feeds.public.shown import Card, card
from feeds.public.site import Site, site_of
from feeds.public.wire import Headline, headlines, told_by


class Library:
    """The values behind the pages of one site; safe to ask from several threads."""

    def __init__(self, settings: Settings, store: Store) -> None:
        self.settings = settings
        self.store = store
        self._catalogue: tuple[Stamp, Catalogue] | None = None

    @cached_property
    def look(self) -> Look:
        """The site's style, icon and logo."""
        return look(self.settings)

    @property
    def edition(self) -> Edition:
        """Which state of what is published this is."""
        return self.store.edition()

    @property
    def site(self) -> Site:
        """What every page shares."""
        return site_of(self.settings, self.look, self.catalogue())

    def catalogue(self) -> Catalogue:
        """The published briefs as they are filed; filed anew when one of them changed."""
        stamp = self.store.published.stamp()
        known = self._catalogue
        if known is None or known[0] != stamp:
            series = {one.slug: one.title for one in self.settings.series}
            known = stamp, Catalogue(self.store.published.filed(), series)
            self._catalogue = known
        return known[1]

    def briefs(self, filed: Sequence[Filed]) -> list[Brief]:
        """These briefs, as far as they are still out."""
        found = self.store.briefs.named([one.id for one in filed])
        return [brief for brief in found if brief.is_public]

    def files(self) -> Iterator[str]:
        """The paths of what the pages load: style, icon, logo, and the pictures of all briefs."""
        yield "/favicon.ico"
        yield from map(self.look.path, self.look.files)
        for brief in self.briefs(self.catalogue().all.filed):
            if brief.hosted:
                for size in brief.hosted.renditions:
                    yield from (brief.hosted.path(size, kind) for kind in ("jpg", "webp"))

    def cards(self, filed: Sequence[Filed]) -> list[Card]:
        """These briefs as lists show them."""
        return [card(brief, self.settings) for brief in self.briefs(filed)]

    def headlines(
        self, limit: int, briefs: Collection[Brief] = (), source_id: str | None = None
    ) -> list[Headline]:
        """The newest of the sources' own that these briefs do not tell."""
        listed = self.store.items.latest(limit, source_id=source_id)
        return headlines(listed, told_by(briefs), self.edition, self.settings)
