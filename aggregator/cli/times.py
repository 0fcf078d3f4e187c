"""Times as people give them on the command line."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import click

from aggregator.cli.app import utc_now

_AGO = re.compile(r"(\d{1,5})([mhd])$")
_UNITS = {"m": "minutes", "h": "hours", "d": "days"}

since_option = click.option(
    "--since", metavar="T", help="Not older than this: 2025-06-23T13:30, 6h, 3d."
)


def read_time(text: str, option: str) -> datetime:
    """A time as it is written: without a zone where it names none. Raises BadParameter."""
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        message = f"'{text}' is no time; write 2025-06-23T13:30"
        raise click.BadParameter(message, param_hint=option) from None


def read_since(text: str, zone: ZoneInfo) -> datetime:
    """A date or time (in the newsroom's zone unless it says otherwise), or how long ago.

    Raises BadParameter.
    """
    if match := _AGO.match(text):
        return utc_now() - timedelta(**{_UNITS[match[2]]: int(match[1])})
    try:
        read = datetime.fromisoformat(text)
    except ValueError:
        message = f"'{text}' is no time; write 2025-06-23, 2025-06-23T13:30 or 6h"
        raise click.BadParameter(message, param_hint="--since") from None
    return read if read.tzinfo else read.replace(tzinfo=zone)
