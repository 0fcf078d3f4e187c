"""A browser at the desk, as the tests need it: the real application, its real store, a set clock."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from aggregator.desk.passwords import hash_password
from aggregator.domain import Editor, Role
from aggregator.settings import load
from aggregator.store import Store
from feeds import create_app
from tests.build import NOW

PASSWORD = "correct horse battery"
SETTINGS = load(Path(__file__).parents[2] / "config", {})
HERE = "192.0.2.1"


@cache
def kept(password: str = PASSWORD) -> str:
    return hash_password(password)


def hire(store: Store, username: str = "quentin", role: Role = Role.EDITOR) -> Editor:
    """Give somebody an account with PASSWORD."""
    editor = Editor(username, username.title(), username[:2].upper(), role)
    assert store.editors.add(editor, kept(), NOW)
    return editor


@dataclass
class Desk:
    """The application with the time that it believes it is."""

    store: Store
    base_url: str = "http://localhost"
    now: datetime = NOW
    settings: dict[str, Any] = field(default_factory=dict)
    app: Flask = field(init=False)

    def __post_init__(self) -> None:
        settings = replace(SETTINGS, base_url=self.base_url, **self.settings)
        self.app = create_app(settings, self.store, lambda: self.now)

    def browser(self, username: str | None = None, address: str = HERE) -> Browser:
        """A browser, logged in where a username is given."""
        browser = Browser(self, address)
        if username:
            assert browser.login(username).status_code == 303
        return browser

    def later(self, by: timedelta) -> None:
        self.now += by


class Browser:
    """A client at one address, with its own cookies."""

    def __init__(self, desk: Desk, address: str) -> None:
        self.client: FlaskClient = desk.app.test_client()
        self.base_url = desk.base_url
        self.environ = {"REMOTE_ADDR": address}
        self.began = desk.now

    def get(self, path: str, **headers: str) -> TestResponse:
        return self._open("GET", path, None, headers)

    def post(self, path: str, form: dict[str, Any] | None = None, **headers: str) -> TestResponse:
        """Send a form as it is."""
        return self._open("POST", path, form or {}, headers)

    def submit(self, page: str, path: str, **fields: str) -> TestResponse:
        """Load a page and send a form of it, with its token."""
        return self.post(path, {"csrf": self.csrf(page), **fields})

    def csrf(self, page: str = "/desk/password") -> str:
        """The token of a page's forms."""
        found = re.search(r'name="csrf" value="([^"]+)"', self.get(page).text)
        assert found, page
        return found[1]

    def login(self, username: str, password: str = PASSWORD, goal: str = "") -> TestResponse:
        return self.submit(
            "/desk/login", "/desk/login", username=username, password=password, next=goal
        )

    def is_in(self) -> bool:
        return self.get("/desk/").status_code == 200

    def cookies(self) -> dict[str, str]:
        return {cookie.key: cookie.value for cookie in self.client._cookies.values()}

    def plant(self, name: str, value: str) -> None:
        self.client.set_cookie(name, value, domain="localhost")

    def _open(
        self, method: str, path: str, form: dict[str, Any] | None, headers: dict[str, str]
    ) -> TestResponse:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.client.open(
            path,
            method=method,
            data=form,
            headers=named,
            base_url=self.base_url,
            environ_overrides=self.environ,
        )
