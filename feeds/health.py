"""``/health``: whether this process can serve, for load balancers and people."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta

from flask import Response

from aggregator import __version__
from aggregator.domain import SourceHealth, SourceStatus
from aggregator.errors import StoreError
from aggregator.oversight.alarms import conditions
from aggregator.settings import Settings
from aggregator.settings.live import ConfigState
from aggregator.store import Store


def health_view(
    settings: Settings,
    store: Store,
    clock: Callable[[], datetime],
    config: Callable[[], ConfigState] | None = None,
) -> Callable[[], Response]:
    """The view function; it answers 503 when the database cannot be read."""

    def health() -> Response:
        try:
            now, troubles = clock(), store.failures.troubles()
            sources, queue = [one.health for one in troubles], store.figures.queue(now)
            wrong = conditions(troubles, queue, store.figures.free(), now, settings.limits)
            # Of single sources, the figures tell.
            problems = [text for key, text in wrong.items() if not key.startswith("source:")]
            status = _status(sources, now - _patience(settings))
            report = {
                "status": "degraded" if problems else status,
                "problems": problems,
                "version": __version__,
                "database": store.description,
                "edition": store.edition().number,
                "sources": {"total": len(sources), **_counts(sources)},
                "last_poll_at": _last_poll_at(sources),
                "last_new_item_at": _rfc3339(queue.new_item_at),
                "lag_seconds": round(queue.lag.total_seconds()),
            } | (_config(config()) if config else {})
            return _answer(report, 200)
        except StoreError as error:
            return _answer({"status": "error", "reason": _public(error)}, 503)

    return health


def _patience(settings: Settings) -> timedelta:
    """Without any poll for so long, nothing is polling."""
    return 4 * max(settings.hour, settings.default_interval)


def _status(sources: list[SourceHealth], expected: datetime) -> str:
    enabled = [one for one in sources if one.source.enabled]
    polled = [one.state.polled_at for one in enabled if one.state.polled_at]
    failing = sum(one.status is SourceStatus.FAILING for one in enabled)
    late = bool(enabled) and (not polled or max(polled) < expected)
    return "degraded" if late or (enabled and failing * 2 > len(enabled)) else "ok"


def _counts(sources: list[SourceHealth]) -> dict[str, int]:
    counts = Counter(one.status for one in sources)
    return {status.value: counts[status] for status in SourceStatus}


def _last_poll_at(sources: list[SourceHealth]) -> str | None:
    polled = [one.state.polled_at for one in sources if one.state.polled_at]
    return _rfc3339(max(polled, default=None))


def _rfc3339(value: datetime | None) -> str | None:
    return value.isoformat(timespec="seconds") if value else None


def _config(state: ConfigState) -> dict[str, object]:
    """What anybody may know: that the files are refused, not what stands in them."""
    refused = state.refused_at.isoformat(timespec="seconds") if state.refused_at else None
    return {
        "config": {
            "applied_at": state.applied_at.isoformat(timespec="seconds"),
            "refused_at": refused,
            "problems": len(state.problems),
            "waiting_for_restart": list(state.waiting),
        }
    }


def _public(error: StoreError) -> str:
    """What anybody may know: not where the database is."""
    return f"the database cannot be read ({type(error).__name__})"


def _answer(report: dict[str, object], status: int) -> Response:
    body = json.dumps(report, indent=1) + "\n"
    headers = {"Cache-Control": "no-store"}
    return Response(body, status=status, headers=headers, content_type="application/json")
