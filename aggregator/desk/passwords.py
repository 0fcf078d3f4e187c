"""Passwords: which are good enough, and the hashes that are kept (the one door to argon2)."""

from __future__ import annotations

import string
import unicodedata
from functools import cache
from importlib.resources import files

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from aggregator.errors import AccountRefused

SHORTEST = 12
RECOMMENDED = 15
_FEWEST_KINDS = 5
_AFFIXES = string.digits + string.punctuation + string.whitespace

# OWASP's figures for argon2id: some 50 ms and 19 MiB each, so that logins cannot exhaust memory.
_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)


def check_password(password: str, username: str) -> None:
    """Raise AccountRefused, saying why, for a password that would soon be guessed."""
    plain = _normal(password).casefold()
    core = plain.strip(_AFFIXES)
    if len(plain) < SHORTEST:
        raise AccountRefused(
            f"a password has at least {SHORTEST} characters, better {RECOMMENDED}: four words do"
        )
    if not core:
        raise AccountRefused("the password is only digits and signs: those are guessed first")
    if username in (plain, core):
        raise AccountRefused("the password must not be the username")
    if {plain, core} & _common():
        raise AccountRefused("this is one of the most common passwords, or one with digits added")
    if len(set(plain)) < _FEWEST_KINDS:
        raise AccountRefused("this password repeats a few characters")


def hash_password(password: str) -> str:
    """What is kept of a password: argon2id with a salt of its own."""
    return _hasher.hash(_normal(password))


def is_password(password: str, kept: str | None) -> bool:
    """Whether ``kept`` is this password's hash; None is nobody's, and takes as long to find out."""
    try:
        _hasher.verify(kept or _nobodys(), _normal(password))
    except (VerificationError, InvalidHashError):
        return False
    return kept is not None


def _normal(password: str) -> str:
    """The same key on two keyboards is not always the same bytes."""
    return unicodedata.normalize("NFKC", password)


@cache
def _nobodys() -> str:
    return hash_password("")


@cache
def _common() -> frozenset[str]:
    """The 3,000 most common, and the longer ones among the next 17,000."""
    return frozenset((files(__package__) / "common.txt").read_text().split())
