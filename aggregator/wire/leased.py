"""Turns of hosts that are shared with other processes: asked are only those that are ours now."""

from __future__ import annotations

import threading
from collections.abc import Collection, Mapping
from typing import TypeVar

from aggregator.wire.hosts import HostQueues

Work = TypeVar("Work")


class LeasedHosts(HostQueues[Work]):
    """Queues whose works wait until their host is granted; safe to use from several threads.

    The fetcher's thread adds and takes. Another one asks what is :attr:`wanted`, sees to it that
    no other process has it, and says what was :meth:`granted`, :meth:`kept` or is :meth:`idle`.
    Nothing is started once the time that was last granted or kept has run out.
    """

    def __init__(self, connections: int, rate: float) -> None:
        super().__init__(connections, rate)
        self.base_spacing = 1 / rate if rate else 0.0
        self.wanted = threading.Event()
        self._lock = threading.RLock()
        self._held: set[str] = set()
        self._parked: dict[str, list[tuple[Work, bool]]] = {}
        self._quiet: set[str] = set()
        self._quiet_before: set[str] = set()
        self._until = float("inf")
        self._lapsed = False

    def add(self, host: str, work: Work, *, suspect: bool = False) -> None:
        """Put work at the end of its host's queue, or of those that wait for the host."""
        with self._lock:
            if host in self._held:
                self._quiet.discard(host)
                super().add(host, work, suspect=suspect)
                return
            self._parked.setdefault(host, []).append((work, suspect))
            self.wanted.set()

    def take(self, now: float) -> Work | None:
        """The work whose turn has come longest ago, as long as the hosts are ours."""
        with self._lock:
            self._lapsed = now >= self._until
            return None if self._lapsed else super().take(now)

    def finished(self, host: str, *, suspect: bool = False) -> None:
        """One of the host's active works has ended."""
        with self._lock:
            super().finished(host, suspect=suspect)
            self._settle(host)

    def space(self, host: str, seconds: float, now: float) -> None:
        """As in :class:`HostQueues`."""
        with self._lock:
            super().space(host, seconds, now)

    def next_turn(self) -> float | None:
        """When :meth:`take` will next have something, None if nothing waits for the clock."""
        with self._lock:
            return None if self._lapsed else super().next_turn()

    def drain(self) -> list[Work]:
        """Everything that still waits, taken out; what was active has been abandoned.

        What is known of the hosts stays until they are given back.
        """
        with self._lock:
            left = [work for works in self._parked.values() for work, _ in works]
            self._parked.clear()
            self._turns.clear()
            for name, host in self._hosts.items():
                left += [work for queue in (host.waiting, host.suspects) for _, work in queue]
                host.waiting.clear()
                host.suspects.clear()
                host.active = host.active_suspects = 0
                host.offered = False
                self._settle(name)
            return left

    def waiting_for(self) -> list[str]:
        """The hosts that something waits for and that are not ours."""
        with self._lock:
            self.wanted.clear()
            return list(self._parked)

    def granted(self, waits: Mapping[str, float], now: float, until: float) -> None:
        """These hosts are ours until then, each after so many seconds."""
        with self._lock:
            # What is held already was granted or kept earlier: it may run out sooner.
            self._until = min(self._until, until) if self._held else until
            for name, wait in waits.items():
                self._held.add(name)
                host = self._host(name)
                host.next_start = max(host.next_start, now + wait)
                for work, suspect in self._parked.pop(name, ()):
                    super().add(name, work, suspect=suspect)
                self._settle(name)

    def kept(self, hosts: Collection[str], until: float) -> None:
        """Of the hosts that were ours these still are, until then; what waits for others goes back
        to waiting for its host.
        """
        with self._lock:
            for name in self._held.difference(hosts):
                self._lose(name)
            self._until = until if self._held else float("inf")
            self._lapsed = False

    def idle(self, now: float) -> dict[str, float]:
        """The hosts that nothing has been waiting for since this was asked last: they are ours no
        more. The seconds are how long nobody may ask them yet.
        """
        with self._lock:
            found = {}
            for name in self._quiet & self._quiet_before:
                if self._hosts[name].offered:
                    continue
                self._held.discard(name)
                self._quiet.discard(name)
                found[name] = max(0.0, self._hosts.pop(name).next_start - now)
            self._quiet_before = set(self._quiet)
            return found

    def _lose(self, name: str) -> None:
        self._held.discard(name)
        self._quiet.discard(name)
        host = self._hosts[name]
        for queue, suspect in ((host.waiting, False), (host.suspects, True)):
            while queue:
                _, work = queue.popleft()
                self._parked.setdefault(name, []).append((work, suspect))
                self.wanted.set()

    def _settle(self, name: str) -> None:
        host = self._hosts[name]
        if name in self._held and not (host.active or host.waiting or host.suspects):
            self._quiet.add(name)
