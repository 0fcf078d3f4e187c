"""Whose turn it is: requests wait per host, so none is pressed and none waits for another."""

from __future__ import annotations

import heapq
from collections import deque
from dataclasses import dataclass, field
from typing import Generic, TypeVar

Work = TypeVar("Work")


@dataclass(slots=True)
class _Host(Generic[Work]):
    spacing: float
    waiting: deque[tuple[int, Work]] = field(default_factory=deque)
    suspects: deque[tuple[int, Work]] = field(default_factory=deque)
    active: int = 0
    active_suspects: int = 0
    next_start: float = 0.0
    offered: bool = False


class HostQueues(Generic[Work]):
    """First come, first served within a host; at most ``connections`` at once and starts at
    least ``1 / rate`` seconds apart (``rate`` 0: no limit). Knows no clock: it is told the time.

    Suspects, such as what hung the last time, never take a host's last free connection: the
    others must not wait for them.
    """

    def __init__(self, connections: int, rate: float) -> None:
        self._connections = connections
        self._spacing = 1 / rate if rate else 0.0
        self._hosts: dict[str, _Host[Work]] = {}
        self._turns: list[tuple[float, int, str]] = []
        self._count = 0

    def add(self, host: str, work: Work, *, suspect: bool = False) -> None:
        """Put work at the end of its host's queue."""
        self._count += 1
        queue = self._host(host)
        (queue.suspects if suspect else queue.waiting).append((self._count, work))
        self._offer(host)

    def take(self, now: float) -> Work | None:
        """The work whose turn has come longest ago, None if there is none; it is then active."""
        while self._turns and self._turns[0][0] <= now:
            _, _, name = heapq.heappop(self._turns)
            host = self._hosts[name]
            host.offered = False
            queue = self._next(host)
            if queue is None:
                continue
            if host.next_start > now:  # its spacing has grown since it was offered
                self._offer(name)
                continue
            host.active += 1
            host.active_suspects += queue is host.suspects
            host.next_start = now + host.spacing
            _, work = queue.popleft()
            self._offer(name)
            return work
        return None

    def finished(self, host: str, *, suspect: bool = False) -> None:
        """One of the host's active works has ended."""
        self._hosts[host].active -= 1
        self._hosts[host].active_suspects -= suspect
        self._offer(host)

    def space(self, host: str, seconds: float, now: float) -> None:
        """From now on, start this host's works at least so far apart; never closer than the rate
        allows.
        """
        queue = self._host(host)
        grown = max(seconds, self._spacing) - queue.spacing
        queue.spacing += grown
        if grown > 0:
            queue.next_start = max(queue.next_start, now + queue.spacing)

    def next_turn(self) -> float | None:
        """When :meth:`take` will next have something, None if nothing waits for the clock."""
        return self._turns[0][0] if self._turns else None

    def drain(self) -> list[Work]:
        """Everything that still waits, taken out."""
        queues = [q for host in self._hosts.values() for q in (host.waiting, host.suspects)]
        left = [work for queue in queues for _, work in queue]
        self._hosts.clear()
        self._turns.clear()
        return left

    def _host(self, name: str) -> _Host[Work]:
        if name not in self._hosts:
            self._hosts[name] = _Host(self._spacing)
        return self._hosts[name]

    def _next(self, host: _Host[Work]) -> deque[tuple[int, Work]] | None:
        """The queue whose first work is next, None while there is no room for any."""
        if host.active >= self._connections:
            return None
        allowed = host.active_suspects < max(1, self._connections - 1)
        queues = [host.waiting, host.suspects] if allowed else [host.waiting]
        filled = [queue for queue in queues if queue]
        return min(filled, key=lambda queue: queue[0][0]) if filled else None

    def _offer(self, name: str) -> None:
        host = self._hosts[name]
        if not host.offered and self._next(host) is not None:
            host.offered = True
            self._count += 1
            heapq.heappush(self._turns, (host.next_start, self._count, name))
