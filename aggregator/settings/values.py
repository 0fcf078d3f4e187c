"""The kinds of value that the files hold: how each is written and what it may be."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Annotated
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BeforeValidator

from aggregator.wire.filters import compiled
from aggregator.wire.guard import Guard

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_DURATION = re.compile(r"(\d{1,9}(?:\.\d{1,3})?)\s*([smhd]?)$")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$")
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*$")


def _text(value: str) -> str:
    if not value.strip():
        raise ValueError("must not be empty")
    if not value.isprintable():
        raise ValueError("must be one line without control characters")
    return value.strip()


def _slug(value: str) -> str:
    if not _SLUG.match(value) or len(value) > 64:
        raise ValueError(
            f"'{value}' must be made of lower-case letters, digits and single hyphens, such as "
            "'le-monde', at most 64 of them"
        )
    return value


def _url(value: str) -> str:
    example = "it must be an address such as https://www.example.org/feed.xml"
    try:
        parts = urlsplit(value)
        usable = bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        raise ValueError(f"'{value}' cannot be read; {example}") from None
    if parts.scheme not in ("http", "https"):
        raise ValueError(f"'{value}' is no http or https address; {example}")
    if "@" in parts.netloc:
        raise ValueError("must not hold a user name or password; they would end up in logs")
    if not usable or re.search(r"\s", value):
        raise ValueError(f"'{value}' cannot be read; {example}")
    return value


def _broker_url(value: str) -> str:
    try:
        parts = urlsplit(value)
        usable = bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        usable = False
    if not usable or parts.scheme not in ("amqp", "amqps", "redis", "rediss"):
        raise ValueError(
            "is no broker's address; right: amqp://user:password@host:5672 (RabbitMQ) or "
            "redis://host:6379/0"
        )
    return value


def _base_url(value: str) -> str:
    if urlsplit(value).query or urlsplit(value).fragment:
        raise ValueError("must not have a '?' or '#' part")
    return value.rstrip("/")


def _language(value: str) -> str:
    if not _LANGUAGE.match(value):
        raise ValueError(f"'{value}' is no language tag; write it like fr, en or nl-BE")
    return value


def _zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(f"'{value}' is no time zone; write it like Europe/Brussels") from None
    return value


def _duration(value: object) -> timedelta:
    """``15m``, ``90s``, ``2h``, ``1d``, or seconds as a bare number."""
    match = _DURATION.match(str(value)) if isinstance(value, str | int | float) else None
    if not match or isinstance(value, bool):
        raise ValueError(f"'{value}' is no duration; write it like 90s, 15m, 2h or 1d")
    return timedelta(seconds=float(match[1]) * _UNITS[match[2] or "s"])


def _pattern(value: str) -> str:
    try:
        compiled(value)
    except ValueError as error:
        raise ValueError(f"'{value}' is no RE2 pattern: {error}") from None
    return value


def _allowance(value: str) -> str:
    Guard.allowing([value])
    return value


def _one_or_many(value: object) -> object:
    return [value] if isinstance(value, str) else value


Text = Annotated[str, AfterValidator(_text)]
Slug = Annotated[Text, AfterValidator(_slug)]
Url = Annotated[Text, AfterValidator(_url)]
BrokerUrl = Annotated[Text, AfterValidator(_broker_url)]
BaseUrl = Annotated[Url, AfterValidator(_base_url)]
Language = Annotated[Text, AfterValidator(_language)]
Zone = Annotated[Text, AfterValidator(_zone)]
Duration = Annotated[timedelta, BeforeValidator(_duration)]
Pattern = Annotated[Text, AfterValidator(_pattern)]
Allowance = Annotated[Text, AfterValidator(_allowance)]
OneOrMany = BeforeValidator(_one_or_many)
