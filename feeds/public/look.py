"""The site's style, icon and logo: in the newsroom's colour, and kept by browsers for good, since
their address names their bytes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from aggregator.settings import Settings
from feeds.public.colours import readable

_STATIC = Path(__file__).with_name("static")
_COLOUR = "#a3262a"
# The shaded papers of site.css, by day and by night: what can be read on them can be on the others.
_DAY, _NIGHT = "#f3f0e9", "#211f1c"
_TYPES = {
    "css": "text/css; charset=utf-8",
    "svg": "image/svg+xml",
    "ico": "image/x-icon",
    "png": "image/png",
    "webp": "image/webp",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
}
_COMMENT = re.compile(r"/\*.*?\*/\s*", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Look:
    """The files by name, with their content types; ``logo`` is the name of one of them."""

    files: dict[str, tuple[bytes, str]]
    version: str
    logo: str | None

    def path(self, name: str) -> str:
        """Where browsers find a file."""
        return f"/look/{self.version}/{name}"


def look(settings: Settings) -> Look:
    """The look that the settings ask for."""
    accent = settings.accent
    day, night = readable(accent, _DAY), readable(accent, _NIGHT)
    style = _COMMENT.sub("", (_STATIC / "site.css").read_text("utf-8"))
    style += f":root{{--accent:{day}}}\n"
    style += f"@media (prefers-color-scheme:dark){{:root{{--accent:{night}}}}}\n"
    icon = (_STATIC / "icon.svg").read_text("utf-8").replace(_COLOUR, accent)
    files = {
        "site.css": style.encode(),
        "icon.svg": icon.encode(),
        "favicon.ico": (_STATIC / "favicon.ico").read_bytes(),
        "icon.png": (_STATIC / "icon.png").read_bytes(),
    }
    logo = settings.logo
    name = f"logo{logo.suffix.lower()}" if logo else None
    if logo and name:
        files[name] = logo.read_bytes()
    version = sha256(b"\0".join(files.values())).hexdigest()[:12]
    typed = {one: (body, _TYPES[one.rpartition(".")[2]]) for one, body in files.items()}
    return Look(typed, version, name)
