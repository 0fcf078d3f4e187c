"""Sharing hosts with other processes: a thread that leases what the fetcher wants to ask.

One process at a time may ask a host; so what it keeps there (how many at once, how far apart, what
refusals taught) is what the host sees, however many processes poll.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from aggregator.errors import AggregatorError
from aggregator.store import Store
from aggregator.wire.leased import LeasedHosts

log = logging.getLogger(__name__)

_LINGER = 0.02
"""Seconds: a statement for one host costs as much as one for fifty."""

_LOOK_EVERY = 0.5
"""Seconds between two looks at what others have given back, and at what we need no more."""


class SharedHosts:
    """Keeps ``hosts`` and the store agreed on what is ours; to be closed.

    ``recall`` tells how many seconds apart what was refused there demands that requests to these
    hosts be; ``remember`` is called before any is given back: what one process learnt of a host
    the next one must know. ``granted`` is called when there may be something to start.
    """

    def __init__(
        self,
        store: Store,
        hosts: LeasedHosts[Any],
        holder: str,
        lease: timedelta,
        *,
        clock: Callable[[], datetime],
        monotonic: Callable[[], float],
        recall: Callable[[Iterable[str]], Mapping[str, float]],
        remember: Callable[[], None],
        granted: Callable[[], None],
    ) -> None:
        self._store = store
        self._hosts = hosts
        self._holder = holder
        self._lease = lease
        self._clock = clock
        self._monotonic = monotonic
        self._recall = recall
        self._remember = remember
        self._granted = granted
        self._returning: dict[str, datetime] = {}
        self._renewed = self._looked = monotonic()
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name="hosts", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Give back what is ours; the fetcher must have been stopped before."""
        self._closing.set()
        self._hosts.wanted.set()
        self._thread.join()
        try:
            for _ in range(2):
                self._give_back()
        except AggregatorError as error:
            log.warning("hosts are not given back, their leases lapse: %s", error)

    def _run(self) -> None:
        while True:
            woken = self._hosts.wanted.wait(_LOOK_EVERY)
            if self._closing.wait(_LINGER if woken else 0):
                return
            try:
                self._agree()
            except AggregatorError as error:
                log.error("no host can be leased: %s", error)  # noqa: TRY400 - its text says it
                self._closing.wait(_LOOK_EVERY)
            except Exception:
                # A fault of ours: without this thread no host would ever be asked again.
                log.exception("leasing hosts failed; it is tried again")
                self._closing.wait(_LOOK_EVERY)

    def _agree(self) -> None:
        self._return()
        self._take()
        now = self._monotonic()
        if now - self._looked >= _LOOK_EVERY:
            self._looked = now
            self._give_back()
        if now - self._renewed >= self._lease.total_seconds() / 6:
            self._renew()

    def _take(self) -> None:
        wanted = self._hosts.waiting_for()
        if not wanted:
            return
        now, steady = self._clock(), self._monotonic()
        free_at = self._store.turns.take(wanted, self._holder, now, self._lease)
        if free_at:
            for owner, spacing in self._recall(free_at).items():
                self._hosts.space(owner, spacing, steady)
            waits = {owner: (at - now).total_seconds() for owner, at in free_at.items()}
            self._hosts.granted(waits, steady, self._until(steady))
            self._granted()

    def _give_back(self) -> None:
        idle = self._hosts.idle(self._monotonic())
        now = self._clock()
        self._returning |= {owner: now + timedelta(seconds=wait) for owner, wait in idle.items()}
        self._return()

    def _return(self) -> None:
        """Give back what is ours no more; what the store does not learn now it learns later, or
        else its leases would be prolonged with the others, and nobody could ask there.
        """
        if self._returning:
            self._remember()
            self._store.turns.free(self._returning, self._holder, self._clock())
            self._returning.clear()

    def _renew(self) -> None:
        steady = self._monotonic()
        kept = self._store.turns.keep(self._holder, self._clock(), self._lease)
        self._hosts.kept(kept, self._until(steady))
        self._renewed = steady

    def _until(self, steady: float) -> float:
        """Whoever takes a host over at the end of our lease must not come too soon after us."""
        return steady + self._lease.total_seconds() - self._hosts.base_spacing
