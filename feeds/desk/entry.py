"""Who is logged in, and how they come in and go out.

Sessions are ours and not Flask's: those live in the browser and cannot be ended on the server.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from flask import Response, g, request

from aggregator.desk.passwords import hash_password, is_password
from aggregator.desk.sessions import is_over, is_seen_long_ago, key_of, new_session, new_token
from aggregator.desk.throttle import HOUR, address_of, wait
from aggregator.domain import Attempt, Editor, Session
from aggregator.errors import TooManyAttempts
from aggregator.store import Store
from feeds.desk.cookies import Cookie


class Entry:
    """Logins and sessions, with what the browser keeps of them."""

    def __init__(self, base_url: str, store: Store, clock: Callable[[], datetime]) -> None:
        self._store, self._clock = store, clock
        self._cookie = Cookie.of(base_url, "desk")
        self._form_cookie = Cookie.of(base_url, "desk-login")

    def who(self) -> tuple[Session, Editor] | None:
        """The session of this request and whose it is."""
        token = self._cookie.read()
        found = self._store.sessions.find(key_of(token)) if token else None
        if found is None:
            return None
        session, editor = found
        now = self._clock()
        if is_over(session, now) or editor.disabled_at is not None:
            self._store.sessions.end(session.key)
            return None
        if is_seen_long_ago(session, now):
            self._store.sessions.touch(session.key, now)
        return session, editor

    def check(self, username: str, password: str) -> str | None:
        """The hash of this editor's password, if it is this one and they may enter.

        Raises TooManyAttempts. The same is done, and takes as long, whether there is such an editor
        or not.
        """
        attempt = Attempt(self._clock(), address_of(request.remote_addr), username)
        pause, number = self._store.attempts.begin(attempt, wait, HOUR)
        if number is None:
            raise TooManyAttempts(pause)
        kept = self._store.editors.password(username)
        if not is_password(password, kept):
            return None
        self._store.attempts.succeeded(number)
        return kept

    def open(self, response: Response, username: str, password: str) -> bool:
        """Log in, under a token that no browser had before; what was open here ends.

        False when ``password`` (the hash that was checked) lets nobody in any more.
        """
        token = new_token()
        session = new_session(token, username, self._clock())
        self.close(response)
        if not self._store.sessions.open(session, password):
            return False
        g.session, g.csrf = session, session.csrf
        self._form_cookie.drop(response)
        self._cookie.put(response, token)
        return True

    def close(self, response: Response) -> None:
        """Log out, here and in the browser."""
        if g.session is not None:
            self._store.sessions.end(g.session.key)
        self._cookie.drop(response)

    def change_password(self, response: Response, username: str, new: str) -> None:
        """Keep a new password; of all the editor's sessions only a fresh one here goes on."""
        password = hash_password(new)
        self._store.editors.set_password(username, password)
        self.open(response, username, password)

    def form_token(self) -> str:
        """What the login form, which has no session yet, must bring along: the browser's cookie."""
        return self._form_cookie.read() or new_token()

    def keep_form_token(self, response: Response) -> None:
        """Have the browser keep it."""
        self._form_cookie.put(response, g.csrf)
