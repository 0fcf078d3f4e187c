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

_MEMORY = 1 << 30
_SECONDS = 30
_DOCUMENTS_PER_CHILD = 2_000
"""A child is replaced after so many, in case what it uses leaks."""


class Parsers:
    """Reads documents in child processes, one per core, started when first needed."""

    def __init__(self) -> None:
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(["aggregator.wire.reading"])
        self._pool = ProcessPool(
            max_workers=len(os.sched_getaffinity(0)),
            max_tasks=_DOCUMENTS_PER_CHILD,
            initializer=_limit,
            context=context,
        )

    def submit(self, document: Document, source: Source, seen: bytes) -> Future[Reading]:
        """Have a document read (see :func:`aggregator.wire.reading.read`).

        The future fails with ParseError when it is no feed, with ParserDied when reading it took
        more than 30 s or 1 GiB or crashed. Its callbacks run in another thread.
        """
        result: Future[Reading] = Future()
        arguments = (document, source, seen, document.fetched_at)
        task = self._pool.schedule(read, args=arguments, timeout=_SECONDS)
        task.add_done_callback(partial(_pass_on, result))
        return result

    def close(self) -> None:
        """Let what was submitted end, then stop the children."""
        self._pool.close()  # type: ignore[no-untyped-call]
        self._pool.join()


def _limit() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))


def _pass_on(result: Future[Reading], task: Future[Reading]) -> None:
    error = task.exception()
    if error is None:
        result.set_result(task.result())
    elif isinstance(error, ParseError):
        result.set_exception(error)
    elif isinstance(error, TimeoutError):
        result.set_exception(ParserDied(f"reading it took more than {_SECONDS} s"))
    elif isinstance(error, MemoryError):
        result.set_exception(ParserDied(f"reading it took more than {_MEMORY >> 20} MiB"))
    elif isinstance(error, ProcessExpired):
        result.set_exception(ParserDied("the process that read it crashed"))
    else:
        result.set_exception(error)
