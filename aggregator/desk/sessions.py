"""Sessions: a token that the browser keeps, and how long it lets somebody in."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from hashlib import sha256

from aggregator.domain import Session

IDLE = timedelta(hours=12)
LONGEST = timedelta(days=7)
_SEEN_EVERY = timedelta(minutes=5)


def new_token() -> str:
    """256 bits that nobody can guess."""
    return secrets.token_urlsafe(32)


def key_of(token: str) -> str:
    """The digest under which a token's session is kept; a token is too long to need a salt."""
    return sha256(token.encode()).hexdigest()


def new_session(token: str, username: str, now: datetime) -> Session:
    """A session that begins now."""
    return Session(key_of(token), username, new_token(), now, now, now + LONGEST)


def is_over(session: Session, now: datetime) -> bool:
    """Whether it was left idle for too long or has lasted for long enough."""
    return now >= min(session.seen_at + IDLE, session.expires_at)


def is_seen_long_ago(session: Session, now: datetime) -> bool:
    """Whether its use is worth writing down: not at every click."""
    return now - session.seen_at >= _SEEN_EVERY
