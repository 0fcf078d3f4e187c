"""Whose address a visitor has, as the server that we run sees it."""

from __future__ import annotations

import threading
from urllib.request import Request, urlopen

import pytest
from waitress.server import create_server

from aggregator.cli.serve import proxied


@pytest.mark.parametrize(
    ("trusted", "sent", "seen"),
    [
        (None, "198.51.100.7", "127.0.0.1"),
        ("192.0.2.9", "198.51.100.7", "127.0.0.1"),
        ("127.0.0.1", "198.51.100.7", "198.51.100.7"),
        ("127.0.0.1", "10.0.0.1, 198.51.100.7", "198.51.100.7"),
    ],
)
def test_only_the_trusted_proxy_says_who_asks(trusted: str | None, sent: str, seen: str) -> None:
    def app(environ, start_response):
        start_response("200 OK", [])
        return [environ["REMOTE_ADDR"].encode()]

    server = create_server(app, host="127.0.0.1", port=0, **proxied(trusted))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        asked = Request(f"http://127.0.0.1:{server.effective_port}/")
        asked.add_header("X-Forwarded-For", sent)
        with urlopen(asked) as answer:
            assert answer.read().decode() == seen
    finally:
        server.close()
        server.task_dispatcher.shutdown()
        thread.join(10)
