"""``/metrics``: figures for Prometheus; each name is explained in docs/operators.md.

What the database knows is read when it is asked for, so every process says the same; what is
counted as it happens is this process's own.
"""

from __future__ import annotations

from collections import Counter as Tally
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from ipaddress import ip_address
from multiprocessing import get_context
from threading import Lock
from typing import Any
from urllib.parse import urlsplit

from flask import Response, abort, request
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    ProcessCollector,
    disable_created_metrics,
    generate_latest,
)
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from aggregator import __version__
from aggregator.domain import PollReport, SourceHealth, SourceStatus
from aggregator.errors import StoreError
from aggregator.settings import Settings
from aggregator.store import Store

PATH = "/metrics"
_FORWARDED = ("X-Forwarded-For", "Forwarded", "X-Real-IP", "Via")


class Answers:
    """How many requests were answered, by the first digit of their status, in all processes that
    were given this. Each counts for itself, and tells the others when it is to :meth:`share`.
    """

    def __init__(self, shared: Any = None) -> None:
        self._shared = shared or get_context("spawn").Array("Q", 6)
        self._lock = Lock()
        self._own = [0] * 6

    def __reduce__(self) -> tuple[type[Answers], tuple[Any]]:
        return Answers, (self._shared,)

    def count(self, status: int) -> None:
        """Count one."""
        with self._lock:
            self._own[min(status // 100, 5)] += 1

    def share(self) -> None:
        """Add to what all have counted."""
        with self._lock:
            own = self._own
            self._own = [0] * 6
        if any(own):
            with self._shared.get_lock():
                self._shared[:] = [a + b for a, b in zip(self._shared[:], own, strict=True)]

    def by_kind(self) -> dict[tuple[str, ...], int]:
        """``("2xx",)`` → how many; only of kinds that there were."""
        self.share()
        return {(f"{kind}xx",): count for kind, count in enumerate(self._shared[:]) if count}


class Metrics(Collector):
    """The metrics of one process, and of the ``answers`` of all that share them."""

    def __init__(
        self, store: Store, clock: Callable[[], datetime], answers: Answers | None = None
    ) -> None:
        self._store, self._clock = store, clock
        self.answers = answers or Answers()
        disable_created_metrics()  # type: ignore[no-untyped-call]
        self._registry = CollectorRegistry()
        self._registry.register(self)
        ProcessCollector(registry=self._registry)
        self._polls = Counter(
            "aggregator_polls", "Polls that ended", ["outcome"], registry=self._registry
        )
        self._new = Counter(
            "aggregator_new_items", "New items that polls brought", registry=self._registry
        )

    def polled(self, report: PollReport) -> None:
        """Count a poll."""
        self._polls.labels(report.outcome.value).inc()
        self._new.inc(report.new)

    def answered(self, response: Response) -> Response:
        """Count an answer, by the first digit of its status."""
        self.answers.count(response.status_code)
        return response

    def page(self) -> bytes:
        """All of it, in Prometheus' text format."""
        return generate_latest(self._registry)

    def __call__(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        """Answer as a WSGI application of its own, for an address of its own."""
        found = environ["PATH_INFO"] == PATH and environ["REQUEST_METHOD"] in ("GET", "HEAD")
        headers = [("Content-Type", CONTENT_TYPE_LATEST if found else "text/plain")]
        start("200 OK" if found else "404 Not Found", headers)
        return [self.page() if found else b"There is only /metrics here.\n"]

    def describe(self) -> Iterable[Metric]:
        """Nothing: what there is need not be asked for when this is registered."""
        return ()

    def collect(self) -> Iterator[Metric]:
        """What the database says now; only that it does not, when it is away."""
        requests = CounterMetricFamily(
            "aggregator_requests", "Requests answered", labels=["status"]
        )
        for kind, count in self.answers.by_kind().items():
            requests.add_metric(kind, count)
        yield requests
        yield _gauge("build_info", "The version that runs", {(__version__,): 1}, ["version"])
        try:
            found = list(self._of_store())
        except StoreError:
            found = []
        yield _gauge("database_up", "1 when the database can be read", bool(found))
        yield from found

    def _of_store(self) -> Iterator[Metric]:
        store, now = self._store, self._clock()
        yield from _of_sources(store.sources.health())
        queue = store.figures.queue(now)
        yield _gauge("polls_due", "Sources that wait to be polled", queue.due)
        yield _gauge("polls_under_way", "Sources that are being polled", queue.leased)
        yield _gauge(
            "lag_seconds", "How late the longest overdue poll is", queue.lag.total_seconds()
        )
        yield _gauge("items_ungrouped", "Items that are in no story yet", queue.ungrouped)
        yield _gauge(
            "last_poll_timestamp_seconds", "When a poll last ended", _stamp(queue.polled_at)
        )
        yield _gauge(
            "last_new_item_timestamp_seconds",
            "When a new item last came",
            _stamp(queue.new_item_at),
        )
        yield _gauge("incidents_open", "Sources that have an incident", len(store.incidents.open()))
        alarms = [alarm for alarm in store.alarms.all() if alarm.cleared_at is None]
        yield _gauge("alarms", "Alarms that go on", len(alarms))
        yield _gauge("edition", "The state of what is published", store.edition().number)
        yield _gauge("database_bytes", "What the database takes", store.figures.size())
        free = store.figures.free()
        if free is not None:
            yield _gauge("disk_free_bytes", "What is free on the database's disk", free)


def _of_sources(sources: list[SourceHealth]) -> Iterator[Metric]:
    counts = Tally(one.status for one in sources)
    states: dict[tuple[str, ...], int] = {
        (status.value,): counts[status] for status in SourceStatus
    }
    yield _gauge("sources", "Sources by their state", states, ["state"])
    yield _gauge("items", "Items stored", sum(one.items for one in sources))
    yield _gauge("items_held", "Items held back", sum(one.held for one in sources))
    yield _gauge("gaps", "Gaps between documents", sum(one.gaps for one in sources))


def metrics_view(settings: Settings, metrics: Metrics) -> Callable[[], Response]:
    """The view on the site's own address: for this machine only, and only where the site itself is
    no further than this machine. Elsewhere a reverse proxy would pass for this machine.
    """

    def view() -> Response:
        peer = request.environ.get("REMOTE_ADDR", "")
        forwarded = any(name in request.headers for name in _FORWARDED)
        if not _is_local(settings) or forwarded or not _is_loopback(peer):
            abort(404)
        headers = {"Cache-Control": "no-store"}
        return Response(metrics.page(), headers=headers, content_type=CONTENT_TYPE_LATEST)

    return view


def _is_local(settings: Settings) -> bool:
    host = urlsplit(settings.base_url).hostname or ""
    return settings.trusted_proxy is None and (host == "localhost" or _is_loopback(host))


def _is_loopback(address: str) -> bool:
    try:
        return ip_address(address).is_loopback
    except ValueError:
        return False


def _stamp(value: datetime | None) -> float:
    return value.timestamp() if value else 0.0


def _gauge(
    name: str,
    help_text: str,
    value: float | dict[tuple[str, ...], int],
    labels: list[str] | None = None,
) -> Metric:
    family = GaugeMetricFamily(f"aggregator_{name}", help_text, labels=labels or [])
    for key, one in value.items() if isinstance(value, dict) else [((), value)]:
        family.add_metric(key, one)
    return family
