"""Names that change their minds, in a network of their own: what a fetcher there connects to.

Run inside ``unshare --map-root-user --mount --net`` (tests do): loopback is all that there is, an
address that is public elsewhere belongs to it, and the only name server is the one below. Prints
one JSON object.
"""

from __future__ import annotations

import fcntl
import json
import os
import socket
import struct
import subprocess
import sys
import tempfile
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from itertools import chain, cycle, repeat
from pathlib import Path
from typing import Any

from aggregator.domain import Request
from aggregator.errors import FetchError
from aggregator.wire.fetch import Fetcher
from aggregator.wire.guard import Guard

OUTSIDE, INSIDE = "93.184.216.34", "127.0.0.1"
FEED = b"<rss version='2.0'><channel><title>F</title><item><title>T</title><guid>1</guid></item></channel></rss>"

_SET_ADDRESS, _SET_FLAGS, _UP = 0x8916, 0x8914, 0x1
_A, _CNAME, _AAAA = 1, 5, 28

Addresses = Iterator[tuple[str, ...]]
"""What a name is answered with, question after question."""


def network() -> None:
    """Loopback goes up and has the public address as well."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        flags = struct.pack("16sH14x", b"lo", _UP)
        fcntl.ioctl(any_socket, _SET_FLAGS, flags)
        address = struct.pack("16sHH4s8x", b"lo:1", socket.AF_INET, 0, socket.inet_aton(OUTSIDE))
        fcntl.ioctl(any_socket, _SET_ADDRESS, address)


class Names:
    """A name server on port 53 whose answers may not be kept (TTL 0)."""

    def __init__(self, names: dict[str, Addresses]) -> None:
        self._names = names
        self.asked: Counter[str] = Counter()
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind((INSIDE, 53))
        threading.Thread(target=self._run, daemon=True).start()

    def _run(self) -> None:
        while True:
            question, client = self._socket.recvfrom(512)
            self._socket.sendto(self._answer(question), client)

    def _answer(self, question: bytes) -> bytes:
        labels, at = [], 12
        while question[at]:
            labels.append(question[at + 1 : at + 1 + question[at]])
            at += 1 + question[at]
        name = b".".join(labels).decode()
        (kind,) = struct.unpack("!H", question[at + 1 : at + 3])
        known = self._names.get(name)
        records: list[bytes] = []
        if known and kind in (_A, _AAAA):
            # glibc asks for both kinds at once; the question for IPv6 must not use up an answer.
            version = 4 if kind == _A else 6
            if name.startswith("six") == (version == 6):
                self.asked[name] += 1
                records = [record(kind, ip) for ip in next(known)]
        head = question[:2] + struct.pack("!HHHHH", 0x8580, 1, len(records), 0, 0)
        return head + question[12 : at + 5] + b"".join(records)


def record(kind: int, address: str) -> bytes:
    data = ip_address(address).packed
    return struct.pack("!HHHIH", 0xC00C, kind, 1, 0, len(data)) + data


@contextmanager
def origin() -> Iterator[tuple[int, list[str]]]:
    """A server on all addresses; its port, and by which address each request came."""
    seen: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *args: Any) -> None:
            pass

        def do_GET(self) -> None:
            seen.append(self.connection.getsockname()[0].removeprefix("::ffff:"))
            if self.path.startswith("/to/"):
                self.send_response(302)
                self.send_header("Location", f"http://{self.path[4:]}/")
                self.end_headers()
                return
            found = not self.path.startswith("/robots")
            self.send_response(200 if found else 404)
            self.end_headers()
            self.wfile.write(FEED if found else b"")

    class Server(ThreadingHTTPServer):
        address_family = socket.AF_INET6
        daemon_threads = True

    server = Server(("::", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield server.server_port, seen
    server.shutdown()
    server.server_close()


def fetched(url: str, guard: Guard) -> str:
    """How one fetch ends, by a fetcher that has asked for no name before."""
    fetcher = Fetcher(user_agent="T", guard=guard, utc_now=lambda: datetime.now(UTC), host_rate=0)
    try:
        return str(fetcher.submit(Request(url)).result(30).status)
    except FetchError as error:
        return type(error).__name__
    finally:
        fetcher.close()


def polled(folder: Path, url: str) -> Callable[[], dict[str, Any]]:
    """A newsroom with this one source; what the whole program says of polling it."""
    (folder / "config").mkdir()
    declared = {"sources": [{"id": "rebinder", "name": "R", "url": url}]}
    (folder / "config" / "sources.yaml").write_text(json.dumps(declared))
    environ = os.environ | {"AGGREGATOR_HOST_RATE": "0"}

    def run(*command: str) -> str:
        called = [sys.executable, "-m", "aggregator", *command]
        return subprocess.run(
            called, cwd=folder, env=environ, stdout=subprocess.PIPE, text=True
        ).stdout

    run("db", "upgrade")
    return lambda: json.loads(run("poll", "--json").splitlines()[0])


def main() -> None:
    names: dict[str, Addresses] = {
        "always.test": repeat((OUTSIDE,)),
        "later.test": chain([(OUTSIDE,)], repeat((INSIDE,))),
        "turns.test": cycle([(OUTSIDE,), (INSIDE,)]),
        "both.test": repeat((INSIDE, OUTSIDE)),
        "six.test": repeat(("::1",)),
        "six-mapped.test": repeat(("::ffff:127.0.0.1",)),
        "poll.test": repeat((OUTSIDE,)),
    }
    network()
    folder = Path(tempfile.mkdtemp())
    (folder / "resolv.conf").write_text(f"nameserver {INSIDE}\noptions timeout:2 attempts:5\n")
    subprocess.run(["mount", "--bind", folder / "resolv.conf", "/etc/resolv.conf"], check=True)
    server = Names(names)
    told: dict[str, Any] = {}
    with origin() as (port, seen):

        def ask(*hosts: str, guard: Guard = Guard()) -> dict[str, Any]:  # noqa: B008 - it is a value
            seen.clear()
            server.asked.clear()
            ends = [fetched(f"http://{host}:{port}/x", guard) for host in hosts]
            return {"ends": ends, "by": list(seen), "questions": dict(server.asked)}

        told["always"] = ask("always.test")
        told["later"] = ask(*["later.test"] * 3)
        told["turns"] = ask(*["turns.test"] * 6)
        told["both"] = ask(*["both.test"] * 3)
        told["six"] = ask("six.test", "six-mapped.test")
        told["unguarded"] = ask(
            "later.test", "six.test", guard=Guard.allowing(["127.0.0.0/8", "::1/128"])
        )
        seen.clear()
        hop = f"http://always.test:{port}/to/later.test:{port}"
        told["redirected"] = {"ends": [fetched(hop, Guard())], "by": list(seen)}
        poll = polled(folder, f"http://poll.test:{port}/feed")
        seen.clear()
        told["polls"] = [poll()]
        names["poll.test"] = repeat((INSIDE,))
        told["polls"].append(poll())
        told["polled_by"] = list(seen)
    sys.stdout.write(json.dumps(told))


if __name__ == "__main__":
    main()
