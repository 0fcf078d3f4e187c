"""The kinds of value that the files hold: how each is written and what it may be."""

from __future__ import annotations

import re
from collections.abc import Mapping
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

KINDS = {
    "texts": timedelta(days=30),
    "revisions": timedelta(days=30),
    "ledger": timedelta(days=30),
    "audit": timedelta(days=365),
    "incidents": timedelta(days=30),
    "failures": timedelta(days=7),
    "notices": timedelta(days=7),
    "seen": timedelta(days=7),
    "sessions": timedelta(0),
}
"""What can be pruned, and for how long each must be kept at least."""


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


def _listen(value: str) -> str:
    host, _, port = value.rpartition(":")
    if not host or not port.isdecimal() or not 0 < int(port) < 65536:
        raise ValueError(f"'{value}' is no host and port; write it like 127.0.0.1:9464")
    return value


def _mailbox(value: str) -> str:
    if not re.fullmatch(r"[^@\s<>,]+@[^@\s<>,]+", value):
        raise ValueError(f"'{value}' is no mail address; write it like desk@example.org")
    return value


def _one_of(*words: str) -> AfterValidator:
    def check(value: str) -> str:
        if value not in words:
            raise ValueError(f"'{value}' must be one of {', '.join(words)}")
        return value

    return AfterValidator(check)


def _retained(value: object) -> dict[str, timedelta]:
    """Each kind with how long it is kept."""
    if not isinstance(value, Mapping):
        raise ValueError("must have keys such as texts: 365d")  # noqa: TRY004 - pydantic's
    kept = {}
    for kind, age in value.items():
        if kind not in KINDS:
            raise ValueError(f"unknown kind '{kind}'; the kinds are {', '.join(KINDS)}")
        kept[str(kind)] = _duration(age)
        if kept[str(kind)] < KINDS[kind]:
            raise ValueError(f"{kind} must be kept for {KINDS[kind].days}d at least")
    return kept


def _one_or_many(value: object) -> object:
    return [value] if isinstance(value, str) else value


Text = Annotated[str, AfterValidator(_text)]
Slug = Annotated[Text, AfterValidator(_slug)]
Url = Annotated[Text, AfterValidator(_url)]
BaseUrl = Annotated[Url, AfterValidator(_base_url)]
Language = Annotated[Text, AfterValidator(_language)]
Zone = Annotated[Text, AfterValidator(_zone)]
Duration = Annotated[timedelta, BeforeValidator(_duration)]
Pattern = Annotated[Text, AfterValidator(_pattern)]
Allowance = Annotated[Text, AfterValidator(_allowance)]
Listen = Annotated[Text, AfterValidator(_listen)]
Mailbox = Annotated[Text, AfterValidator(_mailbox)]
LogFormat = Annotated[Text, _one_of("text", "json")]
SmtpSecurity = Annotated[Text, _one_of("none", "starttls", "tls")]
Retained = Annotated[dict[str, timedelta], BeforeValidator(_retained)]
OneOrMany = BeforeValidator(_one_or_many)
