"""The service under faults, as its readers meet it."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Sequence
from http.cookiejar import CookieJar

from tests.faults.victim import Victim
from tests.journeys.service import free_port

PATIENCE = 40


class Service:
    """``aggregator run``, and the feed that it serves."""

    def __init__(
        self, victim: Victim, wrap: Sequence[str] = (), *, port: int | None = None
    ) -> None:
        self.port = port or free_port()
        self.url = victim.house.environ["AGGREGATOR_BASE_URL"] = f"http://127.0.0.1:{self.port}"
        self.process = victim.house.start("run", "--port", str(self.port), wrap=wrap)

    def get(self, path: str, headers: dict[str, str] | None = None) -> tuple[int, str]:
        """The status and the body, 0 when nobody answers."""
        request = urllib.request.Request(self.url + path, headers=headers or {})
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as refused:
            return refused.code, refused.read().decode()
        except OSError:
            return 0, ""

    def tag(self, path: str) -> str:
        """The ETag of a document."""
        with urllib.request.urlopen(self.url + path, timeout=60) as answer:
            return str(answer.headers["ETag"])

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

    def kill(self) -> None:
        """End it as nobody should."""
        self.process.kill()
        self.process.communicate()


class Editor:
    """Somebody with an account, logged in at the desk."""

    def __init__(self, victim: Victim, service: Service, username: str = "quentin") -> None:
        self._url = service.url
        keeper = urllib.request.HTTPCookieProcessor(CookieJar())
        self._opener = urllib.request.build_opener(keeper)
        account = ("users", "add", username, "--name", username, "--role", "publisher")
        subprocess.run(
            [sys.executable, "-m", "aggregator", *account], input="correct horse battery\n",
            cwd=victim.house.folder, env=victim.house.environ, text=True, check=True,
        )  # fmt: skip
        form = {"username": username, "password": "correct horse battery", "next": ""}
        assert self.post("/desk/login", form | self.token("/desk/login"))[0] == 200

    def token(self, page: str = "/desk/password") -> dict[str, str]:
        """What a page's forms send along."""
        return {"csrf": re.findall(r'name="csrf" value="([^"]+)"', self.get(page))[0]}

    def get(self, path: str) -> str:
        """A page of the desk."""
        with self._opener.open(self._url + path, timeout=60) as answer:
            return str(answer.read().decode())

    def post(self, path: str, form: dict[str, str]) -> tuple[int, str]:
        """Send a form; the status and the page that it leads to, 0 when nobody answers."""
        data = urllib.parse.urlencode(form).encode()
        try:
            with self._opener.open(self._url + path, data, timeout=60) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as refused:
            return refused.code, refused.read().decode()
        except OSError:
            return 0, ""
