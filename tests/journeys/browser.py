"""A real browser, driven as an editor would."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.wait import WebDriverWait

from tests.conftest import unavailable

WIDE, NARROW = (1280, 900), (390, 844)
_QUIET = (
    *("--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-quic"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)


class Browser:
    """One window; elements are found by what a person goes by: labels, buttons, texts."""

    def __init__(self, driver: webdriver.Chrome, base: str) -> None:
        self.driver = driver
        self.base = base

    def open(self, path: str) -> None:
        self.driver.get(self.base + path)

    def fill(self, label: str, text: str) -> None:
        """Type into the field with this label, in place of what is there."""
        found = self.driver.find_element(
            By.XPATH, f"//label[starts-with(normalize-space(), '{label}')]"
        )
        field = self.driver.find_element(By.ID, found.get_attribute("for") or "")
        field.clear()
        field.send_keys(text)

    def press(self, button: str) -> None:
        """Click the button with this text and wait for the page that comes."""
        before = self.driver.find_element(By.TAG_NAME, "html")
        self.driver.find_element(By.XPATH, f"//button[normalize-space()='{button}']").click()
        self.until(lambda: before.id != self.driver.find_element(By.TAG_NAME, "html").id)

    def follow(self, text: str) -> None:
        """Click the first link whose text has this."""
        self.driver.find_element(By.PARTIAL_LINK_TEXT, text).click()

    def keys(self, keys: str, *, shift: bool = False) -> None:
        """Press keys, wherever the focus is, as a keyboard does: no element has to be visible."""
        actions = ActionChains(self.driver)
        if shift:
            actions.key_down(Keys.SHIFT)
        actions.send_keys(keys)
        if shift:
            actions.key_up(Keys.SHIFT)
        actions.perform()

    @property
    def text(self) -> str:
        return self.driver.find_element(By.TAG_NAME, "body").text

    def until(self, holds: Any, seconds: float = 60) -> None:
        WebDriverWait(self.driver, seconds, poll_frequency=0.1).until(lambda _driver: holds())

    def complaints(self) -> list[str]:
        """What the console says is wrong, but for answers that were meant to refuse."""
        log = self.driver.get_log("browser")  # type: ignore[no-untyped-call]
        return [
            e["message"]
            for e in log
            if e["level"] == "SEVERE"
            and " 409 " not in e["message"]
            and " 422 " not in e["message"]
        ]

    def barriers(self) -> list[str]:
        """What axe-core finds on the page that is serious for those who cannot see, or worse."""
        self.driver.execute_script(axe_core())  # type: ignore[no-untyped-call]
        found = self.driver.execute_async_script(  # type: ignore[no-untyped-call]
            "axe.run({resultTypes: ['violations']}).then(arguments[0])"
        )
        return [
            f"{one['id']}: {node['html'][:200]} {node['failureSummary']}"
            for one in found["violations"]
            if one["impact"] in ("serious", "critical")
            for node in one["nodes"]
        ]

    def overflows(self) -> bool:
        """Whether the page is wider than the window."""
        return bool(
            self.driver.execute_script(  # type: ignore[no-untyped-call]
                "return document.documentElement.scrollWidth > window.innerWidth"
            )
        )


def axe_core() -> str:
    """The script of axe-core, from the file that AXE_CORE names."""
    file = os.environ.get("AXE_CORE")
    if not file:
        unavailable("axe-core: npm pack axe-core, unpack it, AXE_CORE=…/package/axe.min.js")
    return Path(str(file)).read_text("utf-8")


@contextmanager
def browser(base: str, size: tuple[int, int] = WIDE) -> Iterator[Browser]:
    """A new browser without any history."""
    chromium, driver_path = shutil.which("chromium"), shutil.which("chromedriver")
    if not (chromium and driver_path):
        unavailable("chromium and chromedriver are not installed")
    options = webdriver.ChromeOptions()
    options.binary_location = str(chromium)
    for flag in (*_QUIET, f"--window-size={size[0]},{size[1]}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = webdriver.Chrome(options=options, service=Service(str(driver_path)))
    if size == NARROW:
        # A window cannot be as narrow as a phone; what is shown in it can.
        metrics = {"width": size[0], "height": size[1], "deviceScaleFactor": 2, "mobile": True}
        driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)  # type: ignore[no-untyped-call]
    try:
        yield Browser(driver, base)
    finally:
        driver.quit()
