"""How often a password may be guessed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from ipaddress import IPv6Address, ip_address

from aggregator.domain import Attempt

PER_ADDRESS = 5
PER_ACCOUNT = 20
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)


def wait(before: Sequence[Attempt], new: Attempt) -> timedelta:
    """How long an attempt has to wait, given those of its address or account (oldest first).

    An account that is being guessed at stays open to addresses that did not guess: otherwise
    anybody could keep its owner out.
    """
    here = [a for a in before if a.address == new.address and a.at > new.at - MINUTE]
    there = [a for a in before if a.username == new.username and a.at > new.at - HOUR]
    pause = timedelta()
    if len(here) >= PER_ADDRESS:
        pause = here[-PER_ADDRESS].at + MINUTE - new.at
    if len(there) >= PER_ACCOUNT and any(a.address == new.address for a in there):
        pause = max(pause, there[-PER_ACCOUNT].at + HOUR - new.at)
    return pause


def address_of(remote: str | None) -> str:
    """What counts as one address: an IPv6 network of a household has 2**64 of them."""
    try:
        address = ip_address((remote or "").partition("%")[0])
    except ValueError:
        return "unknown"
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped:
            return str(address.ipv4_mapped)
        return str(IPv6Address(int(address) >> 64 << 64)) + "/64"
    return str(address)
