"""What every thread of this room does: a piece of work again and again, whatever befalls it."""

from __future__ import annotations

import logging
import threading
from abc import ABC, abstractmethod

from aggregator.errors import AggregatorError

log = logging.getLogger(__name__)


class Background(ABC):
    """A thread that takes a turn when it is woken, and ``every`` so many seconds if that is given;
    to be stopped.

    Trouble that a turn meets is said in a line that begins with ``trouble``, a fault of ours with
    its traceback; the next turn comes all the same. A subclass is ready before it calls this.
    """

    def __init__(self, name: str, trouble: str, every: float | None = None) -> None:
        self._name = name
        self._trouble = trouble
        self._every = every
        self._woken = threading.Event()
        self._stopped = threading.Event()
        self._asked = False
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def wake(self) -> None:
        """Take a turn soon; returns at once, and may be called by a signal's handler."""
        self._woken.set()

    def stop(self) -> None:
        """End after the turn that is being taken."""
        self._stopped.set()
        self._woken.set()
        self._thread.join()

    @abstractmethod
    def _turn(self) -> None:
        """Do the work once; ``_asked`` tells whether somebody woke us for it."""

    def _run(self) -> None:
        while True:
            self._asked = self._woken.wait(self._every)
            self._woken.clear()
            if self._stopped.is_set():
                return
            try:
                self._turn()
            except AggregatorError as error:
                log.error("%s: %s", self._trouble, error)  # noqa: TRY400 - its text says it
            except Exception:
                log.exception("%s failed; it is tried again", self._name)
