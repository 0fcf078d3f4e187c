"""Polls in this process: leased, started, renewed while they last."""

from __future__ import annotations

import os
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from concurrent.futures import Future
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from itertools import islice
from queue import Empty, SimpleQueue
from uuid import uuid4

from aggregator.domain import Job, Outcome, Ping, PollReport
from aggregator.garbage import settle
from aggregator.jobs.articles import Articles
from aggregator.jobs.fetching import build_fetcher
from aggregator.jobs.subscriber import Subscriber
from aggregator.jobs.turns import SharedHosts
from aggregator.jobs.watching import Watching
from aggregator.settings import Settings
from aggregator.store import Store
from aggregator.wire.budgets import Budgets, host_of
from aggregator.wire.guard import Guard
from aggregator.wire.leased import LeasedHosts
from aggregator.wire.pace import Pace
from aggregator.wire.parsers import Parsers
from aggregator.wire.poll import Poller
from aggregator.wire.robots import Robots, site_of
from aggregator.wire.transfer import Observe, Transfer
from aggregator.wire.websub import is_reachable

RENEW_EVERY = timedelta(seconds=20)

CAPACITY = 500
"""Polls under way at once; more would only wait here instead of in the database."""

PATIENCE = timedelta(minutes=1)
"""How long a poll may wait for its host's turn in this process; more it waits in the store."""


def lease_of(hour: timedelta) -> timedelta:
    """How long a source stays ours without a sign of life, so long a killed process delays it: two
    minutes, less where an "hour" is shorter.
    """
    return min(timedelta(minutes=2), max(timedelta(seconds=5), hour / 30))


