"""Pictures of pages as a browser shows them."""

from __future__ import annotations

from base64 import b64decode
from pathlib import Path

from tests.journeys.browser import NARROW, WIDE, Browser

_LOADED = """
const pictures = [...document.images];
for (const one of pictures) one.loading = "eager";
Promise.all(pictures.map((one) => one.decode())).then(() => arguments[0](), arguments[0]);
"""
SIZES = {"wide": WIDE, "phone": NARROW}


def take_picture(window: Browser, path: Path, *, whole: bool = True) -> None:
    """Write a PNG of all of the page, or only of what the window has room for; prints its path."""
    window.driver.execute_async_script(_LOADED)
    window.driver.execute_cdp_cmd("Emulation.setScrollbarsHidden", {"hidden": True})
    asked = {"captureBeyondViewport": whole}
    shot = window.driver.execute_cdp_cmd("Page.captureScreenshot", asked)
    path.write_bytes(b64decode(shot["data"]))
    print(f"{path}{' TOO WIDE' if window.overflows() else ''}")
