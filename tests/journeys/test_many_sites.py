"""Three sites over one store, behind nginx: readers cannot tell which of them answers."""

from __future__ import annotations

import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from aggregator.cli.app import utc_now
from aggregator.desk.desk import Desk
from aggregator.desk.workflow import Rules
from aggregator.domain import Editor, Republish, Role, Wording
from aggregator.settings import load
from aggregator.store import Store
from tests.build import declare, item, source, take
from tests.journeys.newsrooms import until
from tests.journeys.service import Installation, free_port

PATHS = ("/feed.atom", "/feed.rss", "/feed.json", "/")
PAULA = Editor("paula", "Paula Ek", "PE", Role.PUBLISHER)
_NGINX = """
daemon off; worker_processes 1; pid {folder}/nginx.pid; error_log stderr;
events {{ worker_connections 64; }}
http {{
  access_log off;
  client_body_temp_path {folder}/a; proxy_temp_path {folder}/b; fastcgi_temp_path {folder}/c;
  uwsgi_temp_path {folder}/d; scgi_temp_path {folder}/e;
  upstream sites {{ {servers} }}
  server {{
    listen 127.0.0.1:{port};
    location / {{ proxy_pass http://sites; proxy_set_header Host news.example; }}
  }}
}}
"""


class Sites:
    """Three ``serve`` processes, and a desk of another process over the same store."""

    def __init__(self, folder: Path, database_url: str, nginx: str) -> None:
        self.house = Installation(folder / "house", allow="127.0.0.0/8", database_url=database_url)
        self.house.declare([])
        self.house.run("db", "upgrade")
        self.ports = [free_port() for _ in range(3)]
        self.port = free_port()
        conf = folder / "nginx.conf"
        servers = " ".join(f"server 127.0.0.1:{port};" for port in self.ports)
        conf.write_text(_NGINX.format(folder=folder, servers=servers, port=self.port))
        self._nginx = [nginx, "-c", str(conf), "-p", str(folder), "-e", "stderr"]
        self.store = Store(database_url)

    def start(self, ends: ExitStack) -> None:
        """Start everything; it is killed in the end."""
        quiet = subprocess.DEVNULL
        started = [
            self.house.start("serve", "--port", str(port), output=quiet) for port in self.ports
        ]
        nginx = subprocess.Popen(self._nginx, stdout=quiet, stderr=quiet)
        for process in (*started, nginx):
            ends.callback(process.wait)
            ends.callback(process.terminate)
        for port in (*self.ports, self.port):
            until(lambda port=port: self._answers(port))

    def get(self, path: str, port: int | None = None) -> tuple[bytes, str | None]:
        """Body and ETag, through nginx or from one of the three."""
        with urllib.request.urlopen(f"http://127.0.0.1:{port or self.port}{path}") as answer:
            return answer.read(), answer.headers["ETag"]

    def agree(self) -> bool:
        """Whether all of them give the same bytes and ETags."""
        return all(len({self.get(path) for _ in range(6)}) == 1 for path in PATHS)

    def publish(self) -> None:
        """An editor publishes a brief."""
        site = load(self.house.folder / "config", self.house.environ)
        desk = Desk(self.store, Rules(site.time_zone, four_eyes=False), ["en"], utc_now)
        said = Wording(
            headline="Tunnel of Lac-Noir opens",
            body="According to *Fanal*, it is open. Nine years late.",
            byline="PE",
            citations=desk.cite([1]),
        )
        draft = desk.begin_from_items([1], PAULA, said)
        desk.publish(draft.id, draft.version, PAULA)

    def _answers(self, port: int) -> bool:
        try:
            return bool(self.get("/feed.json", port))
        except (OSError, urllib.error.URLError):
            return False


@pytest.fixture
def sites(postgres_url: str, tmp_path: Path, tool: Callable[[str], str]) -> Iterator[Sites]:
    sites = Sites(tmp_path, postgres_url, tool("nginx"))
    with ExitStack() as ends:
        ends.callback(sites.store.close)
        fanal = source(republish=Republish.FULL)
        declare(sites.store, fanal)
        take(sites.store, fanal, item(1), item(2))
        sites.start(ends)
        yield sites


def test_all_of_them_say_the_same_and_know_at_once_what_is_published(sites: Sites) -> None:
    # Each looks once a second whether there is something new.
    until(sites.agree, 10)
    sites.publish()
    published = time.monotonic()
    for port in sites.ports:
        until(lambda port=port: b"Lac-Noir" in sites.get("/feed.atom", port)[0], every=0.05)
    assert time.monotonic() - published < 2
    until(sites.agree, 10)
