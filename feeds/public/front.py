"""The front page: the lead, the latest news, and what our sources say (pure)."""

from __future__ import annotations

from collections.abc import Sequence

from feeds.public.catalogue import Shelf
from feeds.public.rendering import rendered
from feeds.public.shown import Card
from feeds.public.site import Head, Site
from feeds.public.wire import Headline

_LEADS = 4
"""Among so many of the newest, one with a picture leads."""


def front_page(
    site: Site, cards: Sequence[Card], headlines: Sequence[Headline], everything: Shelf
) -> bytes:
    """The page; ``cards`` are the briefs of its shelf's first page, the newest first."""
    lead = next((card for card in cards[:_LEADS] if card.picture), None)
    lead = lead or next(iter(cards), None)
    return rendered(
        "front.html",
        site=site,
        head=Head(f"{site.title}: {site.strapline}", "/", site.strapline),
        lead=lead,
        cards=[card for card in cards if card is not lead],
        headlines=headlines,
        older=everything.page_path(everything.numbered) if everything.numbered else None,
    )
