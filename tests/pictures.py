"""Pictures for tests, made on the spot."""

from __future__ import annotations

from io import BytesIO

from PIL import Image


def picture(width: int = 1600, height: int = 1000, kind: str = "JPEG", **options: object) -> bytes:
    """A picture with a gradient, as a file of some kind."""
    image = Image.linear_gradient("L").resize((width, height)).convert("RGB")
    out = BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()
