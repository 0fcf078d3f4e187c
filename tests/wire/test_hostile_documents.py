"""Documents that were made to hurt: what they name is not opened, what they cost is bounded."""

from __future__ import annotations

import resource
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from aggregator.domain import ParsedFeed
from aggregator.errors import ParseError
from aggregator.wire.clean import legal
from aggregator.wire.parsers import Parsers
from aggregator.wire.reading import read
from tests.build import NOW, document, source

SECRET = "canary-of-a-file"
ITEM = "<item><title>{0}</title><guid>1</guid><description>{0}</description></item>"
RSS = "<?xml version='1.0'?>{doctype}<rss version='2.0'><channel><title>F</title>{items}</channel></rss>"
MIB = 1 << 20


@pytest.fixture(scope="module")
def parsers() -> Iterator[Parsers]:
    made = Parsers(seconds=1, memory=512 * MIB)
    yield made
    made.close()


def entities(*declared: str) -> str:
    return f"<!DOCTYPE rss [{''.join(f'<!ENTITY {one}>' for one in declared)}]>"


def said(feed: ParsedFeed) -> str:
    return " ".join((feed.title, *(f"{i.title} {i.summary} {i.content}" for i in feed.items)))


@pytest.mark.parametrize(
    "external",
    [
        "x SYSTEM '{file}'", "x SYSTEM '{url}'", "x PUBLIC 'p' '{url}'", "% x SYSTEM '{url}'> %x;<!ENTITY x 'y'", "% x SYSTEM '{file}'> %x;<!ENTITY x 'y'",
    ],
)  # fmt: skip
def test_nothing_outside_a_document_is_opened(tmp_path: Path, external: str) -> None:
    (tmp_path / "secret").write_text(SECRET)
    with socket.create_server(("127.0.0.1", 0)) as canary:
        canary.setblocking(False)
        url = f"http://127.0.0.1:{canary.getsockname()[1]}/x.dtd"
        named = external.format(file=f"file://{tmp_path}/secret", url=url)
        for doctype in (entities(named), f"<!DOCTYPE rss SYSTEM '{url}'>"):
            body = RSS.format(doctype=doctype, items=ITEM.format("A &x; b"))
            xinclude = ITEM.format(
                f"<x xmlns='http://www.w3.org/2001/XInclude' href='{url}' parse='text'/>"
            )
            for given in (body, body.replace("</channel>", f"{xinclude}</channel>")):
                assert SECRET not in said(read(document(given), source(), b"", NOW).feed)
        with pytest.raises(BlockingIOError):
            canary.accept()


LAUGHS = entities(
    "a 'ha'", *(f"{b} '{f'&{a};' * 10}'" for a, b in zip("abcdefghi", "bcdefghij", strict=True))
)
BOMBS = {
    "laughs": RSS.format(doctype=LAUGHS, items=ITEM.format("&j;")),
    "quadratic": RSS.format(
        doctype=entities(f"a '{'a' * 100_000}'"), items=ITEM.format("&a;" * 20_000)
    ),
    "laughs in UTF-16": RSS.format(doctype=LAUGHS, items=ITEM.format("&j;")).encode("utf-16"),
    "deep": RSS.format(doctype="", items="<item>" + "<b>" * 200_000),
    "deep in HTML": RSS.format(doctype="", items=ITEM.format("&lt;div>" * 100_000)),
    "attributes": RSS.format(
        doctype="", items="<item " + " ".join(f"a{n}='x'" for n in range(200_000)) + "/>"
    ),
    "names": RSS.format(
        doctype="", items="".join(f"<x{n}:y xmlns:x{n}='u{n}'>" for n in range(50_000))
    ),
    "one long tag": RSS.format(doctype="", items=f"<{'a' * 5_000_000}"),
    "open CDATA": RSS.format(doctype="", items="<![CDATA[" * 300_000),
    "open comments": RSS.format(doctype="", items="<!--" * 300_000),
    "long numbers": RSS.format(doctype="", items=ITEM.format("&#" + "9" * 1_000_000 + ";")),
    "JSON": '{"version":"https://jsonfeed.org/version/1","items":' + "[" * 500_000,
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_costs_its_child_a_little_and_nobody_else(parsers: Parsers, name: str) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    failed = parsers.submit(document(BOMBS[name]), source(), b"").exception(timeout=110)
    assert failed is None or isinstance(failed, ParseError), failed
    # The child's own limit holds the rest: what grows here is the copy that it is sent.
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100 * 1024
    good = parsers.submit(document(RSS.format(doctype="", items=ITEM.format("A"))), source(), b"")
    assert [item.title for item in good.result(timeout=110).feed.items] == ["A"]


@pytest.mark.parametrize(
    "odd",
    [b"&#999999999999;", b"&#0;", b"&#xD800;", b"&#xdFfF;&#x00110000;&#00055296;", b"&#" + b"9" * 5000 + b";", b"\0", b"\xff\xfe", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"&#x1b;[31m", b"&amp;#23;", b"<![CDATA[&#x1;<a title='&#2;'>&#xFFFE;</a>]]>", "\u202e\ufffe".encode(), b"\x0b"],
)  # fmt: skip
def test_odd_bytes_become_what_a_feed_may_hold(odd: bytes) -> None:
    body = RSS.format(doctype="", items=ITEM.format("A ODD b")).encode().replace(b"ODD", odd)
    feed = read(document(body), source(), b"", NOW).feed
    text = said(feed)
    assert "A" in text
    assert feed.items[0].title[-1] == "b" or odd == b"\0"
    assert legal(text) == text
