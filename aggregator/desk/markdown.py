"""The one door to markdown-it: what editors type as safe HTML, and as plain text."""

from __future__ import annotations

from collections.abc import Iterator

from markdown_it import MarkdownIt
from markdown_it.token import Token

from aggregator.wire.clean import plain_text, safe_html


def _is_link(url: str) -> bool:  # noqa: ARG001 - markdown-it's signature
    return True


def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False})
    # A link that may not be published is seen here, so that it can be refused and not only shown
    # as text; what is rendered goes through safe_html, which has the last word.
    parser.validateLink = _is_link  # type: ignore[method-assign]
    return parser


_PARSER = _parser()


def to_html(markdown: str) -> str:
    """Markdown → safe HTML with absolute links; HTML in it is shown as the text that it is."""
    return safe_html(_PARSER.render(markdown), "")


def to_text(markdown: str) -> str:
    """Markdown → its text on one line."""
    return plain_text(to_html(markdown))


def links(markdown: str) -> tuple[str, ...]:
    """Where its links lead, in their order, whether they may be published or not."""
    found = (token.attrGet("href") for token in _tokens(markdown) if token.type == "link_open")
    return tuple(str(href or "") for href in found)


def has_pictures(markdown: str) -> bool:
    """Whether there are pictures in the text."""
    return any(token.type == "image" for token in _tokens(markdown))


def _tokens(markdown: str) -> Iterator[Token]:
    for block in _PARSER.parse(markdown):
        yield from (block, *(block.children or ()))
