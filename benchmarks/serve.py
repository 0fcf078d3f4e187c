"""Serving the feed to a crowd: ours beside nginx with the same bytes as files, in one run.

``python -m benchmarks.serve [--seconds 5] [--rounds 3] [--connections 64] [--processes 2]``
starts ``aggregator serve`` on a newsroom of its own, and nginx on the same bytes; asks both in
turns with wrk; prints requests a second, the 99th percentile and the processor's time a request,
and how a day of a real blog (28,852 requests) would go. Needs ``wrk`` and ``nginx``.
"""

from __future__ import annotations

import argparse
import getpass
import gzip
import os
import random
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from sqlalchemy import insert

from aggregator.domain import Republish, Source
from aggregator.store import Store, schema, upgrade

ROOT = Path(__file__).parents[1]
_DAY = 28_852
_PAPER = Source("paper", "The Paper", "https://paper.example/feed", republish=Republish.FULL)
_NGINX = """
user {user}; daemon off; worker_processes auto; pid nginx.pid; error_log error.log;
events {{ worker_connections 1024; }}
http {{
  access_log off; sendfile on; tcp_nopush on; keepalive_requests 100000000;
  client_body_temp_path t1; proxy_temp_path t2; fastcgi_temp_path t3; uwsgi_temp_path t4;
  scgi_temp_path t5;
  open_file_cache max=100; open_file_cache_valid 60s;
  server {{
    listen 127.0.0.1:{port} backlog=1024;
    root files;
    default_type application/atom+xml;
    location /packed/ {{ add_header Content-Encoding gzip; }}
  }}
}}
"""


@dataclass(frozen=True, slots=True)
class Figures:
    """What wrk measured: requests a second, and the 99th percentile in milliseconds; ``cpu`` is
    what the server's processes took for each, in microseconds: on a busy machine that says more.
    """

    rate: float
    p99: float
    cpu: float


def fill(url: str, entries: int) -> None:
    """A newsroom whose feed has so many entries."""
    upgrade(url)
    store = Store(url)
    now = datetime.now(UTC)
    store.sources.declare([_PAPER], now, lambda *_: None)
    # Compressed, it is to be as large as what people write: a quarter of it.
    chance = random.Random(7)
    words = [
        "".join(chance.choices("etaoinshrdlucmfw", k=chance.randint(2, 9))) for _ in range(4000)
    ]
    rows = [
        {
            "source_id": "paper", "identity": str(n), "entry_id": f"tag:paper.example,2026:{n}",
            "url": f"https://paper.example/{n}", "title": f"Report {n} of the tunnel",
            "summary": "", "content": f"<p>{text}</p>", "text": text, "search": text,
            "authors": ["Ana Ruiz"], "categories": ["news"], "first_seen_at": now,
            "sort_at": now - timedelta(minutes=n), "published_at": now - timedelta(minutes=n),
            "revision": 1, "digest": str(n),
        }
        for n, text in enumerate(" ".join(chance.choices(words, k=75)) for _ in range(entries))
    ]  # fmt: skip
    with store._database.write() as connection:
        connection.execute(insert(schema.items), rows)
    store.close()


def free_port() -> int:
    """A port of loopback that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def get(url: str, **headers: str) -> tuple[bytes, str]:
    """GET, patiently while nobody listens yet → body and ETag."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    deadline = time.monotonic() + 60
    while True:
        try:
            with urllib.request.urlopen(urllib.request.Request(url, headers=named)) as answer:
                return answer.read(), answer.headers["ETag"]
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)


@contextmanager
def running(command: list[str], folder: Path, environ: dict[str, str]) -> Iterator[int]:
    """A server, until the block ends; gives its process's number."""
    process = subprocess.Popen(command, cwd=folder, env=os.environ | environ)
    try:
        yield process.pid
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


def worked(server: int) -> float:
    """The seconds that a server's child processes have worked so far."""
    children = Path(f"/proc/{server}/task/{server}/children").read_text().split()
    ticks = 0
    for child in children:
        fields = Path(f"/proc/{child}/stat").read_text().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def wrk(server: int, url: str, options: argparse.Namespace, *more: str, **environ: str) -> Figures:
    """Ask as fast as it goes."""
    before = worked(server)
    done = subprocess.run(
        [
            "wrk", "-t1", f"-c{options.connections}", f"-d{options.seconds}s", "--latency",
            *more, url,
        ],
        capture_output=True, text=True, check=True, env=os.environ | environ,
    ).stdout  # fmt: skip
    wrong = re.search(r"(Non-2xx.*|Socket errors.*)", done)
    if wrong:
        print(f"  {url}: {wrong[0]}", file=sys.stderr)
    spent = worked(server) - before
    total = re.search(r"(\d+) requests in", done)
    rate = re.search(r"Requests/sec:\s+([\d.]+)", done)
    p99 = re.search(r"99%\s+([\d.]+)(us|ms|s)", done)
    assert rate
    assert p99
    assert total
    milliseconds = float(p99[1]) * {"us": 0.001, "ms": 1, "s": 1000}[p99[2]]
    return Figures(float(rate[1]), milliseconds, spent / int(total[1]) * 1e6)


