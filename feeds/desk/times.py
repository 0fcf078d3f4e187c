"""Times as editors read them (pure)."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

_AGO = re.compile(r"(\d{1,4})([hd])", re.ASCII)


def age(span: timedelta) -> str:
    """How long ago, at a glance: ``12 min``, ``3 h``, ``2 d``."""
    minutes = max(0, int(span / timedelta(minutes=1)))
    if minutes < 1:
        return "now"
    if minutes < 60:
        return f"{minutes} min"
    return f"{minutes // 60} h" if minutes < 48 * 60 else f"{minutes // 1440} d"


def clock_time(value: datetime, zone: ZoneInfo, now: datetime) -> str:
    """``15h30``, or with the day where that was not today."""
    local = value.astimezone(zone)
    if local.date() == now.astimezone(zone).date():
        return f"{local:%Hh%M}"
    return f"{local:%Hh%M} on {local.day} {local:%b}"


def read_time(typed: str, now: datetime, zone: ZoneInfo) -> datetime | None:
    """``6h`` or ``3d`` ago, or the beginning of a day in the newsroom's zone; None: neither."""
    if match := _AGO.fullmatch(typed):
        number = int(match[1])
        return now - (timedelta(hours=number) if match[2] == "h" else timedelta(days=number))
    try:
        return datetime.strptime(typed, "%Y-%m-%d").replace(tzinfo=zone)
    except ValueError:
        return None
