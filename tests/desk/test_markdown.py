"""What editors type, as readers see it: nothing in it can run."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from aggregator.desk.markdown import has_pictures, links, to_html, to_text
from aggregator.desk.requirements import missing
from tests.desk.newsroom import COMPLETE


def test_markdown_becomes_html() -> None:
    html = to_html("Nine *years*\n\n- one\n- [two](https://a.example/?a=1&b=2)")
    assert "<p>Nine <em>years</em></p>" in html
    assert '<a href="https://a.example/?a=1&amp;b=2" rel="noopener noreferrer">two</a>' in html


@pytest.mark.parametrize(
    "typed",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[x](javascript:alert(1))",
        "[x](vbscript:alert(1))",
        '[x](https://a.example/"onclick="alert(1))',
        "![x](javascript:alert(1))",
        "<javascript:alert(1)>",
    ],
)
def test_nothing_can_run(typed: str) -> None:
    html = to_html(typed).replace("&lt;", "").replace("%22", "")
    assert "<script" not in html
    assert "<img src=x" not in html
    assert 'href="javascript' not in html
    assert 'href="vbscript' not in html
    assert '"onclick' not in html


def test_html_is_shown_as_it_was_typed() -> None:
    assert to_html("a <b>c</b>") == "<p>a &lt;b&gt;c&lt;/b&gt;</p>"
    assert to_text("a <b>c</b> & d") == "a <b>c</b> & d"


def test_plain_text() -> None:
    assert (
        to_text("# Title\n\nNine *years*,\nand `more`.\n\n> said")
        == "Title Nine years, and more. said"
    )


def test_links_and_pictures_are_found_wherever_they_are() -> None:
    typed = "[a](https://a.example) > **[b](/b)**\n\n- <https://c.example>\n\n[d]\n\n[d]: ftp://d"
    assert links(typed) == ("https://a.example", "/b", "https://c.example", "ftp://d")
    assert has_pictures("- > *![x](y)*")
    assert not has_pictures(typed)


@given(st.text(alphabet="[](){}<>!*_`#-\n ajs:/.&;\"'", max_size=80))
def test_what_may_go_out_leads_to_the_web_and_nowhere_else(typed: str) -> None:
    found = LexborHTMLParser(to_html(typed)).css("a, img")
    leads = [node.attributes.get("href") or node.attributes.get("src") or "" for node in found]
    assert not any(lead.startswith(("javascript:", "data:")) for lead in leads)
    if "body" not in missing(replace(COMPLETE, body=typed)):
        assert all(lead.startswith(("http://", "https://")) for lead in leads)
