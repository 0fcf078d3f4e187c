"""The export: the same bytes as the site's, written only where they change, whole at any moment."""

from __future__ import annotations

import gzip
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import brotli
import pytest

from aggregator.desk.naming import path as path_of
from aggregator.store import Store
from feeds.export import Export, Exported, ExportFailed
from feeds.press import FORMATS
from tests.feeds.newsroom import MONDE, RTL, Newsroom
from tests.journeys.service import free_port

BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)


class Site(Newsroom):
    """A newsroom that exports itself."""

    def __init__(self, store: Store, folder: Path) -> None:
        super().__init__(store)
        self.folder = folder
        self.take(MONDE, 1, 2)
        self.take(RTL, 3)
        self.brief = self.publish(1)

    def export(self, *, whole: bool = True) -> Exported:
        gone = [path_of(one) or "" for one in self.store.briefs.withdrawn(BEGINNING)]
        return Export(self.client, self.folder).run(self.press.paths(), gone, whole=whole)

    def files(self) -> dict[str, tuple[float, bytes]]:
        found = (p for p in self.folder.rglob("*") if p.is_file())
        return {str(p.relative_to(self.folder)): (p.stat().st_mtime, p.read_bytes()) for p in found}


@pytest.fixture
def site(sqlite_store: Store, tmp_path: Path) -> Site:
    return Site(sqlite_store, tmp_path / "public")


def test_every_document_is_there_with_the_sites_own_bytes(site: Site) -> None:
    site.export()
    for path in site.press.paths():
        served = site.client.get(path, headers={"Accept-Encoding": "identity"})
        name = path[1:] + ("index.html" if path.endswith("/") else "")
        if "." not in name.rpartition("/")[2]:
            name += ".html"
        body = (site.folder / name).read_bytes()
        assert body == served.data, path
        if (site.folder / f"{name}.gz").exists():
            assert gzip.decompress((site.folder / f"{name}.gz").read_bytes()) == body
            assert brotli.decompress((site.folder / f"{name}.br").read_bytes()) == body
    for name in (
        "index.html",
        "feed.atom.gz",
        "feed.rss",
        "feed.json",
        "sitemap.xml",
        "robots.txt",
    ):
        assert (site.folder / name).exists(), name


def test_nothing_is_written_where_nothing_has_changed(site: Site) -> None:
    first = site.export()
    assert (first.written > 20, first.removed) == (True, 0)
    before = site.files()
    again = site.export()
    assert (again.written, again.removed) == (0, 0)
    assert site.files() == before


def test_a_new_brief_rewrites_what_shows_it_and_nothing_else(site: Site) -> None:
    """Its neighbour links to it; one in a series, or two away, does not."""
    site.later(minutes=5)
    site.publish(2, headline="An opera", kicker="Culture")
    site.later(minutes=5)
    site.publish(1, headline="Born on January 20", series="born-on")
    site.export()
    before = site.files()
    site.later(days=1)
    site.publish(3, headline="The bridge")
    site.export()
    after = site.files()
    names = {name: name.removesuffix(".gz").removesuffix(".br") for name in before | after}
    made = {names[name] for name in set(after) - set(before)}
    assert made == {"news/2026/01/21.html", "news/2026/01/21/the-bridge.html", "source/rtl.html"}
    changed = {names[name] for name in before if after[name] != before[name]}
    feeds = {f"{name}.{ending}" for name in ("feed", "feeds/briefs") for ending in FORMATS}
    assert changed == feeds | {
        "archive/2026/01.atom", "sitemap.xml", "news-sitemap.xml", ".server/files.json",
        "index.html", "category/transport.html", "language/en.html",
        "news.html", "news/2026/01.html", "news/2026/01/20.html", "news/2026/01/20/an-opera.html",
    }  # fmt: skip


def test_news_of_sources_leaves_the_pages_of_briefs_alone(site: Site) -> None:
    site.export()
    before = site.files()
    site.later(minutes=5)
    site.take(RTL, 9)
    done = site.export(whole=False)
    changed = {name for name, found in site.files().items() if found != before.get(name)}
    assert "feed.atom" in changed
    assert not any(name.startswith(("news", "category", "series")) for name in changed)
    assert done.written < len(before)


