"""Texts as the checks read them: words with their places, and parts that are read over."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from aggregator.stories.letters import fold

# Numbers keep their separators, dates with slashes or dots and times of day are one word.
_TOKEN = re.compile(
    r"[0-9]{1,4}[/.-][0-9]{1,2}[/.-][0-9]{2,4}(?![0-9])|[0-9]{1,2}/[0-9]{1,2}(?![0-9])"
    r"|[0-9]{1,2}[:hu][0-9]{2}(?!\w)"
    r"|[0-9]{1,3}(?:[.,'’ \u00a0\u2009\u202f][0-9]{3})+(?![0-9])(?:[.,][0-9]+)?"
    r"|[0-9]+(?:[.,][0-9]+)?"
    r"|[^\W0-9][\w\u0300-\u036f]*|[€$£¥%°]"
)
_MARKUP = re.compile(
    r"!?\[(?=[^\[\]\n]{0,500}\]\()|\]\([^()\n]{0,2000}\)|<[^<>\n]{0,500}>|https?://[^\s)>]+"
    r"|^[ \t]{0,8}(?:[-+*]|[0-9]{1,3}[.)])[ \t]|[*_`#>~|\\]",
    re.MULTILINE,
)
_PARAGRAPH = re.compile(r"[^\n]+(?:\n(?![ \t]*\n)[^\n]+)*")
_SENTENCE_END = re.compile(r"[.!?…:;]['\"’”»)]*\s|\n[ \t]*\n|[\"“«„(–—]\s?$")


class Span(NamedTuple):
    """Characters ``start`` to ``end`` of a text."""

    start: int
    end: int


class Token(NamedTuple):
    """A word with its place; ``plain`` is folded, ``written`` as it stands there."""

    plain: str
    written: str
    start: int
    end: int


class Field(NamedTuple):
    """The headline or the body of a brief, as readers see it: markup is blanked, so that places
    are those of what the editor typed.
    """

    name: str
    text: str
    tokens: tuple[Token, ...]

    @property
    def words(self) -> list[str]:
        """Its words, folded."""
        return [token.plain for token in self.tokens]

    def without(self, spans: Iterable[Span]) -> Field:
        """The same with some spans read over."""
        text = blanked(self.text, spans)
        # No word begins with a blank: one that does now is gone.
        kept = tuple(token for token in self.tokens if text[token.start] != " ")
        return Field(self.name, text, kept)


def field(name: str, text: str) -> Field:
    """A field of plain text."""
    return Field(name, text, tuple(tokens(text)))


def tokens(text: str) -> list[Token]:
    """The words, numbers and signs of a text in their order."""
    found = [(m[0], m.start(), m.end()) for m in _TOKEN.finditer(text)]
    folded = _folded(written for written, _, _ in found)
    return [Token(folded[written], written, start, end) for written, start, end in found]


def words(text: str) -> list[str]:
    """The same as :func:`tokens`, folded and without places: four times as fast."""
    found = _TOKEN.findall(text)
    folded = _folded(found)
    return [folded[written] for written in found]


def capitals(text: str) -> frozenset[str]:
    """The folded words of a text that it writes with a capital."""
    return frozenset(_folded(w for w in _TOKEN.findall(text) if w[0].isupper()).values())


def quoted_words(text: str, first: int, end: int) -> str:
    """The words ``first`` to ``end`` of a text as they stand there."""
    places = [m.span() for _, m in zip(range(end), _TOKEN.finditer(text), strict=False)]
    return text[places[first][0] : places[min(end, len(places)) - 1][1]] if places else ""


def unmarked(markdown: str) -> str:
    """Markdown with its marks, addresses and HTML replaced by as many blanks."""
    return _MARKUP.sub(lambda mark: " " * len(mark[0]), markdown)


def places_of(words_: Sequence[str], wanted: Callable[[str], bool]) -> list[int]:
    """Where a text has words of a kind, asking once for each different word."""
    kind = {word for word in set(words_) if wanted(word)}
    return [at for at, word in enumerate(words_) if word in kind] if kind else []


def blanked(text: str, spans: Iterable[Span]) -> str:
    """A text with some spans replaced by as many blanks; line ends stay."""
    parts, done = [], 0
    for start, end in sorted(spans):
        if end > done:
            parts += [text[done:start], " " * (end - max(start, done))]
            done = end
    return "".join([*parts, text[done:]])


def paragraphs(text: str) -> list[Span]:
    """Where the paragraphs of a text are: what blank lines divide."""
    return [Span(*m.span()) for m in _PARAGRAPH.finditer(text) if m[0].strip()]


def begins_sentence(text: str, tokens_: Sequence[Token], at: int) -> bool:
    """Whether the word number ``at`` is the first of a sentence or a quotation.

    The stop of "J." and "Mr." ends none.
    """
    if at == 0:
        return True
    before = tokens_[at - 1].written
    if len(before) <= 2 and before[0].isupper():
        return False
    # What lies between two words is short unless something was blanked there.
    between = text[tokens_[at - 1].end : tokens_[at].start]
    return bool(_SENTENCE_END.search(between[:200]))


def _folded(written: Iterable[str]) -> dict[str, str]:
    # Most words are plain, and folding those is the quicker way.
    return {word: word.lower() if word.isascii() else fold(word) for word in set(written)}
