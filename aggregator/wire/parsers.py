"""Child processes that read documents: all cores at once, and a document that kills its reader
takes down that one child only.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable
from concurrent.futures import BrokenExecutor, Future
from functools import partial
from typing import TypeVar

from pebble import ProcessExpired, ProcessPool

from aggregator.domain import Document, Source
from aggregator.errors import ParserDied
from aggregator.garbage import settle
from aggregator.wire.confined import limit_memory, within
from aggregator.wire.reading import Reading, read

T = TypeVar("T")

_LARGE = 256 << 10
"""Documents of more bytes have a child to themselves: no other waits behind them."""

_SLOWER_BY = 2 << 20
"""Bytes for which a document gets as much time again."""

_WAITING = 6
"""So many times as long may a child wait for a processor, before it is taken for stuck."""

_DOCUMENTS_PER_CHILD = 2_000
"""A child is replaced after so many, in case what it uses leaks."""


class Parsers:
    """Reads documents in child processes: one per core, and one for large documents."""

    def __init__(self, *, seconds: float = 5, memory: int = 1 << 30) -> None:
        """``seconds`` is the processor's time that a small document may take; a large one has more.

        On a busy machine a child waits: that is not the document's fault.
        """
        self._context = multiprocessing.get_context("forkserver")
        self._context.set_forkserver_preload(["aggregator.wire.parsers"])
        self._seconds = seconds
        self._memory = memory
        self._lock = threading.Lock()
        self._pools = {False: self._pool(len(os.sched_getaffinity(0))), True: self._pool(1)}

    def submit(self, document: Document, source: Source, seen: bytes) -> Future[Reading]:
        """Have a document read (see :func:`aggregator.wire.reading.read`).

        The future fails with ParseError when it is no feed, with ParserDied when reading it took
        too much time or memory or crashed. Its callbacks run in another thread.
        """
        alone = len(document.body) > _LARGE
        return self._start(partial(_read, document, source, seen), document, alone=alone)

    def extract(self, document: Document) -> Future[str]:
        """Have the article on a page read (see :func:`aggregator.wire.readable.article_text`).

        The future fails as that of :meth:`submit` does. All such work is one child's, the one for
        large documents: what it imports takes memory.
        """
        return self._start(partial(_extract, document), document, alone=True)

    def close(self) -> None:
        """Let what was submitted end, then stop the children."""
        for pool in self._pools.values():
            pool.close()  # type: ignore[no-untyped-call]
            pool.join()

    def _start(self, work: Callable[[], T], document: Document, *, alone: bool) -> Future[T]:
        result: Future[T] = Future()
        seconds = self._seconds * (1 + len(document.body) / _SLOWER_BY)
        self._schedule(result, work, seconds, alone=alone, again=True)
        return result

    def _schedule(
        self, result: Future[T], work: Callable[[], T], seconds: float, *, alone: bool, again: bool
    ) -> None:
        with self._lock:
            if not self._pools[alone].active:
                # A child that dies while it is handed a document takes its whole pool with it.
                self._pools[alone] = self._pool(1 if alone else len(os.sched_getaffinity(0)))
            task = self._pools[alone].schedule(
                within, args=(seconds, work), timeout=_WAITING * seconds
            )

        def pass_on(ended: Future[T]) -> None:
            error = ended.exception()
            if isinstance(error, BrokenExecutor) and again:
                self._schedule(result, work, seconds, alone=alone, again=False)
            elif error is None:
                result.set_result(ended.result())
            else:
                result.set_exception(_explained(error, seconds))

        task.add_done_callback(pass_on)

    def _pool(self, workers: int) -> ProcessPool:
        return ProcessPool(
            max_workers=workers,
            max_tasks=_DOCUMENTS_PER_CHILD,
            initializer=_begin,
            initargs=[self._memory],
            context=self._context,
        )


def _begin(memory: int) -> None:
    limit_memory(memory)
    settle()


def _read(document: Document, source: Source, seen: bytes) -> Reading:
    return read(document, source, seen, document.fetched_at)


def _extract(document: Document) -> str:
    from aggregator.wire.readable import article_text  # noqa: PLC0415 - not every child needs it

    return article_text(document)


def _explained(error: BaseException, seconds: float) -> BaseException:
    """What operators read of it."""
    match error:
        case TimeoutError():
            return ParserDied(f"reading it took more than {_WAITING * seconds:.1f} s")
        case MemoryError():
            return ParserDied("reading it took too much memory")
        case ProcessExpired(exitcode=code) if code == -signal.SIGPROF:
            return ParserDied(f"reading it took more than {seconds:.1f} s of the processor's time")
        case ProcessExpired() | BrokenExecutor():
            return ParserDied("the process that read it crashed")
        case _:
            return error