def test_what_is_withdrawn_goes_and_what_others_put_there_stays(site: Site) -> None:
    site.export()
    (site.folder / "ads.txt").write_text("ours")
    page = site.folder / f"{path_of(site.brief)}.html"[1:]
    assert page.exists()
    site.desk.withdraw(site.brief.id, site.brief.version, "It was wrong.", _editor())
    done = site.export()
    assert done.removed >= 3
    assert not page.exists()
    assert (site.folder / "ads.txt").read_text() == "ours"
    assert (
        f"location = {path_of(site.brief)} {{ return 410; }}"
        in (site.folder / ".server/nginx.conf").read_text()
    )
    assert site.brief.uid.encode() in (site.folder / "feed.atom").read_bytes(), "as a tombstone"


def test_same_size_in_the_same_second_is_another_time(site: Site) -> None:
    export = Export(site.client, site.folder)
    site.folder.mkdir()
    at = datetime(2026, 1, 20, tzinfo=UTC)
    export._put("a.txt", b"one", at)
    first = (site.folder / "a.txt").stat().st_mtime
    export._put("a.txt", b"two", at)
    assert (site.folder / "a.txt").stat().st_mtime != first


def test_what_is_gone_before_it_is_written_ends_it(site: Site) -> None:
    with pytest.raises(ExportFailed, match="/news/none: answered 404; try again"):
        Export(site.client, site.folder).run(["/", "/news/none"], [])
    assert site.export().written > 0


def test_a_folder_that_cannot_be_written_is_named(site: Site, tmp_path: Path) -> None:
    (tmp_path / "public").write_text("a file")
    with pytest.raises(ExportFailed, match="public: cannot be written"):
        site.export()


def _editor():
    from tests.feeds.newsroom import PAULA

    return PAULA


@pytest.fixture
def nginx(site: Site, tool: Callable[[str], str], tmp_path: Path) -> Iterator[str]:
    """The export behind nginx; gives its address."""
    port = free_port()
    site.export()
    conf = tmp_path / "nginx.conf"
    conf.write_text(
        f"""daemon off; master_process off; pid {tmp_path}/nginx.pid; error_log {tmp_path}/error.log;
        events {{}}
        http {{ access_log off; client_body_temp_path {tmp_path}/b; proxy_temp_path {tmp_path}/p;
        fastcgi_temp_path {tmp_path}/f; uwsgi_temp_path {tmp_path}/u; scgi_temp_path {tmp_path}/s;
        server {{ listen 127.0.0.1:{port}; include {site.folder}/.server/nginx.conf; }} }}"""
    )
    process = subprocess.Popen([tool("nginx"), "-c", conf], stderr=subprocess.PIPE, text=True)
    deadline = time.monotonic() + 20
    while True:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/feed.atom").close()
            break
        except urllib.error.HTTPError:
            break
        except OSError:
            assert process.poll() is None, process.communicate()[1]
            assert time.monotonic() < deadline
            time.sleep(0.05)
    yield f"http://127.0.0.1:{port}"
    process.terminate()
    process.communicate()


def test_nginx_serves_it_as_we_do(site: Site, nginx: str) -> None:
    def ask(path: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        try:
            with urllib.request.urlopen(urllib.request.Request(nginx + path, headers=named)) as got:
                return got.status, {k.lower(): v for k, v in got.headers.items()}, got.read()
        except urllib.error.HTTPError as refused:
            return refused.code, {k.lower(): v for k, v in refused.headers.items()}, refused.read()

    page = path_of(site.brief) or ""
    for path in ("/", "/feed.atom", "/feed.rss", "/feed.json", "/sitemap.xml", page, "/news"):
        served = site.client.get(path, headers={"Accept-Encoding": "identity"})
        status, headers, body = ask(path)
        assert (status, body) == (200, served.data), path
        assert headers["content-type"].lower() == served.content_type.lower(), path
        for name in ("cache-control", "content-security-policy", "x-content-type-options"):
            assert headers[name] == served.headers[name], (path, name)
        packed = ask(path, Accept_Encoding="gzip")
        assert gzip.decompress(packed[2]) == body
        assert packed[1]["vary"] == "Accept-Encoding"
        assert ask(path, If_None_Match=headers["etag"])[0] == 304
    assert ask("/nowhere")[0] == 404
    assert ask("/.server/nginx.conf")[0] == 404
    style = next(p for p in site.press.paths() if p.endswith("site.css"))
    assert "immutable" in ask(style)[1]["cache-control"]
