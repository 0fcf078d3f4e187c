"""Whose turn it is: requests wait per host, so none is pressed and none waits for another."""

from __future__ import annotations

import heapq
from collections import deque
from dataclasses import dataclass, field
from typing import Generic, TypeVar

Work = TypeVar("Work")


@dataclass(slots=True)
class _Host(Generic[Work]):
    waiting: deque[Work] = field(default_factory=deque)
    active: int = 0
    next_start: float = 0.0
    offered: bool = False


class HostQueues(Generic[Work]):
    """First come, first served within a host; at most ``connections`` at once and starts at
    least ``1 / rate`` seconds apart (``rate`` 0: no limit). Knows no clock: it is told the time.
    """

    def __init__(self, connections: int, rate: float) -> None:
        self._connections = connections
        self._spacing = 1 / rate if rate else 0.0
        self._hosts: dict[str, _Host[Work]] = {}
        self._turns: list[tuple[float, int, str]] = []
        self._count = 0

    def add(self, host: str, work: Work) -> None:
        """Put work at the end of its host's queue."""
        self._hosts.setdefault(host, _Host()).waiting.append(work)
        self._offer(host)

    def take(self, now: float) -> Work | None:
        """The work whose turn has come longest ago, None if there is none; it is then active."""
        if not self._turns or self._turns[0][0] > now:
            return None
        _, _, name = heapq.heappop(self._turns)
        host = self._hosts[name]
        host.offered = False
        host.active += 1
        host.next_start = now + self._spacing
        work = host.waiting.popleft()
        self._offer(name)
        return work

    def finished(self, host: str) -> None:
        """One of the host's active works has ended."""
        self._hosts[host].active -= 1
        self._offer(host)

    def next_turn(self) -> float | None:
        """When :meth:`take` will next have something, None if nothing waits for the clock."""
        return self._turns[0][0] if self._turns else None

    def drain(self) -> list[Work]:
        """Everything that still waits, taken out."""
        left = [work for host in self._hosts.values() for work in host.waiting]
        self._hosts.clear()
        self._turns.clear()
        return left

    def _offer(self, name: str) -> None:
        host = self._hosts[name]
        if host.waiting and not host.offered and host.active < self._connections:
            host.offered = True
            self._count += 1
            heapq.heappush(self._turns, (host.next_start, self._count, name))
