"""Column types: what SQLite and PostgreSQL must both store exactly.

They convert values themselves, in one step, instead of SQLAlchemy's two or three: a poll stores
and reads some thirty times.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import DateTime, Dialect, Float
from sqlalchemy.types import TypeDecorator


class UtcDateTime(TypeDecorator[datetime]):
    """An aware UTC time; naive ones are refused (ValueError), others converted.

    SQLite has no times: there it is text without a zone, as SQLAlchemy would write it.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> Callable[[datetime | None], Any]:
        """Aware time → what the driver stores."""
        return _to_text if dialect.name == "sqlite" else _to_utc

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], Any]:  # noqa: ARG002 - SQLAlchemy's signature
        """What the driver read → aware UTC."""
        return _from_text if dialect.name == "sqlite" else _to_utc


class Seconds(TypeDecorator[timedelta]):
    """A duration, stored as a number of seconds."""

    impl = Float
    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> Callable[[timedelta | None], Any]:  # noqa: ARG002 - SQLAlchemy's signature
        """Duration → seconds."""
        return lambda value: None if value is None else value.total_seconds()

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], Any]:  # noqa: ARG002 - SQLAlchemy's signature
        """Seconds → duration."""
        return lambda value: None if value is None else timedelta(seconds=value)


def _to_utc(value: datetime | None) -> datetime | None:
    if value is None:
        return None
    if value.tzinfo is None:
        raise ValueError(f"naive time {value!r}: every time is aware UTC")
    return value if value.tzinfo is UTC else value.astimezone(UTC)


def _to_text(value: datetime | None) -> str | None:
    in_utc = _to_utc(value)
    return in_utc.isoformat(" ", "microseconds").removesuffix("+00:00") if in_utc else None


def _from_text(value: str | None) -> datetime | None:
    return None if value is None else datetime.fromisoformat(value + "+00:00")
