"""WebSub (W3C Recommendation, 2018): subscribers' questions and checks, publishers' news (pure)."""

from __future__ import annotations

import hmac
import ipaddress
import re
from collections.abc import Iterable, Mapping
from datetime import timedelta
from urllib.parse import urlencode, urlsplit

from aggregator.wire.clean import web_url
from aggregator.wire.guard import Guard

PATH = "/websub/"
"""Under the site's base URL; what follows is a subscription's token."""

_LEASE = timedelta(days=10)
_SHORTEST, _LONGEST = timedelta(minutes=5), timedelta(days=30)
_LINK = re.compile(r"<([^<>]{1,2000})>([^<>]{0,2000})")
_REL = re.compile(r"""\brel\s*=\s*"?([^";,]+)""", re.IGNORECASE)
_ALGORITHMS = ("sha256", "sha384", "sha512")


def is_reachable(base_url: str, guard: Guard) -> bool:
    """Whether a hub can call us: the site has a public address, or one that the operator allows."""
    parts = urlsplit(base_url)
    host = parts.hostname or ""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return "." in host
    return guard.permits(host, parts.port or (443 if parts.scheme == "https" else 80))


def link_to(headers: Mapping[str, str], rel: str) -> str | None:
    """Where a Link header of this relation leads (RFC 8288), as far as it is an address."""
    for target, parameters in _LINK.findall(headers.get("link", "")):
        rels = _REL.search(parameters)
        if rels and rel in rels[1].lower().split():
            return web_url(target)
    return None


def question(*, topic: str, callback: str, secret: str) -> bytes:
    """The form that asks a hub to tell us of changes (section 5.1)."""
    return urlencode(
        {
            "hub.mode": "subscribe",
            "hub.topic": topic,
            "hub.callback": callback,
            "hub.secret": secret,
            "hub.lease_seconds": int(_LEASE.total_seconds()),
        }
    ).encode()


def announcement(topics: Iterable[str]) -> bytes:
    """The form that tells a hub that these addresses have something new; hubs do not agree on
    whether that is ``hub.url`` or ``hub.topic``, so it says both.
    """
    named = ((key, topic) for topic in topics for key in ("hub.url", "hub.topic"))
    return urlencode([("hub.mode", "publish"), *named]).encode()


def lease(seconds: str | None) -> timedelta:
    """How long a hub grants a subscription (section 5.3), between five minutes and a month."""
    granted = int(seconds) if seconds and seconds.isdecimal() and len(seconds) < 10 else None
    asked = timedelta(seconds=granted) if granted is not None else _LEASE
    return max(_SHORTEST, min(asked, _LONGEST))


def is_signed(body: bytes, signature: str | None, secret: str) -> bool:
    """Whether ``X-Hub-Signature`` proves that the hub sent this (section 7); SHA-1 does not."""
    method, _, given = (signature or "").partition("=")
    if method not in _ALGORITHMS:
        return False
    expected = hmac.new(secret.encode(), body, method).hexdigest()
    return hmac.compare_digest(expected.encode(), given.strip().lower().encode())
