"""Where hubs call us (WebSub): they confirm a subscription, or deliver a changed document."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from flask import Blueprint, Response, abort, request

from aggregator.domain import Ping, Subscription
from aggregator.settings import Settings
from aggregator.store import Store
from aggregator.wire.websub import PATH, is_signed, lease

log = logging.getLogger(__name__)


def websub_callbacks(settings: Settings, store: Store, clock: Callable[[], datetime]) -> Blueprint:
    """The blueprint of the callbacks."""
    callbacks = Blueprint("websub", __name__)

    def known(token: str) -> Subscription:
        return store.subscriptions.find(token) or abort(404)

    @callbacks.get(f"{PATH}<token>")
    def confirm(token: str) -> Response:
        """Verification of intent (section 5.3), or a denial (5.2)."""
        subscription = known(token)
        mode = request.args.get("hub.mode")
        if request.args.get("hub.topic") != subscription.topic or mode not in _MODES:
            abort(404)
        now = clock()
        if mode == "denied":
            reason = "the hub denied the subscription"
            store.subscriptions.put(replace(subscription, lease_until=None, error=reason))
            return _plain("noted")
        granted = lease(request.args.get("hub.lease_seconds"))
        store.subscriptions.put(
            replace(
                subscription,
                lease_until=now + granted,
                retry_at=now + granted * 2 / 3,
                failures=0,
                error=None,
            )
        )
        return _plain(request.args.get("hub.challenge", ""))

    @callbacks.post(f"{PATH}<token>")
    def deliver(token: str) -> Response:
        """Content distribution (section 7); what is not signed is ignored, and not told so."""
        subscription = known(token)
        if (request.content_length or 0) > settings.fetch_max_bytes:
            abort(413)
        body = request.stream.read(settings.fetch_max_bytes)
        if is_signed(body, request.headers.get("X-Hub-Signature"), subscription.secret):
            kind = request.headers.get("Content-Type", "")[:200]
            store.subscriptions.deliver(Ping(subscription.source_id, clock(), kind, body))
        else:
            log.warning("source=%s a delivery without a valid signature", subscription.source_id)
        return Response(status=202)

    return callbacks


_MODES = ("subscribe", "denied")


def _plain(text: str) -> Response:
    return Response(text, mimetype="text/plain")
