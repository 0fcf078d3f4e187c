"""The site in a real browser: readable by everybody, at any width, by day and by night."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import unavailable
from tests.feeds.published import PublicNewsroom, full_newsroom
from tests.feeds.serving import serving
from tests.journeys.browser import Browser, browser

_RUN = """
const done = arguments[arguments.length - 1];
axe.run(document, {runOnly: ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"]})
  .then(found => done(found.violations.map(v => `${v.id}: ${v.nodes.map(n => n.html)[0]}`)));
"""
_SHIFT = """
const done = arguments[arguments.length - 1];
let moved = 0;
new PerformanceObserver(list => { for (const e of list.getEntries()) moved += e.value; })
  .observe({type: "layout-shift", buffered: true});
setTimeout(() => done(moved), 700);
"""


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PublicNewsroom]:
    folder = tmp_path_factory.mktemp("site")
    with full_newsroom(f"sqlite:///{folder}/test.db", folder) as made:
        yield made


@pytest.fixture(scope="module")
def window(room: PublicNewsroom) -> Iterator[Browser]:
    with serving(room.app()) as base, browser(base) as opened:
        yield opened


def show(window: Browser, path: str, width: int = 1280, scheme: str = "light") -> None:
    metrics = {"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": width < 600}
    features = [{"name": "prefers-color-scheme", "value": scheme}]
    window.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    window.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})
    window.open(path)


def pages(room: PublicNewsroom) -> list[str]:
    brief, *_ = room.store.briefs.published(1)
    at = f"/news/{brief.day:%Y/%m/%d}/{brief.slug}"
    return ["/", at, "/category/transport", "/source/rtl", "/news", "/news/2026/01", "/search?q=x"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 360])
def test_axe_finds_nothing(window: Browser, room: PublicNewsroom, width: int, scheme: str) -> None:
    axe = Path(os.environ.get("AXE_CORE", ""))
    if not axe.is_file():
        unavailable("axe-core is not there (set AXE_CORE to axe.min.js)")
    for path in pages(room):
        show(window, path, width, scheme)
        window.driver.execute_script(axe.read_text("utf-8"))
        assert window.driver.execute_async_script(_RUN) == [], path
        assert not window.overflows(), path
    assert window.complaints() == []


@pytest.mark.parametrize("width", [1280, 360])
def test_nothing_moves_while_a_page_comes(
    window: Browser, room: PublicNewsroom, width: int
) -> None:
    for path in pages(room)[:3]:
        show(window, path, width)
        assert window.driver.execute_async_script(_SHIFT) == 0, path


def test_a_reader_finds_their_way_without_a_script(window: Browser, room: PublicNewsroom) -> None:
    window.driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        show(window, "/")
        window.follow("Transport")
        assert "/category/transport" in window.driver.current_url
        window.follow("something of note")
        assert "Read the originals".upper() in window.text
        show(window, "/search")
        window.fill("Search the news", "forty minutes")
        window.press("Search")
        assert "Found for “forty minutes”" in window.text
    finally:
        window.driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})
    assert window.complaints() == []
