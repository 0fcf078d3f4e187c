"""Pictures that we serve ourselves, and how far we have got with those that we are to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Rendition:
    """A picture in one size: in pixels, and in bytes as WebP and as JPEG."""

    width: int
    height: int
    webp: int
    jpeg: int


@dataclass(frozen=True, slots=True)
class HostedPicture:
    """A picture as we keep it, the largest rendition first; ``digest`` names its bytes, so what is
    at an address of it never changes.
    """

    digest: str
    renditions: tuple[Rendition, ...]

    @property
    def largest(self) -> Rendition:
        """The rendition to show where there is room."""
        return self.renditions[0]

    def path(self, rendition: Rendition, kind: str = "jpg") -> str:
        """Where readers find a rendition, as ``jpg`` or ``webp``."""
        return f"/pictures/{self.digest}-{rendition.width}.{kind}"


@dataclass(frozen=True, slots=True)
class PictureState:
    """How far we have got with the picture at a ``url``: it is ``hosted``, or ``error`` says why
    not yet. ``next_try_at`` is None when it is not tried (again).
    """

    url: str
    hosted: HostedPicture | None = None
    error: str | None = None
    attempts: int = 0
    tried_at: datetime | None = None
    next_try_at: datetime | None = None
