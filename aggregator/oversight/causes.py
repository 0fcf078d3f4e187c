"""What is wrong with a source, and what an operator can do about it, in plain words (pure)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from aggregator.domain import PollState, SourceHealth, SourceStatus


@dataclass(frozen=True, slots=True)
class Cause:
    """A sentence that says what is wrong and one that says what to do; ``replacement`` is an
    address that would do instead.
    """

    reason: str
    remedy: str
    replacement: str | None = None


_WAIT = "Nothing, if it comes back by itself; it is asked again later and later, up to once a day."
_REFUSED = (
    "Set contact in aggregator.yaml so that they can reach you, lengthen its interval, or write "
    "to them."
)
_BY_TEXT = (
    (
        r"name was not found",
        "Its host's name is not known.",
        "Check the URL. If all sources say so, check this machine's network.",
    ),
    (
        r"refused the connection|cannot be reached",
        "Its host cannot be reached.",
        _WAIT,
    ),
    (r"no complete answer within", "It did not answer in time.", _WAIT),
    (
        r"closed the connection|cut off|connection broke",
        "The connection broke before all had come.",
        _WAIT,
    ),
    (
        r"TLS",
        "Its certificate is not valid, or no secure connection could be made.",
        "Tell them; if their site answers under another name, put that into sources.yaml.",
    ),
    (
        r"HTML page",
        "It answers with a web page where a feed should be.",
        "Put the feed's own address into sources.yaml.",
    ),
    (
        r"robots\.txt",
        "Its robots.txt forbids us by name.",
        "Write to them, or remove the source.",
    ),
    (
        r"quarantined",
        "Reading it took too much time or memory, so it is left alone until it changes.",
        "Look at the document; if there is nothing odd about it, report it to us.",
    ),
    (
        r"not a public address",
        "It leads to an address that is not public.",
        "Check its URL; if it is meant to be inside, name it in allow_networks.",
    ),
    (
        r"larger than",
        "Its document is larger than we take.",
        "Raise fetch_max_bytes, if the source deserves it.",
    ),
    (
        r"this program failed",
        "This program failed to read it.",
        "Please report it, with what the log says at that time.",
    ),
)
_BY_STATUS = {
    401: ("It wants a user name and password.", "Give it credentials, or remove it."),
    403: ("It refuses us.", _REFUSED),
    404: (
        "There is nothing at its address any more.",
        "Look for the feed's new address on its site and put it into sources.yaml.",
    ),
    410: (
        "It says that it is gone for good.",
        "Look for another feed on its site; else disable or remove the source.",
    ),
    429: ("It finds that we ask too often.", _REFUSED),
}
_ADDRESS = re.compile(r"is it (https?://\S+?)\s*\?")


def cause(health: SourceHealth) -> Cause | None:
    """What is wrong with a source; None where nothing is."""
    state = health.state
    if health.status is SourceStatus.DISABLED:
        return Cause("You have disabled it.", "Set enabled: true to have it polled again.")
    if health.status is SourceStatus.GONE:
        return Cause(*_BY_STATUS[410], _replacement(state))
    if state.error is None:
        return _moved(state)
    reason, remedy = _explained(state.error, state.status)
    return Cause(reason, remedy, _replacement(state))


def _moved(state: PollState) -> Cause | None:
    """A good source that answers from elsewhere."""
    if state.moved_to is None or state.address is not None:
        return None
    return Cause(
        "It has moved for good and sends us on each time.",
        "Accept its new address, so that nobody has to send us on.",
        state.moved_to,
    )


def _explained(error: str, status: int | None) -> tuple[str, str]:
    for pattern, reason, remedy in _BY_TEXT:
        if re.search(pattern, error):
            return reason, remedy
    if status in _BY_STATUS:
        return _BY_STATUS[status]
    if status is not None and status >= 500:
        return f"Its server is in trouble (HTTP {status}).", _WAIT
    return f"It could not be read: {error}.", "Look at the document at its address."


def _replacement(state: PollState) -> str | None:
    """Where it moved to, or the feed that the page in its place names."""
    if state.moved_to and state.moved_to != state.address:
        return state.moved_to
    found = _ADDRESS.search(state.error or "")
    return found[1] if found else None
