"""Looking at feeds that are not polled: what is at an address, and where a site's feeds are."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import Future
from dataclasses import replace
from functools import partial
from http import HTTPStatus

from aggregator.domain import Credential, Document, ParsedFeed, Request, Source
from aggregator.errors import FetchError
from aggregator.wire.candidates import named, usual
from aggregator.wire.conclude import status_line
from aggregator.wire.fetch import Fetcher
from aggregator.wire.parsers import Parsers
from aggregator.wire.reading import Reading
from aggregator.wire.robots import Robots
from aggregator.wire.sights import FoundFeed, Sight
from aggregator.wire.spoken import is_garbled, spoken

_TEXTS = 30


class Scout:
    """Looks at addresses as politely as polls are made: through the same fetcher and its limits.

    ``robots`` should know the rules for everybody, since addresses are found here.
    """

    def __init__(self, fetcher: Fetcher, parsers: Parsers, robots: Robots) -> None:
        self._fetcher = fetcher
        self._parsers = parsers
        self._robots = robots

    def look(self, url: str, credential: Credential | None = None) -> Future[Sight]:
        """See what is at an address that somebody named; the future fails for a fault of ours
        alone.
        """
        seen: Future[Sight] = Future()
        asked = self._fetcher.submit(Request(url, credential=credential))
        asked.add_done_callback(partial(self._answered, url, seen))
        return seen

    def discover(self, url: str) -> list[FoundFeed]:
        """The feeds of a site, by the address of its page or of one of them, each once.

        Raises FetchError when there is nothing at the address.
        """
        first = self.look(url).result()
        if first.feed:
            return [first.feed]
        if first.page is None and first.status is None:
            raise FetchError(f"{url}: {first.error}")
        places = named(first.page) if first.page else []
        found = self._feeds_at(places) or self._feeds_at(
            usual(first.page.url if first.page else url)
        )
        return list({feed.url: feed for feed in found}.values())

    def _feeds_at(self, urls: Iterable[str]) -> list[FoundFeed]:
        sights = [self._allowed(url) for url in urls]
        return [feed for feed in (sight.result().feed for sight in sights) if feed]

    def _allowed(self, url: str) -> Future[Sight]:
        """Look, unless the site's robots.txt says that nobody is to."""
        seen: Future[Sight] = Future()

        def decided(reason: str | None) -> None:
            if reason:
                seen.set_result(Sight(url, error=reason))
            else:
                asked = self._fetcher.submit(Request(url))
                asked.add_done_callback(partial(self._answered, url, seen))

        self._robots.check(url, decided)
        return seen

    def _answered(self, url: str, seen: Future[Sight], asked: Future[Document]) -> None:
        error = asked.exception()
        if error is not None:
            seen.set_result(Sight(url, error=str(error)))
            return
        document = asked.result()
        sight = Sight(url, status=document.status, moved_to=document.moved_to)
        if document.status != HTTPStatus.OK:
            seen.set_result(replace(sight, error=status_line(document.status)))
            return
        reading = self._parsers.submit(document, Source("", "", url), b"")
        reading.add_done_callback(partial(_read, sight, document, seen))


def _read(sight: Sight, document: Document, seen: Future[Sight], reading: Future[Reading]) -> None:
    trouble = reading.exception()
    try:
        if trouble is None:
            feed = _found(document.moved_to or sight.url, reading.result().feed)
            seen.set_result(replace(sight, feed=feed))
        else:
            seen.set_result(replace(sight, page=document, error=str(trouble)))
    except Exception as error:  # noqa: BLE001 - it goes to whoever waits
        seen.set_exception(error)


def _found(url: str, feed: ParsedFeed) -> FoundFeed:
    texts = [f"{item.title}. {item.text}"[:500] for item in feed.items[:_TEXTS]]
    dates = [item.published_at for item in feed.items if item.published_at]
    return FoundFeed(
        url=url,
        title=feed.title,
        site=feed.site,
        language=feed.language,
        heard=spoken(texts),
        items=len(feed.items),
        newest_at=max(dates, default=None),
        is_garbled=is_garbled(texts),
    )
