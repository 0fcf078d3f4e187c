"""The service under faults, as its readers meet it."""

from __future__ import annotations

import signal
import time
import urllib.request
from collections.abc import Sequence

from tests.faults.victim import Victim
from tests.journeys.service import free_port

PATIENCE = 40


class Service:
    """``aggregator run``, and the feed that it serves."""

    def __init__(self, victim: Victim, wrap: Sequence[str] = ()) -> None:
        self.port = free_port()
        self.process = victim.house.start("run", "--port", str(self.port), wrap=wrap)

    def get(self, path: str) -> tuple[int, str]:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}") as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as refused:
            return refused.code, refused.read().decode()
        except OSError:
            return 0, ""

    def shows(self, text: str, seconds: float) -> bool:
        """Whether the feed has it within so many seconds."""
        deadline = time.monotonic() + seconds
        while text not in self.get("/feed.atom")[1]:
            assert self.process.poll() is None, self.process.communicate()[1]
            if time.monotonic() > deadline:
                return False
            time.sleep(0.1)
        return True

    def wait_for(self, text: str) -> None:
        """Wait until the feed has it."""
        assert self.shows(text, PATIENCE), text

    def stop(self) -> str:
        """End it as an operator does; what it has logged."""
        self.process.send_signal(signal.SIGTERM)
        _, log = self.process.communicate(timeout=120)
        assert self.process.returncode == 0, log
        return log
