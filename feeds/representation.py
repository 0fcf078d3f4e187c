"""Ready bytes, and the conditional answers that they allow."""

from __future__ import annotations

import gzip
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from types import MappingProxyType

import brotli
from flask import Request, Response
from werkzeug.http import http_date

from feeds import negotiation
from feeds.headers import PROTECTING

CACHE_CONTROL = "public, max-age=300, stale-while-revalidate=3600, stale-if-error=86400"
_BROTLI_QUALITY = 5
_GZIP_LEVEL = 6

Headers = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Answer:
    """Status, headers and body of an answer to GET; to HEAD it is the same without the body."""

    status: int
    headers: Headers
    body: bytes


@dataclass(frozen=True, slots=True)
class Representation:
    """One document in the encodings it is served in; ``modified_at`` is aware UTC.

    ``whole`` and ``unchanged`` have the answers by encoding: 200, and 304 for a client that has it.
    """

    content_type: str
    modified_at: datetime
    identity: bytes
    etag: str
    etags: frozenset[str]
    whole: Mapping[str, Answer]
    unchanged: Mapping[str, Answer]

    @classmethod
    def of(
        cls, body: bytes, content_type: str, modified_at: datetime, links: str = ""
    ) -> Representation:
        """Make a body ready: the same bytes give the same representation, to the byte.

        ``links`` is what its Link header says (RFC 8288), if anything.
        """
        tag = sha256(body).hexdigest()[:32]
        bodies = {
            "": body,
            "gzip": gzip.compress(body, _GZIP_LEVEL, mtime=0),
            "br": brotli.compress(body, quality=_BROTLI_QUALITY),
        }
        # Strong ETags differ by encoding (RFC 9110 section 8.8.3.3).
        tags = {name: f"{tag}-{name}" if name else tag for name in bodies}
        common: Headers = [
            ("Cache-Control", CACHE_CONTROL),
            ("Vary", "Accept-Encoding"),
            ("Access-Control-Allow-Origin", "*"),
            ("Last-Modified", http_date(modified_at)),
            *((("Link", links),) if links else ()),
            *PROTECTING.items(),
        ]
        whole, unchanged = {}, {}
        for name, encoded in bodies.items():
            headers = [("ETag", f'"{tags[name]}"'), *common]
            unchanged[name] = Answer(304, headers, b"")
            more = [("Content-Type", content_type)]
            if name:
                more.append(("Content-Encoding", name))
            whole[name] = Answer(200, [*more, *headers], encoded)
        return cls(
            content_type,
            modified_at,
            body,
            tag,
            frozenset(tags.values()),
            MappingProxyType(whole),
            MappingProxyType(unchanged),
        )

    def reply(self, accepted: str, if_none_match: str, if_modified_since: str) -> Answer:
        """The answer to a GET or HEAD with these headers ("" for none): 304 where the client has it
        already (RFC 9110 section 13).
        """
        name = negotiation.encoding(accepted) if accepted else ""
        if (if_none_match or if_modified_since) and negotiation.is_known(
            if_none_match, if_modified_since, self.etags, self.modified_at
        ):
            return self.unchanged[name]
        return self.whole[name]

    def answer(self, request: Request) -> Response:
        """The same for Flask."""
        asked = request.headers
        found = self.reply(
            asked.get("Accept-Encoding", ""),
            asked.get("If-None-Match", ""),
            asked.get("If-Modified-Since", ""),
        )
        response = Response(found.body, status=found.status)
        if found.status == 304:
            del response.headers["Content-Type"]
        response.headers.update(found.headers)
        return response
