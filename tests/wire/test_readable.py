"""An article out of its page, read in a child process."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from aggregator.domain import Document
from aggregator.errors import ParseError
from aggregator.wire.parsers import Parsers
from tests.build import document

SAID = "Le tunnel du Lac-Noir, long de quatorze kilomètres, a été inauguré lundi par la ministre."
PAGE = (
    "<html><head><title>T</title></head><body><nav><a href='/'>Accueil</a></nav>"
    f"<article><h1>Le tunnel ouvre</h1><p>{SAID}</p><p>{SAID.upper()}</p>"
    "<script>alert(1)</script></article><footer>Mentions légales</footer></body></html>"
)


@pytest.fixture(scope="module")
def parsers() -> Iterator[Parsers]:
    made = Parsers()
    yield made
    made.close()


def read(parsers: Parsers, page: Document) -> str:
    return parsers.extract(page).result(timeout=60)


@pytest.mark.parametrize("charset", ["utf-8", "iso-8859-1"])
def test_the_text_and_nothing_around_it(parsers: Parsers, charset: str) -> None:
    html = document(PAGE.encode(charset), content_type=f"text/html; charset={charset}")
    text = read(parsers, html)
    assert text.splitlines()[-2:] == [SAID, SAID.upper()]
    assert not any(word in text for word in ("Accueil", "Mentions", "alert", "<"))


@pytest.mark.parametrize(
    ("body", "kind", "said"),
    [
        (b"", "text/html", "no article"),
        (b"<html><body></body></html>", "text/html", "no article"),
        (b"%PDF-1.7", "application/pdf", "no page but application/pdf"),
        (b"\x00\xff\xfe<p", "text/html; charset=no-such", "no article"),
    ],
)
def test_what_has_none(parsers: Parsers, body: bytes, kind: str, said: str) -> None:
    with pytest.raises(ParseError, match=said):
        read(parsers, document(body, content_type=kind))


def test_a_page_made_to_hurt(parsers: Parsers) -> None:
    """Whatever comes of it, this process lives, and the next page is read."""
    for body in (b"<div>" * 200_000, b"<a href='" * 100_000, b"<p>x</p>" * 200_000):
        parsers.extract(document(body, content_type="text/html")).exception(timeout=110)
    html = document(PAGE, content_type="text/html; charset=utf-8")
    assert SAID in read(parsers, html)
