"""Ready bytes, and the conditional answers that they allow."""

from __future__ import annotations

import gzip
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from flask import Request, Response

CACHE_CONTROL = "public, max-age=300, stale-while-revalidate=3600, stale-if-error=86400"


@dataclass(frozen=True, slots=True)
class Representation:
    """One document in the encodings it is served in; ``modified_at`` is aware UTC."""

    content_type: str
    modified_at: datetime
    identity: bytes
    gzipped: bytes
    etag: str

    @classmethod
    def of(cls, body: bytes, content_type: str, modified_at: datetime) -> Representation:
        """Make a body ready: the same bytes give the same representation, to the byte."""
        packed = gzip.compress(body, 6, mtime=0)
        return cls(content_type, modified_at, body, packed, sha256(body).hexdigest()[:32])

    def answer(self, request: Request) -> Response:
        """The answer to a GET or HEAD: 304 where the client has it already (RFC 9110 section 13).

        Strong ETags differ by encoding (section 8.8.3.3); either one of them proves that the
        client has this document, whatever encoding it asks for now.
        """
        packed = request.accept_encodings["gzip"] > 0
        etag = f"{self.etag}-gzip" if packed else self.etag
        headers = {
            "ETag": f'"{etag}"',
            "Cache-Control": CACHE_CONTROL,
            "Vary": "Accept-Encoding",
            "Access-Control-Allow-Origin": "*",
        }
        if self._is_known(request):
            response = Response(status=304, headers=headers)
            del response.headers["Content-Type"]
        else:
            response = Response(self.gzipped if packed else self.identity, headers=headers)
            response.headers["Content-Type"] = self.content_type
            if packed:
                response.headers["Content-Encoding"] = "gzip"
        response.last_modified = self.modified_at
        return response

    def _is_known(self, request: Request) -> bool:
        if "If-None-Match" in request.headers:
            known = request.if_none_match
            return any(known.contains_weak(tag) for tag in (self.etag, f"{self.etag}-gzip"))
        since = request.if_modified_since
        return since is not None and since >= self.modified_at.replace(microsecond=0)
