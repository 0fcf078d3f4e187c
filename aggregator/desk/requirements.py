"""What a wording must have to go out (pure). A draft may lack anything: it is kept as typed."""

from __future__ import annotations

import re

from aggregator.desk import markdown
from aggregator.domain import Picture, Wording
from aggregator.wire.clean import legal, web_url

HEADLINE, BODY, LINE, ALT = 200, 20_000, 100, 500
"""So many characters a headline, a body, another short line, a picture's description may have."""
_CATEGORIES = 20
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")

Reasons = dict[str, str]
"""By field, why its value cannot go out."""


def missing(wording: Wording) -> Reasons:
    """Everything that keeps a wording from going out; empty when nothing does."""
    found = {
        "headline": line(wording.headline, "the headline", HEADLINE),
        "body": _body(wording.body),
        "byline": line(wording.byline, "a byline: who wrote it", LINE),
        "kicker": line(wording.kicker or "-", "", LINE),
        "language": _language(wording.language),
        "series": _series(wording.series),
        "categories": _categories(wording.categories),
        "citations": "" if wording.citations else "cite at least one item: what does it rest on?",
    }
    return {field: why for field, why in found.items() if why} | _picture(wording.picture)


def line(text: str, what: str, limit: int) -> str:
    """Why this is no line of text that can go out, "" if it is one; ``what`` it should say."""
    if not text.strip():
        return f"write {what}"
    if len(text.splitlines()) > 1:
        return "it must be one line"
    return _text(text, limit)


def _text(text: str, limit: int) -> str:
    if len(text) > limit:
        return f"it has {len(text):,} characters; at most {limit:,} can go out"
    return "" if legal(text) == text else "there are control characters in it"


def _body(body: str) -> str:
    if not body.strip():
        return "write the text"
    # Before it is read as Markdown: what is too long takes too long.
    if why := _text(body, BODY):
        return why
    if markdown.has_pictures(body):
        return "a picture in the text has no credit; put it into the field for the picture"
    bad = next((link for link in markdown.links(body) if not _is_web(link)), None)
    return "" if bad is None else _no_web(bad)


def _picture(picture: Picture | None) -> Reasons:
    if picture is None:
        return {}
    found = {
        "picture": "" if _is_web(picture.url) else _no_web(picture.url),
        "alt": line(picture.alt or "", "what the picture shows, for those who cannot see it", ALT),
        "credit": line(picture.credit or "", "whom the picture is from", LINE),
    }
    return {field: why for field, why in found.items() if why}


def _is_web(link: str) -> bool:
    """Whether it is an absolute http(s) address: browsers would make one of ``https:/x`` too."""
    return link.lower().startswith(("http://", "https://")) and web_url(link) is not None


def _no_web(link: str) -> str:
    return f"'{link[:80]}' is no address on the web; write it like https://www.example.org/page"


def _language(tag: str) -> str:
    return "" if _LANGUAGE.fullmatch(tag) else "write the language's tag, like fr, en or nl-BE"


def _series(slug: str | None) -> str:
    if slug is None or (_SLUG.fullmatch(slug) and len(slug) <= LINE):
        return ""
    return "a series is named by its slug, like born-on"


def _categories(categories: tuple[str, ...]) -> str:
    if len(categories) > _CATEGORIES:
        return f"there are {len(categories)} of them; at most {_CATEGORIES} can go out"
    return next((why for one in categories if (why := line(one, "each of them", LINE))), "")
