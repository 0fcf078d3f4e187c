"""Whose address a visitor has, as the server that we run sees it."""

from __future__ import annotations

from urllib.request import Request, urlopen

import pytest

from aggregator.cli.site import proxied
from tests.feeds.serving import serving


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

    with serving(proxied(app, trusted)) as base:
        asked = Request(base, headers={"X-Forwarded-For": sent})
        with urlopen(asked) as answer:
            assert answer.read().decode() == seen
