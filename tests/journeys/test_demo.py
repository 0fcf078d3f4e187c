"""The demo as a visitor, a subscriber and an editor meet it: no page and no feed has a fault."""

from __future__ import annotations

import re
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from http.cookiejar import CookieJar
from io import BytesIO
from pathlib import Path
from urllib.parse import urldefrag, urlencode, urljoin

import feedparser
import pytest
from lxml import html

from aggregator.demo.writing import briefs
from tests.checkers import atom_errors, broken_promises, html_errors, json_feed_errors
from tests.journeys.service import Installation, free_port

PUBLIC = ("/", "/robots.txt", "/search?q=tunnel", "/nowhere")
INSIDE = ("/desk/", "/desk/?q=tunnel", "/desk/?q=nothing-has-this", "/desk/nowhere", "/ops/")
_QUERIES = 3
"""Of one page's filters, so many are looked at."""
_PAGE_BYTES = 100_000


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    type: str
    body: bytes


class Visitor:
    """Somebody with a browser's cookies."""

    def __init__(self, base: str) -> None:
        self.base = base
        keeps_cookies = urllib.request.HTTPCookieProcessor(CookieJar())
        self._opener = urllib.request.build_opener(keeps_cookies)

    def ask(self, path: str, form: dict[str, str] | None = None) -> Answer:
        sent = urlencode(form).encode() if form else None
        try:
            with self._opener.open(self.base + path, sent, timeout=60) as got:
                return Answer(got.status, got.headers.get_content_type(), got.read())
        except urllib.error.HTTPError as refused:
            with refused:
                return Answer(refused.code, refused.headers.get_content_type(), refused.read())

    def submit(self, path: str, action: str, **typed: str) -> Answer:
        """Send the form of a page that goes to this address."""
        forms = html.fromstring(self.ask(path).body).forms
        form = next(one for one in forms if (one.action or path).endswith(action))
        fields = {name: value or "" for name, value in form.fields.items() if name}
        return self.ask(form.action or path, fields | typed)

    def everything(self, *starts: str) -> dict[str, Answer]:
        """All that can be reached from there by links, by its path."""
        found: dict[str, Answer] = {}
        ahead, queries = list(starts), Counter[str]()
        while ahead:
            path = ahead.pop()
            if path in found:
                continue
            found[path] = self.ask(path)
            for link in self._links(path, found[path]):
                page, _, query = link.partition("?")
                if not query or queries[page] < _QUERIES:
                    queries[page] += bool(query)
                    ahead.append(link)
        return found

    def _links(self, path: str, answer: Answer) -> Iterator[str]:
        """Where a page leads to; in other documents, what begins as our addresses do."""
        named: list[str] = []
        if answer.type == "text/html":
            named = html.fromstring(answer.body).xpath("//@href | //@src")
        elif answer.type.startswith(("application/", "text/plain")):
            text = answer.body.decode().replace("&amp;", "&")
            named = re.findall(re.escape(self.base) + r"""[^\s"'<>\\]*""", text)
        for link in named:
            url, _ = urldefrag(urljoin(self.base + path, link))
            if url.startswith(self.base + "/"):
                yield url.removeprefix(self.base)


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[tuple[str, str]]:
    """The demo once its desk has published everything: its address, and the password."""
    house, said, port = Installation(tmp_path / "house", allow=""), tmp_path / "said", free_port()
    ports = ["--port", str(port), "--origin-port", str(free_port())]
    with said.open("w") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "aggregator.demo", *ports],
            cwd=house.folder, env=house.environ, stdout=output, stderr=output,
        )  # fmt: skip
    base = f"http://127.0.0.1:{port}"
    try:
        deadline = time.monotonic() + 200
        while not _has_published(base):
            assert process.poll() is None, said.read_text()
            assert time.monotonic() < deadline, said.read_text()
            time.sleep(0.5)
        password = re.search(r"as quentin with (\S+)", said.read_text())
        assert password
        yield base, password[1]
    finally:
        process.terminate()
        process.wait(60)


def _has_published(base: str) -> bool:
    try:
        with urllib.request.urlopen(f"{base}/feed.atom", timeout=20) as answer:
            return answer.read().count(b"<id>urn:uuid:") > len(briefs())
    except OSError:
        return False


def _written(found: dict[str, Answer], kind: str, ending: str, folder: Path) -> dict[Path, str]:
    """The documents of this kind as files; which path each is of."""
    paths = [path for path, answer in sorted(found.items()) if answer.type == kind]
    named = {folder / f"{number}.{ending}": path for number, path in enumerate(paths)}
    for file, path in named.items():
        file.write_bytes(found[path].body)
    return named


@pytest.mark.timeout(600)
def test_no_page_and_no_feed_has_a_fault(
    demo: tuple[str, str], shared: Path, tool, tmp_path: Path
) -> None:
    base, password = demo
    reader = Visitor(base)
    public = reader.everything(*PUBLIC)
    # Pages lead to the parts as Atom only.
    parts = [path.removesuffix("atom") for path in public if path.startswith("/feeds/")]
    public |= reader.everything(*(part + ending for part in parts for ending in ("rss", "json")))
    editor = Visitor(base)
    editor.submit("/desk/login", "/desk/login", username="quentin", password=password)
    story = next(path for path in editor.everything("/desk/") if "/stories/" in path)
    draft = editor.submit(story, f"{story}/write")
    assert b'id="brief"' in draft.body
    inside = editor.everything(*INSIDE)

    wrong = {path: answer.status for path, answer in (public | inside).items()}
    wrong = {path: status for path, status in wrong.items() if status != 200}
    assert wrong == {"/nowhere": 404, "/desk/nowhere": 404}
    pages = _written(public | inside, "text/html", "html", tmp_path)
    assert len(pages) > 90
    errors = html_errors(tool, pages)
    assert {(pages[tmp_path / name], *what) for name, *what in errors} == set()
    style = next(len(one.body) for path, one in public.items() if path.endswith("/site.css"))
    for path, answer in public.items():
        assert answer.type != "text/html" or len(answer.body) + style < _PAGE_BYTES, path

    atoms = _written(public, "application/atom+xml", "atom", tmp_path)
    jsons = _written(public, "application/feed+json", "json", tmp_path)
    rsses = _written(public, "application/rss+xml", "rss", tmp_path)
    assert len(jsons) == len(rsses) == len(parts) + 1 == 7
    assert any(path.startswith("/archive/") for path in atoms.values())
    assert atom_errors(tool, shared, atoms) == ""
    for file, path in jsons.items():
        assert json_feed_errors(shared, file) == "", path
    for file, path in (atoms | rsses).items():
        read = feedparser.parse(BytesIO(file.read_bytes()))
        assert not read.bozo, path
        assert len({entry.id for entry in read.entries}) == len(read.entries) > 0, path
    for path in atoms.values():
        assert broken_promises(shared, base + path) == "", path