def measure(
    servers: tuple[int, int], ours: str, theirs: str, folder: Path, options: argparse.Namespace
) -> None:
    """Every case by both, round after round."""
    (folder / "files" / "packed").mkdir(parents=True)
    body, etag = get(f"{ours}/feed.atom")
    packed, packed_etag = get(f"{ours}/feed.atom", Accept_Encoding="gzip")
    page, _ = get(f"{ours}/", Accept_Encoding="gzip")
    (folder / "files" / "feed.atom").write_bytes(body)
    (folder / "files" / "packed" / "feed.atom").write_bytes(packed)
    (folder / "files" / "packed" / "page").write_bytes(page)
    assert gzip.decompress(packed) == body
    _, their_etag = get(f"{theirs}/feed.atom")
    _, their_packed_etag = get(f"{theirs}/packed/feed.atom")
    # What is ready is answered by the short way from the next look at the store on.
    time.sleep(2)
    print(f"the feed: {len(body)} bytes, {len(packed)} packed; the front page: {len(page)} packed")
    gz = "-HAccept-Encoding: gzip"
    cases = {
        "plain 200": (["/feed.atom"], ["/feed.atom"]),
        "gzip 200": (["/feed.atom", gz], ["/packed/feed.atom"]),
        "304": (
            ["/feed.atom", f"-HIf-None-Match: {etag}"],
            ["/feed.atom", f"-HIf-None-Match: {their_etag}"],
        ),
        "page, gzip 200": (["/", gz], ["/packed/page"]),
    }
    for name, sides in cases.items():
        found: list[list[Figures]] = [[], []]
        for _ in range(options.rounds):
            for at, (base, (path, *more)) in enumerate(zip((ours, theirs), sides, strict=True)):
                found[at].append(wrk(servers[at], base + path, options, *more))
        show(name, *found)
    script = ["-s", str(ROOT / "benchmarks" / "replay.lua")]
    days: list[list[Figures]] = [[], []]
    for _ in range(options.rounds):
        for at, (base, path, tag) in enumerate(
            ((ours, "/feed.atom", packed_etag), (theirs, "/packed/feed.atom", their_packed_etag))
        ):
            asked = {"REPLAY_PATH": path, "REPLAY_ETAG": tag}
            days[at].append(wrk(servers[at], base, options, *script, **asked))
    show("a blog's day", *days)
    print(f"  the whole day in {_DAY / median(one.rate for one in days[0]):.1f} s")


def show(name: str, ours: list[Figures], theirs: list[Figures]) -> None:
    """A line a case."""
    sides = []
    for who, side in (("ours", ours), ("nginx", theirs)):
        rate, p99, cpu = (median(getattr(one, f) for one in side) for f in ("rate", "p99", "cpu"))
        sides.append((rate, cpu))
        print(f"{name:15} {who:5} {rate:8.0f}/s  p99 {p99:6.1f} ms  {cpu:6.1f} us CPU each")
    rates, cpus = zip(*sides, strict=True)
    shares = f"{rates[0] / rates[1]:5.0%} by rate, {cpus[1] / cpus[0]:5.0%} by CPU"
    print(f"{'':15} ours is {shares}", flush=True)


def main() -> None:
    """Run as a command."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--seconds", type=int, default=5)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--connections", type=int, default=64)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--entries", type=int, default=50)
    options = parser.parse_args()
    missing = [name for name in ("wrk", "nginx") if not shutil.which(name)]
    if missing:
        sys.exit(f"this needs {' and '.join(missing)}: apt-get install wrk nginx-light")
    with TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "config").mkdir()
        (folder / "var").mkdir()
        (folder / "config" / "sources.yaml").write_text("sources: []\n")
        fill(f"sqlite:///{folder}/var/aggregator.db", options.entries)
        ports = free_port(), free_port()
        (folder / "nginx.conf").write_text(_NGINX.format(port=ports[1], user=getpass.getuser()))
        ours = [
            sys.executable, "-m", "aggregator", "serve",
            "--port", str(ports[0]), "--processes", str(options.processes),
        ]  # fmt: skip
        theirs = ["nginx", "-p", name, "-c", "nginx.conf"]
        with (
            running(ours, folder, {"PYTHONPATH": str(ROOT)}) as one,
            running(theirs, folder, {}) as other,
        ):
            urls = [f"http://127.0.0.1:{port}" for port in ports]
            measure((one, other), *urls, folder, options)


if __name__ == "__main__":
    main()
