"""Which addresses the fetcher may connect to: public ones, and those the operator allows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)
from typing import Self

_WRONG = "is neither a network such as 127.0.0.0/8 nor an address and port such as 127.0.0.1:80"

# ``is_global`` calls these public although they are, or may lead to, somebody's inside
# (IPv4-compatible, NAT64, 6to4, Teredo, site-local, 6to4 relays).
_NOT_PUBLIC = tuple(
    ip_network(text)
    for text in (
        "::/96",
        "64:ff9b::/96",
        "64:ff9b:1::/48",
        "2002::/16",
        "2001::/32",
        "fec0::/10",
        "192.88.99.0/24",
    )
)


@dataclass(frozen=True, slots=True)
class Guard:
    """The rule that each connection is held against, whatever name led to its address."""

    networks: tuple[IPv4Network | IPv6Network, ...] = ()
    endpoints: frozenset[tuple[IPv4Address | IPv6Address, int]] = frozenset()

    @classmethod
    def allowing(cls, allowances: Iterable[str]) -> Self:
        """Build a guard from networks ("127.0.0.0/8") and endpoints ("127.0.0.1:80", "[::1]:80").

        Raises ValueError, naming the allowance, for anything else.
        """
        networks, endpoints = [], set()
        for allowance in allowances:
            try:
                if endpoint := _endpoint(allowance):
                    endpoints.add(endpoint)
                else:
                    networks.append(ip_network(allowance))
            except ValueError:
                raise ValueError(f"{allowance!r} {_WRONG}") from None
        return cls(tuple(networks), frozenset(endpoints))

    def permits(self, address: str, port: int) -> bool:
        """Whether a connection to this literal IP address and port may be opened."""
        ip = _unwrapped(address)
        if (ip, port) in self.endpoints or any(ip in network for network in self.networks):
            return True
        return ip.is_global and not ip.is_multicast and not any(ip in net for net in _NOT_PUBLIC)


def _endpoint(text: str) -> tuple[IPv4Address | IPv6Address, int] | None:
    host, colon, port = text.rpartition(":")
    bracketed = host.startswith("[") and host.endswith("]")
    if not colon or "/" in text or not (bracketed or "." in host):
        return None
    number = int(port)
    if not 0 < number < 65536:
        raise ValueError(text)
    return ip_address(host.strip("[]")), number


def _unwrapped(address: str) -> IPv4Address | IPv6Address:
    """The address itself; an IPv4 one dressed as IPv6 (::ffff:127.0.0.1) is undressed."""
    ip = ip_address(address.partition("%")[0])
    mapped = ip.ipv4_mapped if isinstance(ip, IPv6Address) else None
    return mapped or ip
