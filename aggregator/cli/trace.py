"""What ``aggregator poll --trace`` shows: what went over the wire, without secrets."""

from __future__ import annotations

import re
from datetime import datetime

import click

from aggregator.domain import SourceHealth
from aggregator.wire.due import why
from aggregator.wire.pace import Pace

_SENT, _ANSWERED = 2, 1
_SECRET = re.compile(
    r"^(authorization|proxy-authorization|cookie|set-cookie):\s*(basic|bearer)?.*", re.IGNORECASE
)


def show(_url: str, kind: int, data: bytes) -> None:
    """Print what was sent (``>``) and answered (``<``), header line by header line."""
    if kind not in (_SENT, _ANSWERED):
        return
    mark = ">" if kind == _SENT else "<"
    for line in data.decode("latin-1").splitlines():
        clean = "".join(c if c.isprintable() else "?" for c in line)
        click.echo(f"{mark} {redacted(clean)}".rstrip(), err=True)


def redacted(line: str) -> str:
    """A header line without what nobody but its server may know."""
    match = _SECRET.match(line)
    if match is None:
        return line
    scheme = f"{match[2]} " if match[2] else ""
    return f"{match[1]}: {scheme}***"


def explain(health: SourceHealth, pace: Pace, now: datetime) -> list[str]:
    """When a source will be polled next, and why then."""
    state = health.state
    when = f"{state.next_poll_at:%d %b %Y %H:%M:%S} UTC" if state.next_poll_at else "at once"
    return [f"next poll: {when}", *(f"  {reason}" for reason in why(health, pace, now))]
