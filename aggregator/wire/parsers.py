"""Child processes that read documents: all cores at once, and a document that kills its reader
takes down that one child only.
"""

from __future__ import annotations

import multiprocessing
import os
import resource
from concurrent.futures import Future
from functools import partial

from pebble import ProcessExpired, ProcessPool

from aggregator.domain import Document, Source
from aggregator.errors import ParseError, ParserDied
from aggregator.wire.reading import Reading, read

_LARGE = 256 << 10
"""Documents of more bytes have a child to themselves: no other waits behind them."""

_SLOWER_BY = 512 << 10
"""Bytes for which a document gets as much time again."""

_DOCUMENTS_PER_CHILD = 2_000
"""A child is replaced after so many, in case what it uses leaks."""


class Parsers:
    """Reads documents in child processes: one per core, and one for large documents."""

    def __init__(self, *, seconds: float = 5, memory: int = 1 << 30) -> None:
        """``seconds`` is the time that a small document may take; a large one has more."""
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(["aggregator.wire.reading"])
        self._seconds = seconds
        self._small, self._large = (
            ProcessPool(
                max_workers=workers,
                max_tasks=_DOCUMENTS_PER_CHILD,
                initializer=_limit,
                initargs=[memory],
                context=context,
            )
            for workers in (len(os.sched_getaffinity(0)), 1)
        )

    def submit(self, document: Document, source: Source, seen: bytes) -> Future[Reading]:
        """Have a document read (see :func:`aggregator.wire.reading.read`).

        The future fails with ParseError when it is no feed, with ParserDied when reading it took
        too much time or memory or crashed. Its callbacks run in another thread.
        """
        result: Future[Reading] = Future()
        arguments = (document, source, seen, document.fetched_at)
        size = len(document.body)
        pool = self._large if size > _LARGE else self._small
        timeout = self._seconds * (1 + size / _SLOWER_BY)
        task = pool.schedule(read, args=arguments, timeout=timeout)
        task.add_done_callback(partial(_pass_on, result))
        return result

    def close(self) -> None:
        """Let what was submitted end, then stop the children."""
        for pool in (self._small, self._large):
            pool.close()  # type: ignore[no-untyped-call]
            pool.join()


def _limit(memory: int) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))


def _pass_on(result: Future[Reading], task: Future[Reading]) -> None:
    error = task.exception()
    if error is None:
        result.set_result(task.result())
    elif isinstance(error, ParseError):
        result.set_exception(error)
    elif isinstance(error, TimeoutError):
        result.set_exception(ParserDied(f"reading it took more than {error.args[1]:.0f} s"))
    elif isinstance(error, MemoryError):
        result.set_exception(ParserDied("reading it took too much memory"))
    elif isinstance(error, ProcessExpired):
        result.set_exception(ParserDied("the process that read it crashed"))
    else:
        result.set_exception(error)
