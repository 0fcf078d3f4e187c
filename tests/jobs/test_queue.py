"""The door to the task queue: what is sent arrives, is counted, and dies where it can be seen."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from queue import SimpleQueue
from uuid import uuid4

import dramatiq
import pytest

from aggregator.domain import QueueCounts
from aggregator.errors import ConfigError, QueueError
from aggregator.jobs.queue import Batch, Kind, Queue
from aggregator.jobs.queueing import Queueing
from aggregator.settings import load
from aggregator.store import Store, upgrade
from tests.build import NOW, declare, source
from tests.journeys.newsrooms import until
from tests.journeys.service import free_port
from tests.queues import forget

POSTGRESQL = "postgresql://nobody@127.0.0.1/none"


@pytest.fixture
def queue(broker_url: str) -> Iterator[Queue]:
    """A queue of its own at each kind of broker."""
    name = f"test.{uuid4().hex[:8]}"
    with closing(Queue(broker_url, name)) as made:
        yield made
    forget(broker_url, name)


def test_batches_are_counted_and_handled_the_urgent_ones_first(queue: Queue) -> None:
    for number in range(3):
        queue.send(Batch(Kind.POLL, (f"s{number}",), "queue:1"), urgent=False)
    assert queue.counts() == QueueCounts(waiting=3, retrying=0, dead=0)
    queue.send(Batch(Kind.DELIVER, ("new",), "queue:2"), urgent=True)
    found: SimpleQueue[Batch] = SimpleQueue()
    queue.work(found.put, 1)
    batches = [found.get(timeout=20) for _ in range(4)]
    assert {batch.ids for batch in batches} == {("s0",), ("s1",), ("s2",), ("new",)}
    assert Batch(Kind.DELIVER, ("new",), "queue:2") in batches
    queue.rest()
    until(lambda: queue.counts().waiting == 0)


def test_what_is_given_up_is_counted(queue: Queue) -> None:
    actor = queue._actors[False]
    stray = dramatiq.Message(
        queue_name=actor.queue_name, actor_name="nobody", args=(), kwargs={}, options={}
    )
    queue._broker.enqueue(stray)
    queue.work(lambda _batch: None, 1)
    until(lambda: queue.counts() == QueueCounts(waiting=0, retrying=0, dead=1))


@pytest.mark.parametrize("scheme", ["amqp", "redis"])
def test_a_broker_that_is_away_is_named_without_its_password(scheme: str) -> None:
    port = free_port()
    with closing(Queue(f"{scheme}://me:secret@127.0.0.1:{port}", "x")) as queue:
        with pytest.raises(QueueError, match=f"{scheme}://127.0.0.1:{port}") as refused:
            queue.counts()
        assert "secret" not in str(refused.value)
        with pytest.raises(QueueError):
            queue.send(Batch(Kind.ERRANDS), urgent=True)


def test_what_could_not_be_sent_is_due_as_before(
    queue: Queue, postgres_url: str, tmp_path: Path
) -> None:
    upgrade(postgres_url)
    (tmp_path / "sources.yaml").write_text("sources: []\n")
    settings = load(tmp_path, {"AGGREGATOR_DATABASE_URL": postgres_url})
    with closing(Store(postgres_url)) as store:
        declare(store, *(source(f"s{n}") for n in range(25)))
        scheduler = Queueing(settings, store, queue, clock=lambda: NOW, monotonic=lambda: 1000.0)
        scheduler.dispatch(lambda _report: None)
        assert queue.counts().waiting == 3
        assert store.queued.count(NOW) == 25
        scheduler.dispatch(lambda _report: None)
        assert queue.counts().waiting == 3, "nothing waits twice"
        later = NOW + timedelta(hours=1)
        away = Queue(f"redis://127.0.0.1:{free_port()}", "x")
        again = Queueing(settings, store, away, clock=lambda: later, monotonic=lambda: 1000.0)
        with pytest.raises(QueueError):
            again._send_due(100)
        assert len(store.queued.enqueue(later, 100, timedelta(minutes=1), "queue:x")) == 25


def test_without_a_broker_dramatiq_is_not_imported() -> None:
    code = (
        "import sys, aggregator.cli.serve, aggregator.cli.worker, aggregator.jobs.polling;"
        " assert not {'dramatiq', 'pika', 'redis'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_a_missing_extra_is_named() -> None:
    code = "import sys; sys.modules['dramatiq'] = None; import aggregator.jobs.queue"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert "pip install 'aggregator[queue]'" in done.stderr


@pytest.mark.parametrize(
    ("environ", "why"),
    [
        ({"AGGREGATOR_BROKER_URL": "http://x"}, "is no broker's address; right: amqp://"),
        ({"AGGREGATOR_BROKER_URL": "redis://"}, "is no broker's address"),
        ({"AGGREGATOR_BROKER_URL": "redis://127.0.0.1"}, "workers need a database that all"),
    ],
)
def test_a_wrong_broker_is_refused(tmp_path: Path, environ: dict[str, str], why: str) -> None:
    (tmp_path / "sources.yaml").write_text("sources: []\n")
    with pytest.raises(ConfigError, match=why):
        load(tmp_path, environ)


def test_a_broker_with_postgresql_is_fine(tmp_path: Path) -> None:
    (tmp_path / "sources.yaml").write_text("sources: []\n")
    environ = {"AGGREGATOR_BROKER_URL": "amqp://h", "AGGREGATOR_DATABASE_URL": POSTGRESQL}
    assert load(tmp_path, environ).broker_url == "amqp://h"
