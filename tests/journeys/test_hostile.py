"""A poll of everything that a hostile origin can think of: redirects to inside, bombs, odd bytes."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from tests.conftest import Install
from tests.journeys.browser import browser
from tests.journeys.service import free_port
from tests.journeys.test_service import get
from tests.origin import Origin

STATES = {"ok": "ok", "moved": "ok", "error": "failing", "gone": "gone"}
# What the origin calls an error although what it asks for is done: the redirect is followed and the
# stored address kept, and a header that ends before the injected one is just a header.
FOLLOWED = {"/redir/301_to_302", "/redir/crlf"}
FILE_OF_THE_MACHINE = b"CANARY-FILE-CONTENT"


class Hostile:
    """The hostile origin; what is behind the next port must never be asked for."""

    def __init__(self, tools: Path) -> None:
        port = free_port()
        script = tools / "hostile_origin.py"
        self.address = f"127.0.0.1:{port}"
        self.process = subprocess.Popen(
            [sys.executable, script, "--port", str(port)], stdout=subprocess.PIPE, text=True
        )
        assert self.process.stdout
        self.process.stdout.readline()

    def json(self, path: str) -> Any:
        with urllib.request.urlopen(f"http://{self.address}{path}") as answer:
            return json.load(answer)


@pytest.fixture
def hostile(shared: Path) -> Iterator[Hostile]:
    running = Hostile(shared / "tools")
    yield running
    running.process.kill()
    running.process.communicate()


def test_every_trap_ends_as_it_should_and_nothing_reaches_inside(
    hostile: Hostile, install: Install
) -> None:
    index = hostile.json("/index.json")
    cases = [case for case in index if not case["off_loopback"]]
    assert len(cases) > 200
    house = install(allow=hostile.address)
    house.environ["AGGREGATOR_FETCH_TIMEOUT"] = "8s"
    house.declare(
        [
            {"id": f"case-{number}", "name": case["path"], "url": case["url"]}
            for number, case in enumerate(cases)
        ]
    )
    house.run("db", "upgrade")
    polled = house.run("poll", "--json", expect=1)
    assert "Traceback" not in polled.stderr
    found = {source["name"]: source for source in house.lines("sources", "list")}
    assert hostile.json("/__canary") == []

    wrong = {}
    for case in cases:
        path, expected, source = case["path"], case["expect"], found[case["path"]]
        state = None if path in FOLLOWED else STATES.get(expected["state"])
        if expected["items"] is not None and source["items"] != expected["items"]:
            wrong[path] = (f"{expected['items']} items", case["safe"], source)
        elif state and source["state"] != state:
            wrong[path] = (state, case["safe"], source)
        elif source["state"] == "failing" and not source["error"]:
            wrong[path] = ("an error that says why", case["safe"], source)
    assert wrong == {}
    stored = house.run("items", "--limit", "100000", "--json").stdout.encode()
    assert FILE_OF_THE_MACHINE not in stored


DC = "http://purl.org/dc/elements/1.1/"
PASSWORD = "four quiet purple tractors"


def everywhere(payloads: list[str]) -> bytes:
    """A feed that has each payload in everything that is shown."""
    rss = etree.Element("rss", version="2.0", nsmap={"dc": DC})
    channel = etree.SubElement(rss, "channel")
    etree.SubElement(channel, "title").text = "Payloads"
    for number, payload in enumerate(payloads):
        said = re.sub(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd]", " ", payload)
        entry = etree.SubElement(channel, "item")
        for name in ("title", "description", f"{{{DC}}}creator", "category"):
            etree.SubElement(entry, name).text = f"{number * 7919} {said}"
        etree.SubElement(entry, "guid", isPermaLink="false").text = f"payload:{number}"
        etree.SubElement(entry, "link").text = f"https://payloads.example/{number}?{said}"
    return bytes(etree.tostring(rss))


WATCH = """
window.fired = [];
for (const name of ["alert", "confirm", "prompt", "print", "open"])
  window[name] = () => window.fired.push(name);
"""
ACTIVE = """
return [...document.querySelectorAll("*")].flatMap(element =>
  [...element.attributes]
    .filter(({name, value}) => /^on/i.test(name) || /href|src|action|data|poster/i.test(name) && /^\\s*(javascript|vbscript|data:text)/i.test(value))
    .map(({name, value}) => `${element.tagName} ${name}=${value}`)
  ).concat(window.fired);
"""


def test_no_payload_runs_on_any_page_of_the_desk_or_the_site(
    hostile: Hostile, origin: Origin, shared: Path, install: Install
) -> None:
    cases = [c for c in hostile.json("/index.json") if c["category"] in {"xss", "charset", "text"}]
    payloads = json.loads((shared / "corpus" / "xss_payloads.json").read_text())
    cases.append({"url": origin.put("/payloads", everywhere([row["payload"] for row in payloads]))})
    port = free_port()
    base = f"http://127.0.0.1:{port}"
    house = install(allow="127.0.0.0/8")
    house.environ |= {"AGGREGATOR_BASE_URL": base, "AGGREGATOR_FEED_ENTRIES": "500"}
    house.declare(
        [
            {"id": f"case-{number}", "name": f"<img src=x onerror=alert({number})>", "url": case["url"]}
            for number, case in enumerate(cases)
        ]
    )  # fmt: skip
    house.run("db", "upgrade")
    house.run("poll", expect=None)
    subprocess.run(
        [sys.executable, "-m", "aggregator", "users", "add", "quentin", "--name", "Quentin", "--role", "operator"],
        cwd=house.folder, env=house.environ, input=PASSWORD + "\n", text=True, check=True,
    )  # fmt: skip
    stories = house.lines("stories", "--limit", "400")
    assert sum(len(story["items"]) for story in stories) > 800
    service = house.start("serve", "--port", str(port))
    try:
        get(f"{base}/health")
        with browser(base) as window:
            window.driver.execute_cdp_cmd(
                "Page.addScriptToEvaluateOnNewDocument", {"source": WATCH}
            )  # type: ignore[no-untyped-call]
            window.open("/desk/")
            window.fill("Username", "quentin")
            window.fill("Password", PASSWORD)
            window.press("Log in")
            told = [f"/desk/stories/{story['id']}" for story in stories[:25]]
            for path in ("/desk/", "/desk/?page=2", "/", *told):
                window.open(path)
                assert window.driver.execute_script(ACTIVE) == [], path  # type: ignore[no-untyped-call]
            for sign in window.complaints():
                assert "Content Security Policy" not in sign, "only our policy held it back"
    finally:
        service.kill()
        service.communicate()
