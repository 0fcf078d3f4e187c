"""Times and days as the newsroom writes them (pure)."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from aggregator.desk.cldr import month_and_year, short_day, whole_day

__all__ = ["iso", "list_time", "local_day", "month_and_year", "newsroom_time", "whole_day"]


def newsroom_time(value: datetime, zone: ZoneInfo, language: str = "en") -> str:
    """An aware time the way the newsroom writes it: ``23 Jun 2025 15h30``."""
    local = value.astimezone(zone)
    return f"{short_day(local.date(), language)} {local:%Hh%M}"


def list_time(value: datetime, zone: ZoneInfo) -> str:
    """An aware time as lists have it: ``20/01/2026 10h00``."""
    return f"{value.astimezone(zone):%d/%m/%Y %Hh%M}"


def iso(value: datetime) -> str:
    """An aware time for machines, to the second."""
    return value.isoformat(timespec="seconds")


def local_day(value: datetime, zone: ZoneInfo) -> date:
    """The day of an aware time on the newsroom's calendar."""
    return value.astimezone(zone).date()