class Polling:
    """The poller of one process and the leases that it holds; to be closed.

    ``shared``: other processes poll at the same time, so hosts are leased, too.
    """

    def __init__(
        self,
        settings: Settings,
        store: Store,
        clock: Callable[[], datetime],
        parsers: Parsers | None = None,
        observe: Observe | None = None,
        *,
        shared: bool = False,
    ) -> None:
        self.owner = f"{socket.gethostname()}:{os.getpid()}:{uuid4().hex[:8]}"
        self._store = store
        self._clock = clock
        self._lease = lease_of(settings.hour)
        self._held: set[str] = set()
        self._under_way: set[Future[PollReport]] = set()
        self._busy: Counter[str] = Counter()
        self._counting = threading.Lock()
        self._spacing = timedelta(seconds=1 / settings.host_rate if settings.host_rate else 0)
        self._budgets = Budgets.of(
            settings.hour, self._spacing, settings.limit_owners, store.hosts.budgets()
        )
        hosts = (
            LeasedHosts[Transfer](settings.host_connections, settings.host_rate) if shared else None
        )
        self.fetcher = fetcher = build_fetcher(settings, clock, self._budgets, observe, hosts)
        self._sharing = self._share(hosts) if hosts else None
        self._subscriber = (
            Subscriber(store, fetcher, settings.base_url, settings.hour)
            if is_reachable(settings.base_url, Guard.allowing(settings.allow_networks))
            else None
        )
        agent = settings.user_agent.partition("/")[0]
        # Of millions of hosts a worker recalls those that it is to ask, as it goes.
        known = {} if shared else store.hosts.robots()
        self._robots = Robots(known, fetcher, agent, day=24 * settings.hour, clock=clock)
        pace = Pace(settings.default_interval, settings.hour)
        parsers = parsers or Parsers()
        self._poller = Poller(
            store,
            fetcher,
            parsers,
            self._robots,
            pace,
            owner=self.owner,
            clock=clock,
            secrets=settings.secrets,
        )
        self._watching = Watching(store, fetcher, self._robots, settings.hour, clock)
        self._articles = Articles(store, fetcher, parsers, self._robots, clock)
        settle()

    @property
    def under_way(self) -> int:
        """How many polls have been started and have not ended."""
        return len(self._under_way)

    def adopt(self, settings: Settings) -> None:
        """Go on with these settings, as far as they are not built in at the start."""
        self._poller.secrets = settings.secrets

    def claim_due(self, *, limit: int | None = None, ids: Iterable[str] | None = None) -> list[Job]:
        """Lease due sources: of all or of the named ones, at most ``limit``."""
        return self._store.polls.claim_due(self._clock(), limit, self._lease, self.owner, ids=ids)

    def take(self, ids: Collection[str], ticket: str) -> list[Job]:
        """Take over what a queue's ticket holds of these sources."""
        jobs = self._store.queued.take(ids, ticket, self._clock(), self._lease, self.owner)
        sites = {site_of(job.state.address or job.source.url) for job in jobs}
        self._robots.know(self._store.hosts.robots(sites))
        return jobs

    def dispatch(self, ended: Callable[[PollReport], None]) -> None:
        """Start what is due, as far as there is room."""
        self.subscribe()
        self.take_deliveries(CAPACITY, ended)
        self.attend_to_pages()
        room = CAPACITY - self.under_way
        if room > 0:
            self.start_due(room, ended)

    def start_due(self, limit: int, ended: Callable[[PollReport], None]) -> None:
        """Lease up to ``limit`` due sources and start their polls, as far as their hosts are not
        busy for a minute already: the others get their turn when there is one.
        """
        later: dict[str, datetime] = {}
        behind: Counter[str] = Counter()
        now = self._clock()
        for job in self.claim_due(limit=limit):
            owner = self._owner_of(job)
            learnt = self._budgets.spacing(owner, now) if self._budgets.any_learnt else None
            spacing = max(self._spacing, learnt or self._spacing)
            wait = (self._busy[owner] + behind[owner]) * spacing
            if wait < PATIENCE:
                self.start([job], ended)
            else:
                later[job.source.id] = now + wait
                behind[owner] += 1
        if later:
            self._store.polls.postpone(later, self.owner)

    def take_deliveries(self, limit: int, ended: Callable[[PollReport], None]) -> None:
        """Read what hubs delivered meanwhile, one document a source at a time."""
        pings = self._store.subscriptions.delivered(limit)
        if pings:
            self.deliver(self.claim([ping.source_id for ping in pings]), pings, ended)

    def deliver(
        self, jobs: Iterable[Job], pings: Iterable[Ping], ended: Callable[[PollReport], None]
    ) -> int:
        """Read what hubs delivered for leased sources; return for how many something was there."""
        delivered = {ping.source_id: ping for ping in pings}
        for job in jobs:
            ping = delivered.get(job.source.id)
            if ping:
                self._track(job, self._poller.deliver(job, ping), ended)
            else:
                self._store.polls.release(job.source.id, self.owner)
        return len(delivered)

    def subscribe(self) -> None:
        """Ask the hubs of sources that have one, where they can reach us."""
        if self._subscriber:
            self._subscriber.ask(self._clock())

    def attend_to_pages(self) -> None:
        """Fetch the articles that editors asked for, and look after those that briefs cite."""
        self._articles.attend()
        self._watching.attend()

    def claim(self, ids: Iterable[str]) -> list[Job]:
        """Lease the named sources, due or not."""
        return self._store.polls.claim(ids, self._clock(), self._lease, self.owner)

    def start(self, jobs: Iterable[Job], ended: Callable[[PollReport], None]) -> None:
        """Start polls; ``ended`` gets each one's report, in another thread, and must be quick."""
        for job in jobs:
            self._track(job, self._poller.start(job), ended)

    def leads(self) -> bool:
        """Whether this process is the one that polls, or becomes it now."""
        return self._store.leadership.held()

    def clock_jumped(self, by: timedelta) -> None:
        """Keep every interval what it is although the wall clock was moved."""
        self._store.polls.shift(by)

    def renew(self) -> None:
        """Say that we are alive and still at it, and remember what hosts taught us meanwhile."""
        self._remember()
        held = list(self._held)
        if held:
            self._store.polls.renew(held, self._clock(), self._lease, self.owner)

    def _remember(self) -> None:
        learnt = self._budgets.changed()
        if learnt:
            self._store.hosts.learn(learnt)
            self._budgets.kept(learnt)
        found = self._robots.changed()
        if found:
            self._store.hosts.keep_robots(found)
            self._robots.kept(found)

    def run(self, jobs: Iterable[Job]) -> Iterator[PollReport]:
        """Poll them all, ``CAPACITY`` at once, and give each one's report as it ends."""
        ended: SimpleQueue[PollReport] = SimpleQueue()
        jobs = list(jobs)
        self._held.update(job.source.id for job in jobs)
        waiting = iter(jobs)
        first = list(islice(waiting, CAPACITY))
        self.start(first, ended.put)
        left, renewed_at = len(first), self._clock()
        while left:
            if self._clock() - renewed_at >= RENEW_EVERY:
                self.renew()
                renewed_at = self._clock()
            with suppress(Empty):
                yield ended.get(timeout=RENEW_EVERY.total_seconds())
                following = list(islice(waiting, 1))
                self.start(following, ended.put)
                left += len(following) - 1
        self._remember()

    def close(self) -> None:
        """Stop: what was fetched is recorded, what was not is due again."""
        self._poller.close()
        self._remember()
        if self._sharing:
            self._sharing.close()

    def _share(self, hosts: LeasedHosts[Transfer]) -> SharedHosts:
        return SharedHosts(
            self._store,
            hosts,
            self.owner,
            max(self._lease / 2, 4 * self._spacing),
            clock=self._clock,
            monotonic=time.monotonic,
            recall=self._recall,
            remember=self._remember,
            granted=self.fetcher.wake,
        )

    def _recall(self, owners: Iterable[str]) -> dict[str, float]:
        """What other processes were refused at these hosts: how many seconds apart to ask there."""
        self._budgets.know(self._store.hosts.budgets(owners))
        now = self._clock()
        return {owner: self._budgets.spacing(owner, now).total_seconds() for owner in owners}

    def _track(
        self, job: Job, report: Future[PollReport], ended: Callable[[PollReport], None]
    ) -> None:
        self._under_way.add(report)
        self._held.add(job.source.id)
        owner = self._owner_of(job)
        with self._counting:
            self._busy[owner] += 1
        report.add_done_callback(partial(self._end, job, owner, ended))

    def _end(
        self, job: Job, owner: str, ended: Callable[[PollReport], None], future: Future[PollReport]
    ) -> None:
        self._under_way.discard(future)
        # What could not be recorded lapses, and is due as it was before.
        self._held.discard(job.source.id)
        with self._counting:
            self._busy[owner] -= 1
        error = future.exception()
        if error is None:
            ended(future.result())
        else:
            ended(PollReport(job.source.id, Outcome.FAILED, error=str(error)))

    def _owner_of(self, job: Job) -> str:
        """Who limits the requests that a poll makes, as far as is known."""
        return self._budgets.owner(host_of(job.state.address or job.source.url))
