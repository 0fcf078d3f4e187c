"""The files that are there to be copied: nginx takes its own as it is, and passes on what it should."""

from __future__ import annotations

import configparser
import socket
import ssl
import subprocess
import time
from collections.abc import Callable, Iterator
from http.client import HTTPConnection, HTTPSConnection
from pathlib import Path

import click
import pytest

from aggregator.cli import main
from tests.journeys.service import free_port
from tests.origin import Origin

DEPLOY = Path(__file__).parents[1] / "docs" / "deploy"


@pytest.fixture
def proxy(tmp_path: Path, origin: Origin, tool: Callable[[str], str]) -> Iterator[tuple[int, int]]:
    """nginx.conf as it is shipped, with ports, certificate and backend of this machine; gives the
    ports of http and https.
    """
    plain, secure = free_port(), free_port()
    cert, key, log = tmp_path / "cert.pem", tmp_path / "key.pem", tmp_path / "access.log"
    subprocess.run(
        [tool("openssl"), "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
         "-subj", "/CN=news.example.org", "-out", cert, "-keyout", key],
        check=True, capture_output=True,
    )  # fmt: skip
    lines = (DEPLOY / "nginx.conf").read_text().splitlines()
    site = "\n".join(line for line in lines if "[::]" not in line)
    for shipped, ours in (
        ("listen 80;", f"listen 127.0.0.1:{plain};"),
        ("listen 443 ", f"listen 127.0.0.1:{secure} "),
        ("/etc/letsencrypt/live/news.example.org/fullchain.pem", str(cert)),
        ("/etc/letsencrypt/live/news.example.org/privkey.pem", str(key)),
        ("http://127.0.0.1:8000", origin.url),
    ):
        assert shipped in site
        site = site.replace(shipped, ours)
    conf = tmp_path / "nginx.conf"
    conf.write_text(
        f"daemon off; master_process off; pid {tmp_path}/pid; error_log stderr; events {{}}\n"
        f"http {{ access_log {log}; {_folders(tmp_path)}\n{site}\n}}"
    )
    process = subprocess.Popen(
        [tool("nginx"), "-c", str(conf), "-e", "stderr"], stderr=subprocess.PIPE, text=True
    )
    deadline = time.monotonic() + 60
    while not _answers(secure):
        assert process.poll() is None, process.stderr and process.stderr.read()
        assert time.monotonic() < deadline
        time.sleep(0.05)
    yield plain, secure
    process.terminate()
    process.communicate(timeout=60)


def _folders(folder: Path) -> str:
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    return " ".join(f"{kind}_temp_path {folder}/{kind};" for kind in kinds)


def _answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


def test_nginx_passes_on_what_it_should(
    proxy: tuple[int, int], origin: Origin, tmp_path: Path
) -> None:
    plain, secure = proxy
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE

    def get(path: str) -> int:
        connection = HTTPSConnection("127.0.0.1", secure, timeout=60, context=context)
        sent = {"Host": "news.example.org", "X-Forwarded-For": "203.0.113.9"}
        connection.request("GET", path, headers=sent)
        answer = connection.getresponse()
        answer.read()
        connection.close()
        return answer.status

    for path in ("/feed.atom", "/incidents/s3cret.atom"):
        origin.put(path, "fine")
        assert get(path) == 200
    assert get("/metrics") == 404
    assert [path for path, _ in origin.requests] == ["/feed.atom", "/incidents/s3cret.atom"]
    for _, headers in origin.requests:
        assert headers["X-Forwarded-For"] == "127.0.0.1", (
            "what a visitor says of himself is dropped"
        )
        assert headers["Host"] == "news.example.org"
    log = (tmp_path / "access.log").read_text()
    assert "/feed.atom" in log
    assert "s3cret" not in log
    connection = HTTPConnection("127.0.0.1", plain, timeout=60)
    connection.request("GET", "/x?y=1", headers={"Host": "news.example.org"})
    answer = connection.getresponse()
    assert answer.status == 301
    assert answer.headers["Location"] == "https://news.example.org/x?y=1"
    connection.close()


@pytest.mark.parametrize("unit", sorted(DEPLOY.glob("*.service")), ids=lambda path: path.name)
def test_units_start_commands_that_there_are(unit: Path) -> None:
    read = configparser.ConfigParser(strict=False, interpolation=None)
    read.optionxform = str  # type: ignore[assignment, method-assign]
    read.read_string(unit.read_text())
    service = read["Service"]
    assert service["User"] == service["Group"] == "aggregator"
    started = [line for line in unit.read_text().splitlines() if line.startswith("ExecStart")]
    assert started
    ctx = click.Context(main)
    for line in started:
        name, *words = line.partition("/.venv/bin/aggregator ")[2].split()
        command = main.get_command(ctx, name)
        if isinstance(command, click.Group):
            command = command.get_command(ctx, words.pop(0))
        assert command, line
        options = {name for one in command.params for name in one.opts}
        assert {word for word in words if word.startswith("--")} <= options
