"""A day's schedule for millions of sources: what it asks of queue, database and hosts.

``python -m benchmarks.simulate [--sources 10000000] [--hosts 3000000] [--feeds FOLDER]`` works out,
minute by minute and without a network, when each source is polled: by the rules of ``wire/pace.py``
(half the time after news, half as long again without, from 10 minutes to a day, up to a tenth of
jitter). A first half day lets the paces settle and is not counted.

How much news sources have is lognormal, by default with what 157 captured feeds with five dated
entries or more showed: a median of 0.28 a day and 3.2 for the deviation of its logarithm, at most
500 a day. ``--feeds`` measures that anew in a folder of documents. By day there is three times as
much as by night. Two fifths of the sources have a host to themselves, the others are on platforms
whose sizes follow a power law, each asked once a second at most.
"""

from __future__ import annotations

import argparse
from calendar import timegm
from dataclasses import dataclass, field
from pathlib import Path

import feedparser
import numpy as np
from numpy.typing import NDArray

STEP = 60.0
DAY = 86_400.0
SHORTEST, LONGEST, FIRST = 600.0, DAY, 1800.0
JITTER = 0.1
BATCH = 100
HOST_RATE = 1.0
MOST_NEWS = 500.0

Floats = NDArray[np.float64]


@dataclass
class Load:
    """What was asked in each step."""

    polls: list[int] = field(default_factory=list)
    news: list[int] = field(default_factory=list)
    messages: list[int] = field(default_factory=list)
    waiting: list[int] = field(default_factory=list)

    def line(self, name: str, values: list[int]) -> str:
        """Mean and busiest minute, a second."""
        steps = np.array(values) / STEP
        return f"{name:22} {steps.mean():10,.1f} {steps.max():10,.1f}"


def rates(count: int, median: float, spread: float, chance: np.random.Generator) -> Floats:
    """News a second of each source, on average over a day."""
    return np.minimum(median * np.exp(spread * chance.standard_normal(count)), MOST_NEWS) / DAY


def measured(folder: Path) -> tuple[float, float]:
    """Median news a day, and the deviation of its logarithm, of the documents in a folder."""
    found = []
    for path in sorted(folder.iterdir()):
        entries = feedparser.parse(path.read_bytes()).entries
        times = [timegm(one.published_parsed) for one in entries if one.get("published_parsed")]
        if len(times) >= 5 and max(times) > min(times):
            found.append((len(times) - 1) / ((max(times) - min(times)) / DAY))
    logarithms = np.log(found)
    return float(np.exp(np.median(logarithms))), float(np.std(logarithms))


def hosts_of(count: int, hosts: int, chance: np.random.Generator) -> NDArray[np.int32]:
    """The host of each source: two fifths alone on one, the rest on platforms of uneven size."""
    alone = int(0.4 * count)
    own = np.arange(alone) % hosts
    # A power law: the largest platform has a few per cent of what is left.
    rank = np.floor(hosts ** chance.random(count - alone)).astype(np.int64) - 1
    return np.concatenate([own, np.clip(rank, 0, hosts - 1)]).astype(np.int32)


def daylight(at: float) -> float:
    """How much more or less news there is at this time than on average: three to one."""
    return 1.0 + 0.5 * float(np.sin(2 * np.pi * (at / DAY - 0.25)))


def simulate(count: int, hosts: int, median: float, spread: float, seed: int) -> Load:
    """One day, after half a day of settling."""
    chance = np.random.default_rng(seed)
    rate = rates(count, median, spread, chance)
    host = hosts_of(count, hosts, chance)
    pace = np.full(count, FIRST)
    due = chance.random(count) * FIRST
    polled = np.zeros(count)
    free_at = np.zeros(hosts)
    load = Load()
    for step in range(int(1.5 * DAY / STEP)):
        now = step * STEP
        ready = np.flatnonzero(due <= now)
        asked, waiting = admit(ready, due, host, free_at, now)
        expected = rate[asked] * (now - polled[asked]) * daylight(now)
        found = chance.random(len(asked)) < -np.expm1(-expected)
        pace[asked] = np.clip(pace[asked] * np.where(found, 0.5, 1.5), SHORTEST, LONGEST)
        due[asked] = now + pace[asked] * (1 + JITTER * chance.random(len(asked)))
        polled[asked] = now
        if now >= DAY / 2:
            load.polls.append(len(asked))
            load.news.append(int(np.sum(chance.poisson(expected[found]))))
            load.messages.append(-(-len(asked) // BATCH))
            load.waiting.append(waiting)
    return load


def admit(
    ready: NDArray[np.int64],
    due: Floats,
    host: NDArray[np.int32],
    free_at: Floats,
    now: float,
) -> tuple[NDArray[np.int64], int]:
    """Those whose host has a turn for them in this step; the others are due when it has one."""
    order = ready[np.argsort(host[ready], kind="stable")]
    owner = host[order]
    first = np.flatnonzero(np.diff(owner, prepend=-1))
    place = np.arange(len(owner)) - np.repeat(first, np.diff(np.append(first, len(owner))))
    turn = np.maximum(free_at[owner], now) + place / HOST_RATE
    prompt = turn < now + STEP
    np.maximum.at(free_at, owner[prompt], turn[prompt] + 1 / HOST_RATE)
    due[order[~prompt]] = turn[~prompt]
    return order[prompt], int(np.sum(~prompt))


def main() -> None:
    """Run as a command."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--sources", type=int, default=10_000_000)
    parser.add_argument("--hosts", type=int, default=3_000_000)
    parser.add_argument("--median", type=float, default=0.28, help="news a day")
    parser.add_argument("--spread", type=float, default=3.2, help="of the logarithm")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--feeds", type=Path, help="measure both in these documents instead")
    options = parser.parse_args()
    if options.feeds:
        options.median, options.spread = measured(options.feeds)
        print(f"measured: median {options.median:.2f} a day, deviation {options.spread:.1f}")
    load = simulate(options.sources, options.hosts, options.median, options.spread, options.seed)
    polls, news = sum(load.polls), sum(load.news)
    print(f"{options.sources:,} sources on {options.hosts:,} hosts, one day")
    print(f"{'a second':22} {'mean':>10} {'busiest':>10}")
    print(load.line("polls", load.polls))
    print(load.line("new items", load.news))
    print(load.line("messages", load.messages))
    print(load.line("leases and results", [2 * polls for polls in load.polls]))
    print(f"polls a source and day {polls / options.sources:.1f}; new items {news:,}")
    print(f"polls put off for their host: {sum(load.waiting):,}")


if __name__ == "__main__":
    main()
