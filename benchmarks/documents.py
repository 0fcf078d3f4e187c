"""Feeds as newspapers publish them, made from a seed: any number, always the same."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from functools import cache

ENTRIES = 30
_EPOCH = datetime(2026, 1, 20, 9, tzinfo=UTC)
_SYLLABLES = [
    *("ba", "co", "di", "fu", "ga", "hé", "jo", "ka", "lu", "mé", "no", "pi", "qua", "ra")
]
_SYLLABLES += ["ra", "su", "ti", "vau", "xe", "yo", "zé", "ment", "tion", "eur", "aire", "ès", "où"]
_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0" '
    'xmlns:atom="http://www.w3.org/2005/Atom" xmlns:dc="http://purl.org/dc/elements/1.1/" '
    'xmlns:content="http://purl.org/rss/1.0/modules/content/" '
    'xmlns:media="http://search.yahoo.com/mrss/"><channel>\n<title>Journal {0}</title>\n'
    "<link>https://journal{0}.example/</link>\n<description>Toute l'actualité</description>\n"
    "<language>fr</language>\n<lastBuildDate>{1}</lastBuildDate>\n"
)


def feed(number: int, extra: int = 0) -> bytes:
    """The feed of source ``number`` after ``extra`` entries were added to the first thirty."""
    newest = ENTRIES + extra
    parts = [_HEAD.format(number, _date(newest))]
    parts += [_entry(number, at) for at in range(newest, newest - ENTRIES, -1)]
    parts.append("</channel></rss>\n")
    return "".join(parts).encode()


@cache
def _words(seed: int, count: int) -> str:
    chance = random.Random(seed)
    made = ["".join(chance.choices(_SYLLABLES, k=chance.randint(1, 4))) for _ in range(count)]
    return " ".join(made)


def _entry(number: int, at: int) -> str:
    seed = (number * 37 + at) % 997
    url = f"https://journal{number}.example/2026/01/{at:05d}-{number}.html"
    text = _words(seed + 1, 40)
    body = "".join(
        f'<p>{_words(seed + n, 45)} <a href="{url}?p={n}">{_words(seed + n, 3)}</a>.</p>'
        for n in range(2, 5)
    )
    return (
        f"<item><title>{_words(seed, 9).capitalize()} {at}</title>\n<link>{url}</link>\n"
        f'<guid isPermaLink="false">{number}-{at}</guid>\n<pubDate>{_date(at)}</pubDate>\n'
        f"<dc:creator>{_words(seed + 9, 2).title()}</dc:creator>\n<category>Société</category>\n"
        f"<category>Europe</category>\n<description><![CDATA[<p>{text}…</p>]]></description>\n"
        f'<content:encoded><![CDATA[{body}<img src="{url}.jpg" alt="{_words(seed, 4)}" '
        'width="800" height="600">]]></content:encoded>\n'
        f'<media:content url="{url}.jpg" medium="image" width="1200" height="800">'
        f"<media:credit>AFP</media:credit></media:content>\n</item>\n"
    )


def _date(at: int) -> str:
    return format_datetime(_EPOCH + timedelta(minutes=7 * at))
