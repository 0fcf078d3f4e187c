"""Which entries of a document are new: splitting it by bytes, and digests of its entries (pure).

A source that changed mostly carries what it carried before. An entry whose bytes were there last
time need not be parsed again; what is parsed is the same document without such entries.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from itertools import pairwise
from xml.parsers import expat

_DIGEST = 8
# In well-formed XML without a DOCTYPE, "<" stands elsewhere only where a tag begins. To feedparser
# both names are an entry's, whatever the root is called.
_TOKEN = re.compile(rb"<(?:(!--)|(!\[CDATA\[)|(\?)|(/?)(?:item|entry)(?=[\s>/])[^>]*>)")
_ENDS = (b"-->", b"]]>", b"?>")
_ROOT = re.compile(
    rb"(?:<\?xml\s[^>]*\?>|<\?xml-stylesheet\s[^>]*\?>|<!--.*?-->|\s)*(<([\w:]+)[^>]*>)", re.S
)
_ROOTS = {b"rss", b"rdf:RDF", b"feed"}
_DECLARED = re.compile(rb"""<\?xml\s[^>]*?encoding\s*=\s*["']([\w.:-]+)["']""")
_BOM = b"\xef\xbb\xbf"
_CHARSET = re.compile(r""";\s*charset\s*=\s*["']?([^"';]*[^"';\s])""", re.IGNORECASE)
# ASCII stays ASCII in these, so that cutting between tags cuts no character.
_CHARSETS = re.compile(r"utf-?8|us-ascii|ascii|iso-8859-\d+|windows-125\d", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Split:
    """A document cut into its entries and what stands between them (one piece more).

    ``root`` is its first tag and encoding: what the meaning of every entry's bytes hangs on.
    """

    root: bytes
    between: tuple[bytes, ...]
    entries: tuple[bytes, ...]

    def only(self, kept: Iterable[int]) -> bytes:
        """The document with these entries alone."""
        wanted = set(kept)
        pieces = [self.between[0]]
        for index, entry in enumerate(self.entries):
            if index in wanted:
                pieces.append(entry)
            pieces.append(self.between[index + 1])
        return b"".join(pieces)


@dataclass(frozen=True, slots=True)
class Seen:
    """What is remembered of a document: the digest of each entry's bytes → that of its item's key.

    ``context`` is the digest of everything else that an entry's meaning hangs on.
    """

    context: bytes
    keys: dict[bytes, bytes]

    def packed(self) -> bytes:
        """As it is stored; empty when there is nothing to remember."""
        if not self.keys:
            return b""
        return self.context + b"".join(raw + key for raw, key in self.keys.items())


def unpacked(stored: bytes) -> Seen:
    """What :meth:`Seen.packed` made."""
    context, rest = stored[:_DIGEST], stored[_DIGEST:]
    pairs = [rest[at : at + 2 * _DIGEST] for at in range(0, len(rest), 2 * _DIGEST)]
    return Seen(context, {pair[:_DIGEST]: pair[_DIGEST:] for pair in pairs})


def digest(*parts: bytes) -> bytes:
    """Eight bytes that stand for these."""
    hashed = blake2b(digest_size=_DIGEST)
    for part in parts:
        hashed.update(len(part).to_bytes(8, "big"))
        hashed.update(part)
    return hashed.digest()


def split(body: bytes, content_type: str) -> Split | None:
    """Cut an RSS or Atom document into its entries, or None where anything is odd.

    Odd is what feedparser would not read entry by entry as it reads the whole: a document that is
    not well-formed, an encoding that is not certain, a DOCTYPE, an ``xml:base`` inside (which
    feedparser carries from one entry into the next), entries within entries or in another
    namespace.
    """
    text = body.removeprefix(_BOM)
    match = _ROOT.match(text)
    if match is None or b"<!DOCTYPE" in text or text.find(b"xml:base", match.end()) >= 0:
        return None
    root, charset = match[1], _charset(text, content_type)
    if match[2] not in _ROOTS or charset is None or not _is_well_formed(text):
        return None
    spans = _spans(text, match.end())
    if not spans:
        return None
    edges = [0, *(edge for span in spans for edge in span), len(text)]
    pieces = [text[start:end] for start, end in pairwise(edges)]
    return Split(root + charset.encode(), tuple(pieces[0::2]), tuple(pieces[1::2]))


def _spans(text: bytes, start: int) -> Sequence[tuple[int, int]]:
    """Where each entry begins and ends; nothing when they do not simply follow each other."""
    spans: list[tuple[int, int]] = []
    opened, at = None, start
    while token := _TOKEN.search(text, at):
        at = token.end()
        if token.lastindex is not None and token.lastindex < 4:
            # A comment, CDATA or processing instruction: what stands in it is no tag.
            at = text.index(_ENDS[token.lastindex - 1], at)
        elif opened is not None:
            if not token[4]:
                return ()
            spans.append((opened, at))
            opened = None
        elif token[0].endswith(b"/>"):
            return ()
        else:
            opened = token.start()
    return spans


def _charset(text: bytes, content_type: str) -> str | None:
    """The one encoding that header and document agree on and that every byte bears out."""
    declared = _DECLARED.match(text)
    by_document = declared[1].decode() if declared else "utf-8"
    named = _CHARSET.search(content_type)
    by_header = named[1] if named else by_document
    if by_header.lower() != by_document.lower() or not _CHARSETS.fullmatch(by_document):
        return None
    try:
        text.decode(by_document)
    except (UnicodeDecodeError, LookupError):
        return None
    return by_document.lower()


def _is_well_formed(text: bytes) -> bool:
    parser = expat.ParserCreate(namespace_separator=" ")
    try:
        parser.Parse(text, True)
    except (expat.ExpatError, ValueError, LookupError):
        return False
    return True
