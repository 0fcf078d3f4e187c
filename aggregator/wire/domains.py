"""Whose a host is (pure)."""

from __future__ import annotations

import ipaddress
from functools import cache, lru_cache
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from tldextract import TLDExtract


@lru_cache(maxsize=20_000)
def registrable_domain(host: str) -> str | None:
    """``feeds.bbc.co.uk`` → ``bbc.co.uk``; None for an address or a name without a suffix."""
    name = without_port(host)
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return _suffixes()(name).top_domain_under_public_suffix or None
    return None


@cache
def _suffixes() -> TLDExtract:
    # Slow to import (60 ms), and most commands do without.
    from tldextract import TLDExtract  # noqa: PLC0415

    # The list that comes with the package: nothing is fetched.
    return TLDExtract(suffix_list_urls=(), cache_dir=None)


def without_port(host: str) -> str:
    """``example.org:8080`` → ``example.org``."""
    return urlsplit(f"//{host}").hostname or host
