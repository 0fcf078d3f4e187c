"""Strangers' HTML made safe."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from aggregator.wire.clean import (
    _ATTRIBUTES,
    _TAGS,
    plain_text,
    safe_html,
    shorten,
    text_of,
    web_url,
)
from aggregator.wire.parse import parse
from tests.build import NOW, document, source

BASE = "https://fanal.example/a/"
_ALLOWED = {name for names in _ATTRIBUTES.values() for name in names} | {"rel"}


def assert_harmless(html: str) -> None:
    body = LexborHTMLParser(f"<body>{html}</body>").body
    assert body is not None
    for node in body.css("*")[1:]:
        assert node.tag in _TAGS | {"tbody", "body"}, html
        for name, value in node.attributes.items():
            assert name in _ALLOWED, html
            if name in ("href", "src", "cite"):
                assert (value or "").split(":")[0] in ("http", "https", "mailto"), html


def test_every_known_payload_is_harmless(shared: Path) -> None:
    rows = json.loads((shared / "corpus" / "xss_payloads.json").read_text())
    payloads = [row["payload"] if isinstance(row, dict) else row for row in rows]
    assert len(payloads) > 900
    for payload in payloads:
        assert_harmless(safe_html(payload, BASE))
    items = [
        {"id": str(n), "title": p, "content_html": p, "url": p} for n, p in enumerate(payloads)
    ]
    body = json.dumps({"version": "https://jsonfeed.org/version/1.1", "items": items})
    for item in parse(document(body), source(), NOW).items:
        assert_harmless(item.content)
        assert item.url is None or item.url.startswith(("http://", "https://"))


@given(st.text(alphabet="<>/\"'= abimgsrcjavascript:onerror&#;x0", max_size=200))
def test_no_text_becomes_active(text: str) -> None:
    assert_harmless(safe_html(text, BASE))


def test_news_markup_stays_with_absolute_links() -> None:
    html = '<h2>A</h2><p class="x">b <a href="../c?d=1&amp;e">f</a> <img src="/g.jpg" alt="h"></p>'
    assert safe_html(html, BASE) == (
        '<h2>A</h2><p>b <a href="https://fanal.example/c?d=1&amp;e" rel="noopener noreferrer">f</a> '
        '<img src="https://fanal.example/g.jpg" alt="h"></p>'
    )


@pytest.mark.parametrize("size", ['width="1" height="1"', "width=0", "height='1px' width='1px'"])
def test_tracking_pixels_are_dropped(size: str) -> None:
    assert safe_html(f'<p>x<img src="https://t.example/p.gif" {size}></p>', BASE) == "<p>x</p>"


def test_deep_nesting_is_bounded() -> None:
    assert len(safe_html("<div>" * 200_000, BASE)) < 300_000


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>One</p><p>two&nbsp;three</p>", "One two three"),
        ("a &lt;b&gt; c", "a <b> c"),
        ("<script>evil()</script>ok", "ok"),
        ("line<br>break", "line break"),
        ("5 < 6", "5 < 6"),
    ],
)
def test_plain_text(html: str, text: str) -> None:
    assert plain_text(html) == text


@given(st.text(alphabet="<>/\"'= abdhilmprtv&#;0", max_size=200))
def test_the_text_of_safe_html_is_what_a_reader_of_html_finds(text: str) -> None:
    made = safe_html(f'<p title="a > b">{text}</p><br>c<em>d</em>', BASE)
    assert text_of(made) == plain_text(made)


@given(st.text(max_size=100), st.integers(5, 50))
def test_shortening_stays_within_its_limit(text: str, limit: int) -> None:
    short = shorten(text, limit)
    assert len(short) <= limit
    assert short == text or short.endswith("…")


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("/x", "https://fanal.example/x"),
        ("//other.example/x", "https://other.example/x"),
        ("/a[0]|b?tx[id]={1}#[2]", "https://fanal.example/a%5B0%5D%7Cb?tx%5Bid%5D=%7B1%7D#%5B2%5D"),
        ("/100%?a=5%zz%20", "https://fanal.example/100%25?a=5%25zz%20"),
        ("http://[::1]:8080/[x]", "http://[::1]:8080/%5Bx%5D"),
        ("javascript:alert(1)", None),
        (" JaVa\tscript:alert(1)", None),
        ("data:text/html,x", None),
        ("http://", None),
        ("", None),
    ],
)
def test_web_urls(url: str, expected: str | None) -> None:
    assert web_url(url, BASE) == expected
