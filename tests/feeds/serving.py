"""An application behind the server that we run it with."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from waitress.server import create_server


@contextmanager
def serving(app: Any, **options: Any) -> Iterator[str]:
    """Serve on a free port of loopback; gives the address."""
    server = create_server(app, host="127.0.0.1", port=0, **options)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.effective_port}"
    finally:
        # In its own thread: one that waits for a socket does not bear it being closed by another.
        server.trigger.pull_trigger(server.close)
        thread.join(10)
        server.task_dispatcher.shutdown()
