"""The one door to Dramatiq: messages that carry ids, to whichever worker is free.

A message may come twice, too late or never; what it stands for is leased in the store, so that
costs a statement or a wait and nothing else (see :mod:`aggregator.store.queued`).
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit

from aggregator.domain import QueueCounts
from aggregator.errors import QueueError

try:
    import dramatiq
    from dramatiq.middleware import Retries, TimeLimit
except ImportError as error:
    raise QueueError("a task queue needs more packages: pip install 'aggregator[queue]'") from error

_SECOND = 1000
_TIME_LIMIT = 600 * _SECOND
"""A message that is at work for longer is given up; what it started goes on."""

_RETRIES = 5
_BACKOFF = 2 * _SECOND, 60 * _SECOND
_SOON, _LATER = 0, 10


class Kind(StrEnum):
    """What a message asks for."""

    POLL = "poll"
    DELIVER = "deliver"
    ERRANDS = "errands"
    """What is no poll: asking hubs, fetching the articles that editors asked for."""


@dataclass(frozen=True, slots=True)
class Batch:
    """What one message says; ``ticket`` is the lease under which its sources wait."""

    kind: Kind
    ids: tuple[str, ...] = ()
    ticket: str = ""


class Queue:
    """The two queues of one newsroom at a broker; to be closed. Raises QueueError.

    ``name`` tells newsrooms apart that share a broker. What is ``urgent`` overtakes the rest.
    """

    def __init__(self, url: str, name: str) -> None:
        self._url = url
        self._handle: Callable[[Batch], None] | None = None
        retries = Retries(max_retries=_RETRIES, min_backoff=_BACKOFF[0], max_backoff=_BACKOFF[1])
        self._broker = _broker(url, [TimeLimit(time_limit=_TIME_LIMIT), retries])
        self._actors = {
            urgent: dramatiq.Actor(
                self._work,
                broker=self._broker,
                actor_name=f"{name}.{word}",
                queue_name=f"{name}.{word}",
                priority=priority,
                options={},
            )
            for urgent, word, priority in ((True, "urgent", _SOON), (False, "due", _LATER))
        }
        self._worker: dramatiq.Worker | None = None

    def send(self, batch: Batch, *, urgent: bool) -> None:
        """Give a batch to the broker."""
        try:
            self._actors[urgent].send(batch.kind.value, list(batch.ids), batch.ticket)
        except Exception as error:
            raise self._trouble(error) from error

    def work(self, handle: Callable[[Batch], None], threads: int) -> None:
        """Begin to hand batches to ``handle``, in so many threads, until :meth:`rest`.

        A batch whose handling fails is tried again later and later, five times; then it is dead.
        While the broker is away, it is called again and again.
        """
        self._handle = handle
        self._worker = dramatiq.Worker(self._broker, worker_threads=threads)
        self._worker.start()

    def counts(self) -> QueueCounts:
        """How many messages there are."""
        try:
            found = [_counts(self._broker, actor.queue_name) for actor in self._actors.values()]
        except Exception as error:
            raise self._trouble(error) from error
        return QueueCounts(*(sum(column) for column in zip(*found, strict=True)))

    def rest(self) -> None:
        """Stop working as soon as what is being handled is done; what waits is for others."""
        if self._worker:
            self._worker.stop()
            self._worker = None

    def close(self) -> None:
        """Leave the broker."""
        self.rest()
        self._broker.close()

    def _work(self, kind: str, ids: list[str], ticket: str) -> None:
        if self._handle:
            self._handle(Batch(Kind(kind), tuple(ids), ticket))

    def _trouble(self, error: Exception) -> QueueError:
        if hasattr(type(self._broker), "connection"):
            # RabbitMQ's client keeps what has broken; the next call makes a new one.
            try:
                del self._broker.connection
            except Exception:
                logging.getLogger(__name__).debug("the connection was gone", exc_info=True)
        parts = urlsplit(self._url)
        where = f"{parts.scheme}://{parts.hostname}:{parts.port or 'default port'}"
        return QueueError(f"{where}: the broker does not answer ({type(error).__name__})")


def _broker(url: str, middleware: list[Any]) -> Any:
    # Each of the two needs a package that the other does not.
    if urlsplit(url).scheme.startswith("redis"):
        from dramatiq.brokers.redis import RedisBroker  # noqa: PLC0415

        broker: Any = RedisBroker
        return broker(url=url, middleware=middleware, namespace="aggregator")
    from dramatiq.brokers.rabbitmq import RabbitmqBroker  # noqa: PLC0415

    return RabbitmqBroker(url=url, middleware=middleware, confirm_delivery=True)


def _counts(broker: Any, queue: str) -> tuple[int, int, int]:
    if hasattr(broker, "get_queue_message_counts"):
        waiting, retrying, dead = broker.get_queue_message_counts(queue)
        return waiting, retrying, dead
    client, prefix = broker.client, f"{broker.namespace}:{queue}"
    waiting, retrying = client.hlen(f"{prefix}.msgs"), client.hlen(f"{prefix}.DQ.msgs")
    return waiting, retrying, client.zcard(f"{prefix}.XQ")
