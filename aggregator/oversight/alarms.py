"""What operators are woken for, once, and told the end of (pure)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from aggregator.domain import Alarm, Queue, SourceStatus, Trouble
from aggregator.oversight.limits import Limits


@dataclass(frozen=True, slots=True)
class Message:
    """What to tell of an alarm; ``is_over`` is for its end."""

    alarm: Alarm
    is_over: bool

    @property
    def subject(self) -> str:
        """One line."""
        return f"{'Over' if self.is_over else 'Alarm'}: {self.alarm.text}"


def conditions(
    troubles: Iterable[Trouble], queue: Queue, free: int | None, now: datetime, limits: Limits
) -> dict[str, str]:
    """What is wrong now, in a sentence each, under a name that stays the same while it lasts."""
    found = {}
    polled = False
    for trouble in troubles:
        source, status = trouble.health.source, trouble.health.status
        polled |= status in (SourceStatus.OK, SourceStatus.FAILING)
        failing = status in (SourceStatus.FAILING, SourceStatus.GONE)
        if failing and trouble.since and now - trouble.since >= limits.long_failing:
            since = f"{trouble.since:%d %b %H:%M} UTC"
            found[f"source:{source.id}"] = f"source {source.id} has been failing since {since}"
    new_at = queue.new_item_at
    if polled and new_at and now - new_at >= limits.silence:
        found["silence"] = f"nothing new came from any source since {new_at:%d %b %H:%M} UTC"
    if queue.lag >= limits.lag:
        found["lag"] = f"polls are late by {in_words(limits.lag)} or more"
    if free is not None and free < limits.disk:
        found["disk"] = f"fewer than {limits.disk >> 20} MiB are free where the database is"
    return found


def review(
    present: Mapping[str, str], known: Iterable[Alarm], now: datetime
) -> tuple[list[Alarm], list[str]]:
    """The alarms as they are now, and the keys of those that nobody needs to hear of any more."""
    left = dict(present)
    kept: list[Alarm] = []
    forgotten: list[str] = []
    for alarm in known:
        if alarm.key in left:
            kept.append(replace(alarm, cleared_at=None))
            del left[alarm.key]
        elif alarm.told_at is None:
            forgotten.append(alarm.key)
        else:
            kept.append(replace(alarm, cleared_at=alarm.cleared_at or now))
    kept += [Alarm(key, now, text) for key, text in left.items()]
    return kept, forgotten


def to_tell(alarms: Iterable[Alarm]) -> list[Message]:
    """What has to be told and has not been."""
    return [
        Message(alarm, is_over=alarm.cleared_at is not None)
        for alarm in alarms
        if alarm.told_at is None or alarm.cleared_at is not None
    ]


def in_words(span: timedelta) -> str:
    """``40 seconds``, ``15 minutes``, ``6 hours``, ``3 days``: the largest unit that it fills."""
    seconds = max(0, round(span.total_seconds()))
    for size, unit in ((86400, "day"), (3600, "hour"), (60, "minute")):
        if seconds >= 2 * size or seconds == size:
            count = round(seconds / size)
            return f"{count} {unit}{'' if count == 1 else 's'}"
    return f"{seconds} second{'' if seconds == 1 else 's'}"
