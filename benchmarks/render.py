"""Making a feed again after one new brief: ours beside plain feedgen.

``python -m benchmarks.render [--rounds 15]`` prints, for 50 and 500 entries, the median
milliseconds of the processor's time that each format takes: whole, and when one entry is new; what
plain feedgen takes for the same entries; and what compressing takes, which is the same for both.
"""

from __future__ import annotations

import argparse
import gzip
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from statistics import median
from time import process_time
from typing import Any

import brotli
from feedgen.feed import FeedGenerator

from feeds import documents, jsonfeed
from feeds.entries import Entry, Feed, Via

NOW = datetime(2026, 1, 20, 9, 0, tzinfo=UTC)
_WORDS = (
    "The",
    "tunnel",
    "under",
    "the",
    "lake",
    "opens",
    "nine",
    "years",
    "late,",
    "they",
    "say.",
)
_NUMBERS = count(1)


def entry() -> Entry:
    """Another brief each time, as long as ours are."""
    number = next(_NUMBERS)
    text = " ".join(_WORDS[(number + n) % len(_WORDS)] for n in range(90))
    return Entry(
        id=f"urn:uuid:00000000-0000-4000-8000-{number:012}",
        title=f"{number}: {text[:60]}",
        url=f"https://news.example/news/2026/01/20/{number}",
        published_at=NOW - timedelta(minutes=number),
        updated_at=NOW - timedelta(minutes=number),
        summary=text[:300],
        content=f"<p>{text}</p><p>{text}</p><p>From Le Monde, also RTL</p>",
        authors=("Quentin Gérard",),
        categories=("Transport", "Belgium"),
        language="en",
        source=None,
        via=(
            Via(f"https://le-monde.example/{number}", "Le Monde: Le tunnel", "fr"),
            Via(f"https://rtl.example/{number}", "RTL: Le tunnel ouvre", "fr"),
        ),
    )


def feed(entries: int) -> Feed:
    """A feed of so many."""
    return Feed(
        "urn:x", "News", "To the point", "https://news.example", "/feed", "en", NOW,
        tuple(entry() for _ in range(entries)),
    )  # fmt: skip


def plain(made: Feed) -> bytes:
    """The same entries by feedgen alone, as far as it goes."""
    generator = FeedGenerator()
    generator.id(made.id)
    generator.title(made.title)
    generator.updated(made.updated_at)
    for one in made.entries:
        written = generator.add_entry(order="append")
        written.id(one.id)
        written.title(one.title)
        written.published(one.published_at)
        written.updated(one.updated_at)
        written.author([{"name": name} for name in one.authors])
        written.category([{"term": term} for term in one.categories])
        written.link(href=one.url)
        written.summary(one.summary)
        written.content(one.content, type="html")
    return bytes(generator.atom_str())


def forget() -> None:
    """Render every entry anew."""
    for kept in (documents.atom_markup, documents._rss_markup, jsonfeed._markup):
        kept.cache_clear()


def took(rounds: int, work: Callable[[Any], Any], prepare: Callable[[], Any]) -> float:
    """The median of the rounds in milliseconds, without the preparations."""
    times = []
    for _ in range(rounds):
        made = prepare()
        before = process_time()
        work(made)
        times.append((process_time() - before) * 1000)
    return median(times)


def main() -> None:
    """Run as a command."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--rounds", type=int, default=15)
    rounds = parser.parse_args().rounds
    for size in (50, 500):
        made = feed(size)

        def whole(made: Feed = made) -> Feed:
            forget()
            return made

        def one_new(made: Feed = made) -> Feed:
            # Every value is another object, as after reading the store again.
            again = tuple(replace(one, content=f" {one.content}"[1:]) for one in made.entries)
            return replace(made, entries=(entry(), *again[:-1]))

        def same(made: Feed = made) -> Feed:
            return made

        print(f"{size} entries")
        print(f"  plain feedgen, Atom        {took(rounds, plain, same):7.2f} ms")
        renders = {"Atom": documents.atom, "RSS": documents.rss, "JSON": jsonfeed.json_feed}
        for name, render in renders.items():
            first = took(rounds, render, whole)
            render(made)
            again = took(rounds, render, one_new)
            print(f"  ours, {name:5} whole          {first:7.2f} ms   one new {again:6.2f} ms")
        body = documents.atom(made)
        packed = took(rounds, lambda b: gzip.compress(b, 6), lambda body=body: body)
        tight = took(rounds, lambda b: brotli.compress(b, quality=5), lambda body=body: body)
        print(f"  {len(body) / 1024:.0f} KiB: gzip {packed:.2f} ms, brotli {tight:.2f} ms")


if __name__ == "__main__":
    main()
