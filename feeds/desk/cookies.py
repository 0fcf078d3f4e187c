"""Cookies that scripts cannot read and other sites cannot send along with a change."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Response, request


@dataclass(frozen=True, slots=True)
class Cookie:
    """One cookie of ours; it ends with the browser."""

    name: str
    secure: bool

    @classmethod
    def of(cls, base_url: str, name: str) -> Cookie:
        """Over https its name has ``__Host-`` in front: no other host can then have set it.

        Browsers refuse that name over http, where the desk is on loopback.
        """
        secure = base_url.startswith("https:")
        return cls(f"__Host-{name}" if secure else name, secure)

    def read(self) -> str | None:
        """What the browser sent; whatever it is."""
        return request.cookies.get(self.name)

    def put(self, response: Response, value: str) -> None:
        """Have the browser keep it."""
        response.set_cookie(
            self.name, value, path="/", secure=self.secure, httponly=True, samesite="Lax"
        )

    def drop(self, response: Response) -> None:
        """Have the browser forget it."""
        response.delete_cookie(
            self.name, path="/", secure=self.secure, httponly=True, samesite="Lax"
        )
