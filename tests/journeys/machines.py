"""Machines of the tests' own: network namespaces with an address each, linked to the one that
they are made from.

That one must be made for it, too, so that nothing of the real network changes:
``unshare --net python -m tests.journeys.killing --machines``.
"""

from __future__ import annotations

import json
import os
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

NETWORK = "10.213.0.0/16"
"""Where all these addresses are."""


@dataclass(frozen=True, slots=True)
class Machine:
    """``wrap`` is what a command is put behind to run there."""

    address: str
    wrap: tuple[str, ...]


def addresses_of_ours(count: int) -> list[str]:
    """So many addresses of this side, which all machines reach."""
    links = json.loads(_ip("-json", "link").stdout)
    alone = all(link["ifname"] == "lo" or "UP" not in link["flags"] for link in links)
    assert alone, "not in a network that others use; start it with: unshare --net"
    _ip("link", "set", "lo", "up")
    ours = [f"10.213.100.{n + 1}" for n in range(count)]
    for address in ours:
        _ip("address", "add", f"{address}/32", "dev", "lo")
    return ours


@contextmanager
def machines(count: int) -> Iterator[list[Machine]]:
    """So many machines; they end with what runs in them."""
    with ExitStack() as stack:
        yield [stack.enter_context(_machine(n + 1)) for n in range(count)]


@contextmanager
def _machine(number: int) -> Iterator[Machine]:
    ours, its = f"10.213.{number}.1", f"10.213.{number}.2"
    with subprocess.Popen(["unshare", "--net", "sleep", "infinity"]) as holder:
        try:
            while _namespace(holder.pid) == _namespace(os.getpid()):
                assert holder.poll() is None, "no network namespace can be made here"
                time.sleep(0.01)
            wrap = ("nsenter", f"--net=/proc/{holder.pid}/ns/net")
            link = f"machine{number}"
            _ip("link", "add", link, "type", "veth", "peer", "eth0", "netns", str(holder.pid))
            _ip("address", "add", f"{ours}/24", "dev", link)
            _ip("link", "set", link, "up")
            _ip("address", "add", f"{its}/24", "dev", "eth0", wrap=wrap)
            for name in ("lo", "eth0"):
                _ip("link", "set", name, "up", wrap=wrap)
            _ip("route", "add", "default", "via", ours, wrap=wrap)
            yield Machine(its, wrap)
        finally:
            holder.kill()


def _namespace(process: int) -> Path:
    return Path(f"/proc/{process}/ns/net").readlink()


def _ip(*words: str, wrap: Sequence[str] = ()) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*wrap, "ip", *words], check=True, capture_output=True, text=True)
