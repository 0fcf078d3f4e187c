"""What an address says of its article: its number, its slug (pure)."""

from __future__ import annotations

import re
from functools import lru_cache

from aggregator.wire.address import REMEMBERED
from aggregator.wire.domains import registrable_domain
from aggregator.wire.likeness import words

_NUMBER = re.compile(
    r"(?<![0-9a-z])(?:([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})"
    r"|[a-z]?(\d{6,}(?:-\d{1,3}(?!\d))*))(?![0-9a-z])",
    re.IGNORECASE,
)
# Le Monde puts the section's number last: …_6041028_823448.html
_BEFORE_SECTION = re.compile(r"_(\d{6,})_\d+(?:\.html?)?$")
_DATE = re.compile(
    r"(?:(?:19|20)\d\d(?:0[1-9]|1[0-2])|(?:0[1-9]|[12]\d|3[01])(?:0[1-9]|1[0-2])(?:19|20)\d\d$)"
)
_DATE_LENGTHS = {6, 8, 12, 14}
_SLUG_WORDS = 3
_LIVE = re.compile(
    r"\b(live|live(blog|ticker)|newsblog|(en|in) direct[eo]?|in diretta|ao vivo|as it happened"
    r"|minute par minute)\b"
)


@lru_cache(REMEMBERED)
def article_of(canonical: str | None) -> str | None:
    """The registrable domain and the number (or UUID) that a canonical URL's path gives to its
    article; None where there is none.

    It is the last number of six digits or more that is no date, with what else is counted behind a
    hyphen (a series' number, the part's). Alone it proves nothing: what looks
    like an article's number may be a section's.
    """
    if canonical is None or not canonical.startswith("https://"):
        return None
    host, _, rest = canonical[8:].partition("/")
    path = rest.partition("?")[0]
    before_section = _BEFORE_SECTION.search(path)
    number = before_section[1] if before_section else _last_number(path)
    if number is None:
        return None
    return f"{registrable_domain(host) or host} {number}"


def slug_of(canonical: str) -> str:
    """The words of the last part of the path that has some, without numbers; empty when there is
    none: a word or two may be a section's.
    """
    parts = (_NUMBER.sub("", part) for part in reversed(canonical.partition("?")[0].split("/")[3:]))
    slugs = (words(part.replace("_", " ")) for part in parts)
    return next((slug for slug in slugs if slug.count(" ") >= _SLUG_WORDS - 1), "")


def is_live(text: str) -> bool:
    """Whether a headline or slug says that its page is rewritten as things happen."""
    return _LIVE.search(words(text)) is not None


def _last_number(path: str) -> str | None:
    numbers = [uuid.lower() or number for uuid, number in _NUMBER.findall(path)]
    return next((number for number in reversed(numbers) if not _is_date(number)), None)


def _is_date(number: str) -> bool:
    return len(number) in _DATE_LENGTHS and _DATE.match(number) is not None
