"""The fetcher that the settings ask for, and what looks at addresses with it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import datetime

from aggregator.settings import Settings
from aggregator.wire.budgets import Budgets
from aggregator.wire.fetch import Fetcher
from aggregator.wire.guard import Guard
from aggregator.wire.hosts import HostQueues
from aggregator.wire.parsers import Parsers
from aggregator.wire.robots import Robots
from aggregator.wire.scout import Scout
from aggregator.wire.transfer import Observe, Transfer


def build_fetcher(
    settings: Settings,
    clock: Callable[[], datetime],
    budgets: Budgets | None = None,
    observe: Observe | None = None,
    hosts: HostQueues[Transfer] | None = None,
) -> Fetcher:
    """A fetcher with the operator's limits, and with what hosts taught; to be closed."""
    return Fetcher(
        user_agent=settings.user_agent,
        guard=Guard.allowing(settings.allow_networks),
        utc_now=clock,
        timeout=settings.fetch_timeout.total_seconds(),
        max_bytes=settings.fetch_max_bytes,
        host_connections=settings.host_connections,
        host_rate=settings.host_rate,
        budgets=budgets,
        observe=observe,
        hosts=hosts,
    )


@contextmanager
def scouting(settings: Settings, clock: Callable[[], datetime]) -> Iterator[Scout]:
    """What looks at feeds that are not polled, as long as it is needed."""
    agent = settings.user_agent.partition("/")[0]
    with closing(build_fetcher(settings, clock)) as fetcher, closing(Parsers()) as parsers:
        robots = Robots({}, fetcher, agent, day=24 * settings.hour, clock=clock, everybody=True)
        yield Scout(fetcher, parsers, robots)
