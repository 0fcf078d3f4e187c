"""The one door to Pillow: a stranger's picture made ready to be shown by us.

To be called in a process that may die (:mod:`aggregator.wire.darkroom`): decoders are written in C,
and what they are given comes from anywhere.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from hashlib import sha256
from io import BytesIO

from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

from aggregator.domain import HostedPicture, Rendition
from aggregator.errors import PictureRefused

WIDTHS = (1280, 640)
"""Pixels; a picture that is narrower stays as it is."""

_FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "AVIF")
_MOST_PIXELS = 40_000_000
_AT_MOST = f"at most {_MOST_PIXELS // 1_000_000} million pixels are read"
_SMALLEST = 100
_TALLEST = 2
"""So many times as high as wide a picture may be shown."""

_QUALITY = 82
_READABLE = "it must be a JPEG, PNG, WebP, GIF or AVIF"


@dataclass(frozen=True, slots=True)
class Developed:
    """A picture as we serve it: ``files`` has the bytes by the end of their path's name, such as
    ``1280.webp``.
    """

    hosted: HostedPicture
    files: dict[str, bytes]


def develop(body: bytes) -> Developed:
    """Decode a picture and encode it anew: nothing but what can be seen is left of it.

    Raises PictureRefused, in an editor's words.
    """
    try:
        with warnings.catch_warnings(action="ignore"), _opened(body) as raw:
            _check_size(raw)
            return _in_sizes(_plain(raw))
    except Image.DecompressionBombError:
        raise PictureRefused(f"the picture is too large: {_AT_MOST}") from None
    except UnidentifiedImageError:
        raise PictureRefused(f"what is there is no picture that we can show: {_READABLE}") from None
    except (OSError, SyntaxError, ValueError, EOFError):
        raise PictureRefused(f"the picture is damaged: {_READABLE}") from None


def _opened(body: bytes) -> Image.Image:
    return Image.open(BytesIO(body), formats=_FORMATS)


def _check_size(image: Image.Image) -> None:
    width, height = image.size
    if width * height > _MOST_PIXELS:
        raise PictureRefused(f"it has {width} x {height} pixels: {_AT_MOST}")
    if min(width, height) < _SMALLEST:
        raise PictureRefused(
            f"it has {width} x {height} pixels, too few: {_SMALLEST} x {_SMALLEST} at least"
        )


def _plain(image: Image.Image) -> Image.Image:
    """Upright, in sRGB, on white where it is transparent: as it was meant to be seen."""
    image.draft("RGB", (2 * WIDTHS[0], 2 * WIDTHS[0]))
    profile = image.info.get("icc_profile")
    upright = ImageOps.exif_transpose(image)
    if upright.has_transparency_data:
        layer = upright.convert("RGBA")
        upright = Image.new("RGB", layer.size, "white")
        upright.paste(layer, mask=layer.getchannel("A"))
    elif profile and upright.mode in ("RGB", "CMYK"):
        upright = _in_srgb(upright, profile)
    return upright.convert("RGB")


def _in_srgb(image: Image.Image, profile: bytes) -> Image.Image:
    try:
        source = ImageCms.ImageCmsProfile(BytesIO(profile))
        shown = ImageCms.profileToProfile(
            image, source, ImageCms.createProfile("sRGB"), outputMode="RGB"
        )
    except (ImageCms.PyCMSError, OSError):
        # A profile that cannot be read says nothing.
        return image
    return shown or image


def _in_sizes(image: Image.Image) -> Developed:
    files: dict[str, bytes] = {}
    renditions = []
    for width in sorted({min(width, image.width) for width in WIDTHS}, reverse=True):
        scaled = ImageOps.contain(image, (width, _TALLEST * width), Image.Resampling.LANCZOS)
        webp = _encoded(scaled, "WEBP", quality=_QUALITY, method=4)
        jpeg = _encoded(scaled, "JPEG", quality=_QUALITY, optimize=True, progressive=True)
        renditions.append(Rendition(scaled.width, scaled.height, len(webp), len(jpeg)))
        files |= {f"{scaled.width}.webp": webp, f"{scaled.width}.jpg": jpeg}
    digest = sha256(b"".join(files.values())).hexdigest()[:32]
    return Developed(HostedPicture(digest, tuple(renditions)), files)


def _encoded(image: Image.Image, kind: str, **options: object) -> bytes:
    out = BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()
