"""One tree of errors: whatever we raise on purpose is an :class:`AggregatorError`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta

from aggregator.domain import Brief


class AggregatorError(Exception):
    """Something that a user can understand and act on; its text is shown as it is."""


class ConfigError(AggregatorError):
    """The operator's files or environment are wrong; ``problems`` has a line for each mistake.

    What they quote may hold anything: only what can be printed is kept of it.
    """

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = tuple(
            "".join(c if c.isprintable() else "?" for c in problem) for problem in problems
        )
        super().__init__("\n".join(self.problems))


class StoreError(AggregatorError):
    """The database cannot be used as it is: missing, unreadable, foreign, older or newer."""


class StoreBusy(StoreError):
    """The database is there but did not answer in time; trying again later may help."""


class QueueError(AggregatorError):
    """The task queue cannot be used: its packages are missing, or its broker does not answer."""


class LeaseLost(AggregatorError):
    """Another process took over the poll that was about to be recorded."""


class GroupingStale(AggregatorError):
    """Stories were changed meanwhile, by an editor or another process: what was found has to be
    found again.
    """


class RulingRefused(AggregatorError):
    """What an editor asked for cannot be done to these stories; the text says why."""


class AccountRefused(AggregatorError):
    """What was asked for an editor's account cannot be; the text says why."""


class TooManyAttempts(AggregatorError):
    """Passwords were guessed at too often; after ``wait`` one may be tried again."""

    def __init__(self, wait: timedelta) -> None:
        self.wait = wait
        super().__init__("Too many attempts to log in. Please wait and try again.")


class DeskRefused(AggregatorError):
    """What an editor asked for cannot be done to this brief; ``reasons`` has all that is in the
    way, by the field that a form can show it at.
    """

    def __init__(self, reasons: Mapping[str, str]) -> None:
        self.reasons = dict(reasons)
        super().__init__("\n".join(f"{field}: {why}" for field, why in self.reasons.items()))


class EditConflict(AggregatorError):
    """The brief was changed by somebody else meanwhile: ``stored`` is what it is now; ``kept`` the
    number of the revision under which the wording that came too late was kept beside it, if any.
    """

    def __init__(self, stored: Brief, kept: int | None = None) -> None:
        self.stored = stored
        self.kept = kept
        beside = f"; what you wrote is kept as its revision {kept}" if kept else ""
        super().__init__(f"brief {stored.id} was changed meanwhile (now {stored.version}){beside}")


class FetchError(AggregatorError):
    """No HTTP answer could be had; the text says why, in an operator's words."""


class FetchRefused(FetchError):
    """The address is one that we must not reach (see :mod:`aggregator.wire.guard`)."""


class FetchStopped(FetchError):
    """The fetcher was told to stop; the source is not to blame, but it may have been ``asked``."""

    def __init__(self, text: str, *, asked: bool = False) -> None:
        self.asked = asked
        super().__init__(text)


class PictureRefused(AggregatorError):
    """The bytes are no picture that we can show; the text says why, in an editor's words."""


class ParseError(AggregatorError):
    """The document is no feed; the text says what it seems to be instead."""


class ParserDied(ParseError):
    """The process that was to read the document ran out of memory or time, or crashed."""
