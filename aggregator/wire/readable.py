"""The one door to trafilatura: the text of an article out of its page.

Only child processes import this: it takes memory, and it may crash where threads share it.
"""

from __future__ import annotations

import logging
from email.message import Message

import trafilatura

from aggregator.domain import Document
from aggregator.errors import ParseError

_PAGES = ("text/html", "application/xhtml+xml")
_MOST = 200_000
"""Characters of a text that are kept."""

# What it cannot read it says in its answer; its log would go to the operator's, about strangers.
logging.getLogger("trafilatura").setLevel(logging.CRITICAL)


def article_text(document: Document) -> str:
    """The article on a page as plain text, a paragraph a line.

    Raises ParseError where there is none.
    """
    header = Message()
    header["Content-Type"] = document.headers.get("content-type", "text/html")
    if header.get_content_type() not in _PAGES:
        raise ParseError(f"what is there is no page but {header.get_content_type()}")
    found = trafilatura.extract(
        _decoded(document.body, header.get_content_charset()),
        include_comments=False,
        include_tables=False,
    )
    lines = (line.strip() for line in (found or "").splitlines())
    text = "\n".join(line for line in lines if line)
    if not text:
        raise ParseError("no article was found on its page")
    return text[:_MOST]


def _decoded(body: bytes, charset: str | None) -> str | bytes:
    """What the server says of its charset counts; else the page, or its bytes, have to tell."""
    try:
        return body.decode(charset, "replace") if charset else body
    except LookupError:
        return body
