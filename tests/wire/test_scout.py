"""Finding feeds on sites, politely, and what is said of declared sources."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest

from aggregator.domain import Document, PollState
from aggregator.errors import FetchError
from aggregator.jobs.fetching import scouting
from aggregator.settings import SITE, SOURCES, validate
from aggregator.wire.candidates import named, usual
from aggregator.wire.checkup import Trouble, by_record, by_sight, duplicates, replacement
from aggregator.wire.scout import Scout
from aggregator.wire.sights import FoundFeed, Sight
from tests.build import NOW, source
from tests.origin import Origin

FRENCH = (
    "Le conseil communal a voté hier soir le budget de la ville après un long débat",
    "La ministre de la santé annonce de nouvelles mesures pour les hôpitaux du pays",
    "Les syndicats des chemins de fer appellent à une grève nationale la semaine prochaine",
    "Un incendie a détruit une partie de la bibliothèque municipale pendant la nuit",
    "Les prix de l'énergie continuent de baisser depuis le début de cette année",
    "Le musée des beaux-arts rouvre ses portes au public après trois ans de travaux",
)


def feed(title: str, *texts: str, language: str = "", days_ago: int = 0) -> str:
    date = format_datetime(NOW - timedelta(days=days_ago), usegmt=True)
    items = "".join(
        f"<item><title>{text}</title><guid>{n}</guid><pubDate>{date}</pubDate></item>"
        for n, text in enumerate(texts)
    )
    said = f"<language>{language}</language>" if language else ""
    return f'<rss version="2.0"><channel><title>{title}</title>{said}{items}</channel></rss>'


@pytest.fixture
def scout(tmp_path: Path) -> Iterator[Scout]:
    environ = {"AGGREGATOR_ALLOW_NETWORKS": "127.0.0.0/8", "AGGREGATOR_HOST_RATE": "0"}
    settings = validate(tmp_path, environ, {SOURCES: "sources: []", SITE: ""})
    with scouting(settings, lambda: NOW) as scout:
        yield scout


def page(*links: str) -> str:
    return f"<!doctype html><html><head>{''.join(links)}</head><body>Welcome</body></html>"


def alternate(href: str, kind: str = "application/rss+xml") -> str:
    return f'<link rel="alternate" type="{kind}" href="{href}">'


def test_all_feeds_that_a_page_names_with_freshness_and_language(
    scout: Scout, origin: Origin
) -> None:
    origin.put("/news", page(alternate("/comments.xml"), alternate("/rss.xml"), alternate("f.json", "application/feed+json")))  # fmt: skip
    origin.put("/rss.xml", feed("Le Fanal", *FRENCH, days_ago=2))
    origin.put("/comments.xml", feed("Comments", "Yes"))
    origin.put("/f.json", '{"version": "https://jsonfeed.org/version/1.1", "title": "J", "language": "en", "items": []}')  # fmt: skip
    first, second, last = scout.discover(f"{origin.url}/news")
    assert (first.title, first.items, first.heard) == ("Le Fanal", 6, "fr")
    assert first.newest_at == NOW - timedelta(days=2)
    assert (second.title, second.language, second.newest_at) == ("J", "en", None)
    assert last.title == "Comments", "what is said about articles comes after them"


def test_where_a_page_names_none_the_usual_places_are_tried_as_robots_allow(
    scout: Scout, origin: Origin
) -> None:
    origin.put("/", page())
    origin.put("/feed", feed("Hidden", "a"))
    origin.put("/atom.xml", feed("Open", "b"))
    origin.put("/robots.txt", "User-agent: *\nDisallow: /feed\n")
    assert [found.title for found in scout.discover(f"{origin.url}/")] == ["Open"]
    assert "/feed" not in [path for path, _ in origin.requests]


def test_a_feeds_own_address_and_one_with_nothing(scout: Scout, origin: Origin) -> None:
    origin.put("/new", feed("F", "a"))
    origin.put("/old", b"", status=301, Location="/new")
    (found,) = scout.discover(f"{origin.url}/old")
    assert found.url == f"{origin.url}/new"
    with pytest.raises(FetchError, match="is not a public address"):
        scout.discover("http://10.0.0.1/")
    origin.put("/empty", page())
    assert scout.discover(f"{origin.url}/empty") == []


def test_candidates_are_few_and_of_the_same_site() -> None:
    links = [f'<a href="/rss/{n}.xml">x</a>' for n in range(30)]
    links += ['<a href="https://other.example/feed">x</a>', '<a href="javascript:feed">x</a>']
    html = page(alternate("/main"), *links).encode()
    found = named(Document("https://a.example/x/", 200, {}, html, NOW))
    assert found[0] == "https://a.example/main"
    assert len(found) == 12
    assert all(url.startswith("https://a.example/") for url in found)
    assert "https://a.example/blog/feed" in usual("https://a.example/blog/")


def found(**changes: object) -> FoundFeed:
    given = {"url": "https://fanal.example/feed", "title": "F", "site": None, "language": None,
             "heard": None, "items": 9, "newest_at": NOW} | changes  # fmt: skip
    return FoundFeed(**given)  # type: ignore[arg-type]


def test_one_feed_under_several_spellings() -> None:
    urls = ["https://www.a.example/feed/", "http://a.example/feed", "https://a.example:443/feed",
            "https://a.example/feed?x=1", "https://a.example:8443/feed"]  # fmt: skip
    declared = [source(f"s{n}", url=url) for n, url in enumerate(urls)]
    assert [(f.source_id, f.fix) for f in duplicates(declared)] == [
        ("s1", {"enabled": False}),
        ("s2", {"enabled": False}),
    ]
    assert list(duplicates([declared[0], source("s1", url=urls[1], enabled=False)])) == []


LONG_AGO = NOW - timedelta(days=60)
RECORDED = [
    ({"moved_to": "https://new.example/f"}, Trouble.MOVED, {"url": "https://new.example/f"}),
    ({"gone_at": LONG_AGO}, Trouble.DEAD, None),
    ({"failures": 9, "polled_at": NOW, "succeeded_at": LONG_AGO, "error": "x"}, Trouble.DEAD, None),
    ({"newest_at": LONG_AGO, "succeeded_at": NOW}, Trouble.SILENT, None),
    ({"failures": 1, "polled_at": NOW, "succeeded_at": NOW}, None, None),
    ({}, None, None),
]


@pytest.mark.parametrize(("learnt", "trouble", "fix"), RECORDED)
def test_what_earlier_polls_tell(learnt: dict, trouble: Trouble | None, fix: dict | None) -> None:
    one = source()
    told = list(by_record(one, PollState(one.id, one.url, **learnt), NOW))
    assert [(f.trouble, f.fix) for f in told] == ([(trouble, fix)] if trouble else [])
    assert list(by_record(source(enabled=False), PollState(one.id, one.url, **learnt), NOW)) == []


URL = "https://fanal.example/feed"
SEEN = [
    (Sight(URL, status=404, error="HTTP 404 Not Found"), Trouble.DEAD, "is no feed now: HTTP 404 Not Found", None),
    (Sight(URL, status=403, error="HTTP 403 Forbidden"), Trouble.REFUSED, "is there, but answers HTTP 403 Forbidden", None),
    (Sight(URL, status=503, error="HTTP 503 x"), Trouble.REFUSED, "is there, but answers HTTP 503 x", None),
    (Sight(URL, status=410, error="x"), Trouble.DEAD, "is gone (HTTP 410)", None),
    (Sight(URL, feed=found(), moved_to="https://n.example/"), Trouble.MOVED, "moved for good to https://n.example/", {"url": "https://n.example/"}),
    (Sight(URL, feed=found(newest_at=LONG_AGO)), Trouble.SILENT, "nothing new for 8 weeks (its newest item is of 21 Nov 2025)", None),
    (Sight(URL, feed=found(items=0, newest_at=None)), Trouble.SILENT, "has no items at all", None),
    (Sight(URL, feed=found(heard="nl")), Trouble.LANGUAGE, "you declare language fr-BE, its items are in nl", {"language": "nl"}),
    (Sight(URL, feed=found(is_garbled=True)), Trouble.ENCODING, "its texts are garbled: the encoding that it declares is not the one it is in", None),
    (Sight(URL, feed=found(heard="fr")), None, "", None),
]  # fmt: skip


@pytest.mark.parametrize(("sight", "trouble", "text", "fix"), SEEN)
def test_what_a_look_tells(
    sight: Sight, trouble: Trouble | None, text: str, fix: dict | None
) -> None:
    told = list(by_sight(source(language="fr-BE"), sight, NOW))
    assert [(f.trouble, f.text, f.fix) for f in told] == ([(trouble, text, fix)] if trouble else [])


def test_the_replacement_of_a_dead_feed_speaks_its_language_and_lives() -> None:
    one = source(language="nl")
    (dead,) = by_sight(one, Sight(URL, status=404, error="HTTP 404 Not Found"), NOW)
    feeds = [
        found(url="https://fanal.example/old", heard="nl", newest_at=LONG_AGO),
        found(url="https://fanal.example/fr", heard="fr"),
        found(url="https://fanal.example/nl", heard="nl", newest_at=NOW - timedelta(days=3)),
        found(url="http://www.fanal.example/feed/", heard="nl"),
    ]
    mended = replacement(one, dead, feeds, NOW)
    assert mended.fix == {"url": "https://fanal.example/nl"}
    assert (
        mended.text
        == 'is no feed now: HTTP 404 Not Found; its site has https://fanal.example/nl ("F")'
    )
    assert replacement(one, dead, feeds[:1], NOW) == dead
