"""One spelling for every address of an article."""

from __future__ import annotations

from base64 import urlsafe_b64encode

import ada_url
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.wire.address import canonical_url, normal_form


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://www.Example.org:80/a/../b", "https://example.org/b"),
        ("https://example.org/a?utm_source=x&id=3&fbclid=y", "https://example.org/a?id=3"),
        ("https://example.org/a?b=2&a=1", "https://example.org/a?a=1&b=2"),
        ("https://example.org/a#xtor=RSS-3208", "https://example.org/a"),
        ("https://example.org/a#:~:text=said", "https://example.org/a"),
        ("https://example.org/a#comments", "https://example.org/a"),
        ("https://example.org/live#post-7", "https://example.org/live#post-7"),
        ("https://example.org/news?newsID=700101", "https://example.org/news?newsID=700101"),
        ("https://example.org/a?ref=1&source=2", "https://example.org/a?ref=1&source=2"),
        ("https://example.org/a?ref=rss", "https://example.org/a"),
        ("https://example.org/a?at_medium=RSS&at_campaign=KARANGA", "https://example.org/a"),
        ("https://bücher.example/ä", "https://xn--bcher-kva.example/%C3%A4"),
        ("https://example.org/", None),
        ("https://example.org/?utm_source=x", None),
        ("https://example.org/index.html", None),
        ("no url", None),
        ("http://example.org:443/a", "https://example.org/a"),
        ("https://m.example.org/a/", "https://example.org/a"),
        ("https://amp.example.org/a/index.php?p=3", "https://example.org/a?p=3"),
        ("https://amp.dev/about", "https://amp.dev/about"),
        ("https://example.org/a/amp/", "https://example.org/a"),
        ("https://example.org/a.amp.html?amp", "https://example.org/a.html"),
        ("https://example.org/lamp", "https://example.org/lamp"),
        ("http://amp.paper.comsociety:443/a", "https://paper.com/society/a"),
        ("https://example.org/a/..amp", "https://example.org/a"),
        ("https://example.org//%2e.amp/", None),
        ("https://amp.paper.comsociety/2020/a", "https://paper.com/society/2020/a"),
        ("https://amp.paper.community/2020/a", "https://paper.community/2020/a"),
        ("https://www.google.com/url?sa=t&q=https%3A%2F%2Fexample.org%2Fa", "https://example.org/a"),
        ("https://m.google.com/url/?q=https%3A%2F%2Fexample.org%2Fa", "https://example.org/a"),
        ("https://www.google.fr/amp/s/amp.example.org/a", "https://example.org/a"),
        ("https://example-org.cdn.ampproject.org/c/s/example.org/a", "https://example.org/a"),
        ("https://consent.a.example/x?continue=https%3A%2F%2Fexample.org%2Fa", "https://example.org/a"),
        ("https://consent.a.example/x?lang=fr", "https://consent.a.example/x?lang=fr"),
    ],
)  # fmt: skip
def test_one_spelling_for_every_address_of_an_article(url: str, expected: str | None) -> None:
    assert canonical_url(url) == expected


@pytest.mark.parametrize("length", [20, 200])
def test_an_old_google_news_id_holds_the_address(length: int) -> None:
    target = "https://example.org/" + "a" * length
    size = len(target)
    prefix = b"\x08\x13\x22" + (
        bytes([size]) if size < 128 else bytes([size & 127 | 128, size >> 7])
    )
    name = urlsafe_b64encode(prefix + target.encode() + b"\xd2\x01\x00").decode().rstrip("=")
    assert canonical_url(f"https://news.google.com/rss/articles/{name}?oc=5") == target


def test_a_new_google_news_id_stays_what_it_is() -> None:
    for name in ("CBMiAU_yqLxxxxxxxx", "CBMi", "CBMi_"):
        url = f"https://news.google.com/rss/articles/{name}?oc=5"
        assert canonical_url(url) == url


@given(st.text(max_size=60), st.text(max_size=20))
def test_a_canonical_url_is_its_own_canonical_url(path: str, query: str) -> None:
    once = canonical_url(f"https://example.org/{path}?{query}")
    assert once is None or canonical_url(once) == once


@given(
    st.from_regex(
        r"https?://[a-z0-9.-]{1,12}\.[a-z]{2,4}/[a-z0-9/_.~!$'()*+,;=:@%-]*", fullmatch=True
    )
)
def test_what_is_not_parsed_is_what_a_parser_would_make_of_it(url: str) -> None:
    try:
        expected = str(ada_url.URL(url).href)
    except ValueError:
        expected = None
    assert normal_form(url) == expected
