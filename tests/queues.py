"""Brokers for tests: which there are, and leaving nothing behind in them."""

from __future__ import annotations

import os
import socket
from urllib.parse import urlsplit

import pika
import redis

URLS = {
    "rabbitmq": os.environ.get("TEST_RABBITMQ_URL", "amqp://guest:guest@127.0.0.1:5672"),
    "redis": os.environ.get("TEST_REDIS_URL", "redis://127.0.0.1:6379/9"),
}


def answers(url: str) -> bool:
    """Whether something listens there."""
    parts = urlsplit(url)
    try:
        socket.create_connection((parts.hostname, parts.port), timeout=3).close()
    except OSError:
        return False
    return True


def forget(url: str, name: str) -> None:
    """Delete the queues of a newsroom."""
    queues = [f"{name}.{word}{kind}" for word in ("due", "urgent") for kind in ("", ".DQ", ".XQ")]
    if url.startswith("redis"):
        with redis.Redis.from_url(url) as client:
            client.delete(*(f"aggregator:{q}{end}" for q in queues for end in ("", ".msgs")))
        return
    connection = pika.BlockingConnection(pika.URLParameters(url))
    for queue in queues:
        connection.channel().queue_delete(queue)
    connection.close()
