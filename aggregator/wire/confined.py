"""What a child process is held to that reads what strangers sent."""

from __future__ import annotations

import resource
import signal
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def limit_memory(memory: int) -> None:
    """Let this process have so many bytes at most, or as many as it may have at all."""
    _, most = resource.getrlimit(resource.RLIMIT_AS)
    least = memory if most == resource.RLIM_INFINITY else min(memory, most)
    resource.setrlimit(resource.RLIMIT_AS, (least, least))


def within(seconds: float, work: Callable[[], T]) -> T:
    """Do it within so much of the processor's time: the signal ends the child wherever it is, in a
    library's C code too.
    """
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        return work()
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
