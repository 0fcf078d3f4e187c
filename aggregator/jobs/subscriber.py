"""Asking hubs to tell us of changes (WebSub), and asking again before a lease runs out."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from aggregator.domain import Document, PollState, Request, Subscription
from aggregator.errors import AggregatorError
from aggregator.store import Store
from aggregator.wire.fetch import Fetcher
from aggregator.wire.websub import PATH, question

log = logging.getLogger(__name__)

_AT_ONCE = 20
_UNREAD = timedelta(days=7)


class Subscriber:
    """Keeps the subscriptions of one newsroom, whose callbacks begin with ``base_url``."""

    def __init__(
        self,
        store: Store,
        fetcher: Fetcher,
        base_url: str,
        hour: timedelta,
        token: Callable[[], str] = secrets.token_urlsafe,
    ) -> None:
        self._store = store
        self._fetcher = fetcher
        self._callback = base_url + PATH
        self._hour = hour
        self._token = token

    def ask(self, now: datetime) -> None:
        """Ask the hubs that are to be asked now. Raises StoreError."""
        wanted = self._store.subscriptions.wanted(now, _AT_ONCE)
        for state, known in wanted:
            asked = self._question(state, known, now)
            # Stored first: the hub may call back before it has answered.
            self._store.subscriptions.put(asked)
            form = question(
                topic=asked.topic, callback=self._callback + asked.token, secret=asked.secret
            )
            answer = self._fetcher.submit(Request(asked.hub, form=form))
            answer.add_done_callback(partial(self._answered, asked))
        if wanted:
            self._store.subscriptions.forget(_UNREAD, now)

    def _question(
        self, state: PollState, known: Subscription | None, now: datetime
    ) -> Subscription:
        """The subscription to ask for; a source's earlier callback and lease stay good."""
        hub, topic = str(state.hub), state.topic or state.url
        same = known if known and (known.hub, known.topic) == (hub, topic) else None
        failures = same.failures + 1 if same else 0
        # Until the hub confirms, this counts as a failure: later and later, up to once a day.
        retry_at = now + self._hour * min(24, 1 << min(failures, 10))
        granted = same.lease_until if same else None
        return Subscription(
            source_id=state.source_id,
            hub=hub,
            topic=topic,
            token=same.token if same else self._token(),
            secret=same.secret if same else self._token(),
            retry_at=retry_at,
            lease_until=granted if granted and granted > now else None,
            failures=failures,
            error=same.error if same else None,
        )

    def _answered(self, asked: Subscription, answer: Future[Document]) -> None:
        error = answer.exception()
        status = None if error else answer.result().status
        if status is not None and 200 <= status < 300:
            return
        reason = str(error) if error else f"the hub answered HTTP {status}"
        log.warning("source=%s hub=%s %s", asked.source_id, asked.hub, reason)
        try:
            self._store.subscriptions.put(replace(asked, error=reason, lease_until=None))
        except AggregatorError as trouble:
            log.warning("source=%s not noted: %s", asked.source_id, trouble)
