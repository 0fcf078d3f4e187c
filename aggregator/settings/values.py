"""The kinds of value that the files hold: how each is written and what it may be."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BeforeValidator, WithJsonSchema

from aggregator.wire.filters import FIELDS, compiled, split
from aggregator.wire.guard import Guard

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_DURATION = re.compile(r"(\d{1,9}(?:\.\d{1,3})?)\s*([smhd]?)$")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$")
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}$")
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*$")
_OTHER_SCHEME = re.compile(r"^(feed|rss|file|ftp):(//)?", re.IGNORECASE)
_LIKE_A_SITE = re.compile(r"[\w-]+(\.[\w-]+)+(:\d+)?(/\S*)?$")
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*$")

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
    if _has_login(value):  # first of all: what else is wrong shows the address
        raise ValueError("must not hold a user name or password; they would end up in logs")
    try:
        parts = urlsplit(value)
        usable = bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        raise ValueError(f"'{value}' cannot be read; {example}") from None
    if parts.scheme not in ("http", "https"):
        bare = _OTHER_SCHEME.sub("", value)
        hint = f"did you mean https://{bare} ?" if _LIKE_A_SITE.match(bare) else example
        raise ValueError(f"'{value}' is no http or https address; {hint}")
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


def _feed_url(value: str) -> str:
    try:
        return _url(value)
    except ValueError as error:
        hint = ": put them into an environment variable, and write auth: env:ITS_NAME"
        raise ValueError(f"{error}{hint * _has_login(value)}") from None


def _has_login(value: str) -> bool:
    return "@" in re.split(r"[/?#]", value.partition("//")[2], maxsplit=1)[0]


def _base_url(value: str) -> str:
    if urlsplit(value).query or urlsplit(value).fragment:
        raise ValueError("must not have a '?' or '#' part")
    return value.rstrip("/")


def _language(value: str) -> str:
    if not _LANGUAGE.match(value):
        raise ValueError(f"'{value}' is no language tag; write it like fr, en or nl-BE")
    return value


def _colour(value: str) -> str:
    if not _COLOUR.match(value):
        raise ValueError(f"'{value}' is no colour; write it like '#a3262a'")
    return value.lower()


def _zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(f"'{value}' is no time zone; write it like Europe/Brussels") from None
    return value


def _duration(value: object) -> timedelta:
    """``15m``, ``90s``, ``2h``, ``1d``, or seconds as a bare number."""
    if not isinstance(value, str | int | float) or isinstance(value, bool):
        raise ValueError("must be a duration like 90s, 15m, 2h or 1d")  # noqa: TRY004 - for pydantic
    match = _DURATION.match(str(value))
    if not match:
        raise ValueError(f"'{value}' is no duration; write it like 90s, 15m, 2h or 1d")
    return timedelta(seconds=float(match[1]) * _UNITS[match[2] or "s"])


def _filter(value: object) -> object:
    """``{category: sport}``, which YAML makes of ``category: sport``, is ``category:sport``."""
    if not isinstance(value, Mapping):
        return value
    ((field, pattern),) = value.items() if len(value) == 1 else ((None, None),)
    if field not in FIELDS or not isinstance(pattern, str):
        raise ValueError(f"must be a pattern, or one after {', '.join(f'{f}:' for f in FIELDS)}")
    return f"{field}:{pattern}"


def _pattern(value: str) -> str:
    _, pattern = split(value)
    try:
        compiled(pattern)
    except ValueError as error:
        raise ValueError(f"'{pattern}' is no RE2 pattern: {error}") from None
    return value


def _auth(value: str) -> str:
    name = value.removeprefix("env:")
    if name == value or not _VARIABLE.match(name):
        raise ValueError(
            "must name an environment variable, like env:FANAL_LOGIN, that holds user:password or "
            "a token; never the secret itself"
        )
    if name.startswith("AGGREGATOR_"):
        raise ValueError("the variable's name must not begin with AGGREGATOR_: those are settings")
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
    return [value] if isinstance(value, str | Mapping) else value


def _said(kind: str, pattern: str = "", **more: object) -> WithJsonSchema:
    """What the JSON Schema says of a kind of value that pydantic only knows as our function."""
    return WithJsonSchema({"type": kind} | ({"pattern": pattern} if pattern else {}) | more)


_WEB = _said("string", "^https?://[^@/?#]+([/?#]|$)", format="uri")
_STRING = {"type": "string"}
_NAMED = {"type": "object", "minProperties": 1, "maxProperties": 1}
_ONE_PATTERN = {
    "anyOf": [_STRING, _NAMED | {"properties": dict.fromkeys(FIELDS, _STRING)}],
}


def _one_or_more(kind: Mapping[str, object]) -> WithJsonSchema:
    return WithJsonSchema({"anyOf": [kind, {"type": "array", "items": kind}]})


Text = Annotated[str, AfterValidator(_text)]
Slug = Annotated[Text, AfterValidator(_slug), _said("string", f"^{_SLUG.pattern}", maxLength=64)]
Url = Annotated[Text, AfterValidator(_url), _WEB]
FeedUrl = Annotated[Text, AfterValidator(_feed_url), _WEB]
BrokerUrl = Annotated[Text, AfterValidator(_broker_url)]
BaseUrl = Annotated[Url, AfterValidator(_base_url)]
Language = Annotated[Text, AfterValidator(_language), _said("string", f"^{_LANGUAGE.pattern}")]
Colour = Annotated[Text, AfterValidator(_colour)]
Zone = Annotated[Text, AfterValidator(_zone)]
_SPAN = {"type": ["string", "number"], "pattern": r"^\d+(\.\d+)?\s*[smhd]?$"}
_SPANS = {"additionalProperties": False, "properties": dict.fromkeys(KINDS, _SPAN)}
Duration = Annotated[timedelta, BeforeValidator(_duration), WithJsonSchema(_SPAN)]
Allowance = Annotated[Text, AfterValidator(_allowance)]
Variable = Annotated[Text, AfterValidator(_auth), _said("string", f"^env:{_VARIABLE.pattern}")]
_Pattern = Annotated[Text, BeforeValidator(_filter), AfterValidator(_pattern)]
Words = Annotated[list[Text], BeforeValidator(_one_or_many), _one_or_more(_STRING)]
Languages = Annotated[list[Language], BeforeValidator(_one_or_many), _one_or_more(_STRING)]
Patterns = Annotated[list[_Pattern], BeforeValidator(_one_or_many), _one_or_more(_ONE_PATTERN)]
Listen = Annotated[Text, AfterValidator(_listen)]
Mailbox = Annotated[Text, AfterValidator(_mailbox)]
LogFormat = Annotated[Text, _one_of("text", "json")]
SmtpSecurity = Annotated[Text, _one_of("none", "starttls", "tls")]
Retained = Annotated[
    dict[str, timedelta],
    BeforeValidator(_retained),
    WithJsonSchema({"type": "object", **_SPANS}),
]
