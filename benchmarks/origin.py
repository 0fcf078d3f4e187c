"""A fast origin on loopback: every path is a feed; what it answers depends on its mode.

``python -m benchmarks.origin [--everywhere]`` prints its port, on 127.0.0.1 or on every address of
loopback; each line on stdin sets the mode: ``etag`` (validators, 304), ``plain`` (neither), ``new
N`` (validators, N entries added), ``tenth N`` (the same for every tenth feed).
"""

from __future__ import annotations

import asyncio
import sys
import zlib
from functools import lru_cache

from benchmarks.documents import feed


class Origin(asyncio.Protocol):
    """One connection, kept alive."""

    mode = "etag"
    extra = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Remember where to write."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._buffer = b""

    def data_received(self, data: bytes) -> None:
        """Answer each whole request."""
        self._buffer += data
        while b"\r\n\r\n" in self._buffer:
            request, _, self._buffer = self._buffer.partition(b"\r\n\r\n")
            path = request.split(b" ", 2)[1].decode()
            self._transport.write(self._answer(path, request))

    def _answer(self, path: str, request: bytes) -> bytes:
        if not path.startswith("/feed/"):
            return b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"
        number = int(path.rpartition("/")[2])
        extra = self.extra if self.mode != "tenth" or number % 10 == 0 else 0
        etag = b'"%d-%d"' % (number, extra)
        if self.mode != "plain" and etag in request:
            return b"HTTP/1.1 304 Not Modified\r\nETag: " + etag + b"\r\n\r\n"
        validators = b"" if self.mode == "plain" else b"ETag: " + etag + b"\r\n"
        body = zlib.decompress(_packed(number, extra))
        return (
            b"HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml; charset=utf-8\r\n"
            + validators
            + b"Content-Length: %d\r\n\r\n" % len(body)
            + body
        )


@lru_cache(maxsize=20_000)
def _packed(number: int, extra: int) -> bytes:
    return zlib.compress(feed(number, extra), 1)


async def main() -> None:
    """Serve until stdin ends."""
    loop = asyncio.get_running_loop()
    address = "0.0.0.0" if "--everywhere" in sys.argv else "127.0.0.1"
    server = await loop.create_server(Origin, address, 0, backlog=1000)
    print(server.sockets[0].getsockname()[1], flush=True)
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        mode, _, extra = line.strip().partition(" ")
        Origin.mode = mode
        Origin.extra = int(extra or Origin.extra)
        print("ok", flush=True)


if __name__ == "__main__":
    asyncio.run(main())
