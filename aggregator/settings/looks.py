"""The files behind a site's looks: its logo, and where its pictures are kept."""

from __future__ import annotations

from pathlib import Path

LOGO_ENDINGS = (".png", ".webp", ".jpg", ".jpeg")
_LARGEST = 100_000


def unusable(logo: Path) -> str:
    """Why a file cannot be the logo, for operators; "" if it can."""
    if logo.suffix.lower() not in LOGO_ENDINGS:
        return f"{logo.name} must be a PNG, WebP or JPEG file"
    if not logo.is_file():
        return f"there is no file {logo}; put it beside this one"
    size = logo.stat().st_size
    if size > _LARGEST:
        return (
            f"{logo.name} has {size:,} bytes; readers load it with each page: {_LARGEST:,} at most"
        )
    return ""


def beside(database_url: str) -> Path:
    """Where pictures are kept unless the operator says: by the database, if that is a file."""
    scheme, _, path = database_url.partition(":///")
    return (Path(path).parent if scheme.startswith("sqlite") and path else Path("var")) / "pictures"
