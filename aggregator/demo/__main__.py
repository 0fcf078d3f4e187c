"""``python -m aggregator.demo``: the program on the bundled newsroom (a composition root)."""

from __future__ import annotations

import json
import os
import secrets
import sys
import threading
from pathlib import Path

import click

from aggregator.cli import main as aggregator
from aggregator.cli.app import utc_now
from aggregator.cli.editors import desk_of
from aggregator.demo.origin import Origin
from aggregator.demo.papers import PAPERS
from aggregator.demo.writing import keep_writing
from aggregator.desk.accounts import new_editor
from aggregator.desk.passwords import hash_password
from aggregator.domain import Editor, Role
from aggregator.settings import load
from aggregator.store import Store

_FOLDER = Path("var/demo")
_SERIES = [
    {"slug": "born-on", "title": "Born on", "headline": "Born on {date}: ", "at": "10h00"},
    {"slug": "rip", "title": "RIP", "headline": "RIP ", "at": "18h00"},
]
_FEEDS = [
    {"slug": "briefs", "title": "Our own briefs", "kinds": "briefs"},
    {"slug": "transport", "title": "Transport", "categories": ["transport"]},
    {"slug": "francais", "title": "En français", "languages": "fr", "language": "fr"},
    {"slug": "fanal", "title": "From Le Fanal", "sources": ["fanal"]},
    {"slug": "born-on", "title": "Born on", "series": ["born-on"]},
    {"slug": "tunnel", "title": "The tunnel", "search": "tunnel"},
]
_READ_HERE = ("fanal", "courant", "herald")
_REPUBLISH = {"fanal": "full", "meuse": "link"}


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option("--origin-port", default=8001, show_default=True, type=click.IntRange(1, 65535))
def demo(host: str, port: int, origin_port: int) -> None:
    """Run the newsroom on fictional sources that are served on loopback."""
    try:
        origin = Origin(origin_port, utc_now)
    except OSError as error:
        message = f"cannot serve the demo's sources on port {origin_port}: {error.strerror}"
        raise click.UsageError(f"{message}; choose another with --origin-port") from error
    threading.Thread(target=origin.serve_forever, daemon=True).start()
    _prepare(origin.url, f"http://{host}:{port}")
    click.echo(f"The demo's sources are served on {origin.url}; news keeps coming.", err=True)
    aggregator.main(args=["db", "upgrade"], standalone_mode=False)
    settings = load(_FOLDER / "config", os.environ)
    store = Store(settings.database_url)
    editor, password = _hire(store)
    login = (
        f"The desk is at http://{host}:{port}/desk/, operations at /ops/: log in as quentin with "
        f"{password}"
    )
    click.echo(login, err=True)
    _keep(login)
    stopped = threading.Event()
    at_work = (desk_of(settings, store), store, editor, origin.url, stopped)
    threading.Thread(target=keep_writing, args=at_work, daemon=True).start()
    sys.exit(aggregator.main(args=["run", "--host", host, "--port", str(port)]))


def _hire(store: Store) -> tuple[Editor, str]:
    """An editor who may do everything, and the password, which is another one each time."""
    password = secrets.token_urlsafe(12)
    editor = new_editor("quentin", "Quentin Gérard", None, Role.OPERATOR)
    store.editors.add(editor, hash_password(password), utc_now())
    return editor, password


def _keep(login: str) -> None:
    """In a file that nobody else may read: on the terminal it is soon far up."""
    kept = _FOLDER / "login"
    kept.unlink(missing_ok=True)
    kept.touch(mode=0o600)
    kept.write_text(login + "\n", "utf-8")


def _prepare(origin_url: str, base_url: str) -> None:
    """A fresh start: config that names the origin, an empty database, an hour of one minute."""
    config = _FOLDER / "config"
    config.mkdir(parents=True, exist_ok=True)
    for old in _FOLDER.glob("demo.db*"):
        old.unlink()
    site = {
        "title": "The Demo Wire",
        "strapline": "Fictional news to the point",
        "series": _SERIES,
    }
    sources = [
        {
            "id": paper.id,
            "name": paper.title,
            "url": f"{origin_url}/{paper.id}/feed",
            "language": paper.language,
            "interval": "10s",
            "republish": _REPUBLISH.get(paper.id, "excerpt"),
            "article": paper.id in _READ_HERE,
        }
        for paper in PAPERS.values()
    ]
    # JSON is YAML.
    (config / "aggregator.yaml").write_text(json.dumps(site, indent=1), "utf-8")
    (config / "sources.yaml").write_text(json.dumps({"sources": sources}, indent=1), "utf-8")
    (config / "feeds.yaml").write_text(json.dumps({"feeds": _FEEDS}, indent=1), "utf-8")
    os.environ |= {
        "AGGREGATOR_CONFIG": str(config),
        "AGGREGATOR_DATABASE_URL": f"sqlite:///{_FOLDER}/demo.db",
        "AGGREGATOR_ALLOW_NETWORKS": origin_url.removeprefix("http://"),
        "AGGREGATOR_BASE_URL": base_url,
        "AGGREGATOR_PUBLISHED_DIR": f"{_FOLDER}/published",
        "AGGREGATOR_HOST_RATE": "0",
        "AGGREGATOR_HOUR": "60",
    }


if __name__ == "__main__":
    demo()
