"""What a source's server wants to be told of who asks (pure)."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from urllib.parse import urlsplit

from aggregator.domain import Credential, Source
from aggregator.errors import FetchError

_PORTS = {"http": 80, "https": 443}


def credential(source: Source, secrets: Mapping[str, str]) -> Credential | None:
    """The credential of a source; None for one without ``auth``.

    ``user:password`` is for Basic authentication (RFC 7617); a text without a colon, which no token
    has, is a Bearer token (RFC 6750). Raises FetchError when the environment does not have it.
    """
    if source.auth is None:
        return None
    secret = secrets.get(source.auth)
    if secret is None:
        name = source.auth.removeprefix("env:")
        raise FetchError(f"auth: the environment has no {name}; set it where the service starts")
    basic = ":" in secret
    header = f"Basic {b64encode(secret.encode()).decode()}" if basic else f"Bearer {secret}"
    return Credential(origin(source.url), header)


def origin(url: str) -> str:
    """Scheme, host and port of an address (RFC 6454), in one spelling."""
    parts = urlsplit(url)
    scheme = parts.scheme.lower()
    return f"{scheme}://{parts.hostname}:{parts.port or _PORTS.get(scheme, 0)}"
