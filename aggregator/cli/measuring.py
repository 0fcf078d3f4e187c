"""The metrics at an address of their own (a composition root)."""

from __future__ import annotations

import logging
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

import click

from aggregator.settings import Settings
from feeds.metrics import Metrics

log = logging.getLogger(__name__)


class _Server(ThreadingMixIn, WSGIServer):
    """For Prometheus and whoever looks after it: few, and near."""

    daemon_threads = True


class _Server6(_Server):
    address_family = socket.AF_INET6


class _Quiet(WSGIRequestHandler):
    timeout = 10

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - its name there
        """Say nothing: it is asked every few seconds."""


@contextmanager
def measured(settings: Settings, metrics: Metrics) -> Iterator[None]:
    """Serve the metrics where ``metrics_listen`` says, if it says something.

    Raises ClickException when nobody can listen there.
    """
    if settings.metrics_listen is None:
        yield
        return
    host, _, port = settings.metrics_listen.rpartition(":")
    kind = _Server6 if ":" in host else _Server
    try:
        server = kind((host.strip("[]"), int(port)), _Quiet)
    except OSError as error:
        raise click.ClickException(
            f"cannot listen on {settings.metrics_listen}: {error.strerror}; choose another with "
            "metrics_listen in aggregator.yaml"
        ) from error
    server.set_app(metrics)
    thread = threading.Thread(target=server.serve_forever, name="metrics", daemon=True)
    thread.start()
    log.info("metrics on http://%s/metrics", settings.metrics_listen)
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
