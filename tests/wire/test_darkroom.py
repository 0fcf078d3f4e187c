"""Strangers' pictures: decoded apart, encoded anew, nothing but what can be seen kept."""

from __future__ import annotations

import os
import subprocess
import sys
import zlib
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from struct import pack

import pytest
from PIL import Image, ImageCms

from aggregator.errors import PictureRefused
from aggregator.wire.darkroom import Darkroom
from aggregator.wire.imaging import develop
from tests.pictures import picture


@pytest.fixture(scope="module")
def darkroom() -> Iterator[Darkroom]:
    made = Darkroom(seconds=10)
    yield made
    made.close()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF", "AVIF"])
def test_every_kind_comes_in_two_sizes_and_two_encodings(darkroom: Darkroom, kind: str) -> None:
    developed = darkroom.develop(picture(1600, 1000, kind))
    sizes = [(one.width, one.height) for one in developed.hosted.renditions]
    assert sizes == [(1280, 800), (640, 400)]
    assert sorted(developed.files) == ["1280.jpg", "1280.webp", "640.jpg", "640.webp"]
    for name, body in developed.files.items():
        with Image.open(BytesIO(body)) as shown:
            assert shown.format == {"jpg": "JPEG", "webp": "WEBP"}[name.partition(".")[2]]
            assert str(shown.width) == name.partition(".")[0]


def test_a_small_picture_is_not_blown_up(darkroom: Darkroom) -> None:
    developed = darkroom.develop(picture(500, 300))
    assert [(one.width, one.height) for one in developed.hosted.renditions] == [(500, 300)]


def test_the_same_picture_has_the_same_name(darkroom: Darkroom) -> None:
    one, other = darkroom.develop(picture()), darkroom.develop(picture())
    assert one.hosted == other.hosted
    assert darkroom.develop(picture(1500)).hosted.digest != one.hosted.digest


def test_a_picture_is_upright_and_says_nothing_of_its_camera(darkroom: Darkroom) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by a quarter
    exif[0x010F] = "A camera"
    developed = darkroom.develop(picture(1600, 1000, exif=exif.tobytes()))
    assert developed.hosted.largest.height > developed.hosted.largest.width
    assert all(b"A camera" not in body for body in developed.files.values())


def test_what_is_transparent_becomes_white(darkroom: Darkroom) -> None:
    out = BytesIO()
    Image.new("RGBA", (200, 200), (0, 0, 0, 0)).save(out, "PNG")
    with Image.open(BytesIO(darkroom.develop(out.getvalue()).files["200.jpg"])) as shown:
        assert shown.getpixel((100, 100)) == (255, 255, 255)


def middle(body: bytes) -> tuple[int, int, int]:
    with Image.open(BytesIO(body)) as shown:
        return shown.getpixel((shown.width // 2, shown.height // 2))


def test_colours_are_those_that_its_profile_means() -> None:
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    # In this one what is called green is red, and the other way round.
    crossed = srgb.replace(b"rXYZ", b"????").replace(b"gXYZ", b"rXYZ").replace(b"????", b"gXYZ")
    out = BytesIO()
    Image.new("RGB", (200, 200), (255, 0, 0)).save(out, "PNG", icc_profile=crossed)
    red, green, _ = middle(develop(out.getvalue()).files["200.jpg"])
    assert (red < 20, green > 235) == (True, True)


def test_a_profile_that_cannot_be_read_says_nothing() -> None:
    out = BytesIO()
    Image.new("RGB", (200, 200), (255, 0, 0)).save(out, "PNG", icc_profile=b"nonsense")
    red, green, _ = middle(develop(out.getvalue()).files["200.jpg"])
    assert (red > 235, green < 20) == (True, True)


def bomb() -> bytes:
    """A PNG of 30,000 x 30,000 white pixels in a few kilobytes."""
    head = pack(">IIBBBBB", 30_000, 30_000, 1, 0, 0, 0, 0)
    rows = zlib.compress(bytes(3751) * 30_000, 9)

    def chunk(name: bytes, body: bytes) -> bytes:
        return pack(">I", len(body)) + name + body + pack(">I", zlib.crc32(name + body))

    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"", "no picture that we can show"),
        (b'<svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>', "no picture"),
        (b"<html><body>404</body></html>", "no picture"),
        (picture()[:4000], "damaged"),
        (picture(80, 60), "too few"),
        (picture(400, 300, "TIFF"), "no picture"),
        (bomb(), "million"),
    ],
    ids=["empty", "svg", "html", "cut", "pixel", "tiff", "bomb"],
)
def test_what_is_no_picture_is_refused_in_words(darkroom: Darkroom, body: bytes, why: str) -> None:
    with pytest.raises(PictureRefused, match=why):
        darkroom.develop(body)


def test_what_is_larger_than_anyone_shows_is_not_decoded() -> None:
    out = BytesIO()
    Image.new("1", (7000, 7000)).save(out, "PNG")
    with pytest.raises(PictureRefused, match="7000 x 7000 pixels: at most 40 million"):
        develop(out.getvalue())


def test_a_child_that_takes_too_long_dies_alone() -> None:
    slow = Darkroom(seconds=0.05)
    large = picture(6000, 6000, "PNG")
    try:
        with pytest.raises(PictureRefused):
            slow.develop(large)
        assert slow.develop(picture(200, 200)).hosted.largest.width == 200
    finally:
        slow.close()


def test_a_memory_limit_below_ours_is_kept_to(tool: Callable[[str], str], tmp_path: Path) -> None:
    path = tmp_path / "picture.png"
    Image.new("RGB", (400, 300), "red").save(path)
    script = tmp_path / "develop.py"
    script.write_text(
        "import sys; from pathlib import Path; from aggregator.wire.darkroom import Darkroom\n"
        "if __name__ == '__main__':\n"
        "    room = Darkroom()\n"
        "    print(room.develop(Path(sys.argv[1]).read_bytes()).hosted.largest.width)\n"
        "    room.close()\n"
    )
    done = subprocess.run(
        [tool("prlimit"), "--as=900000000", sys.executable, script, path],
        capture_output=True,
        text=True,
        timeout=300,
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])},
    )
    assert done.stdout == "400\n", done.stderr
