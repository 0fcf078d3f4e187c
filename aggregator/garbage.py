"""Python's garbage collector, told how a process that polls uses memory."""

from __future__ import annotations

import gc

_NEW_OBJECTS = 20_000
"""A batch of polls, or one document, makes thousands of objects that all go by themselves."""


def settle() -> None:
    """Say that the process has started: what is there now stays and need not be looked through
    again, and among what comes there are few cycles, for which it is enough to look less often.
    """
    gc.freeze()
    gc.set_threshold(_NEW_OBJECTS)
