"""A child process that decodes pictures: one that takes too much, or breaks its decoder, takes
down that child only.
"""

from __future__ import annotations

import multiprocessing
from concurrent.futures import BrokenExecutor
from functools import partial

from pebble import ProcessExpired, ProcessPool

from aggregator.errors import PictureRefused
from aggregator.wire.confined import limit_memory, within
from aggregator.wire.imaging import Developed, develop

_WAITING = 4
"""So many times as long may a child wait for a processor, before it is taken for stuck."""

_PICTURES_PER_CHILD = 50


class Darkroom:
    """Develops pictures, one at a time; to be closed."""

    def __init__(self, *, seconds: float = 15, memory: int = 1 << 30) -> None:
        """``seconds`` is the processor's time that a picture may take, ``memory`` in bytes."""
        self._seconds = seconds
        self._memory = memory
        self._pool: ProcessPool | None = None

    def develop(self, body: bytes) -> Developed:
        """See :func:`aggregator.wire.imaging.develop`; waits for it.

        Raises PictureRefused, also when reading the picture took too much or crashed.
        """
        task = self._running().schedule(
            within, args=(self._seconds, partial(develop, body)), timeout=_WAITING * self._seconds
        )
        try:
            developed: Developed = task.result()
        except TimeoutError:
            raise PictureRefused("reading the picture took too long") from None
        except MemoryError:
            raise PictureRefused("reading the picture took too much memory") from None
        except (ProcessExpired, BrokenExecutor):
            raise PictureRefused("the picture broke the process that read it") from None
        return developed

    def close(self) -> None:
        """Stop the child."""
        if self._pool is not None:
            self._pool.stop()  # type: ignore[no-untyped-call]
            self._pool.join()

    def _running(self) -> ProcessPool:
        # Begun with the first picture: most processes never see one.
        if self._pool is None or not self._pool.active:
            context = multiprocessing.get_context("forkserver")
            self._pool = ProcessPool(
                max_workers=1,
                max_tasks=_PICTURES_PER_CHILD,
                initializer=limit_memory,
                initargs=[self._memory],
                context=context,
            )
        return self._pool
