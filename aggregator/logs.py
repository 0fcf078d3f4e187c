"""What the log looks like: one line a message, as text or as JSON.

Whatever sources, visitors or addresses put into it cannot begin a line of its own, nor move the
cursor of a terminal.
"""

from __future__ import annotations

import json
import logging
import re
import sys
from datetime import UTC, datetime
from typing import Any

_UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_LEVELS = {
    # A beat that lasts takes the next one's place, which it warns of: lateness has its own alarm.
    "apscheduler": logging.ERROR,
    "alembic": logging.WARNING,
    "dramatiq": logging.WARNING,
    "pika": logging.WARNING,
}


def start(form: str = "text") -> None:
    """Have everything logged to stderr: ``text`` (time, level, message) or ``json``."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines() if form == "json" else TextLines())
    logging.basicConfig(level=logging.INFO, handlers=[handler])
    for noisy, level in _LEVELS.items():
        logging.getLogger(noisy).setLevel(level)


def pairs(**fields: Any) -> dict[str, Any]:
    """The fields of a message that is made of them, for ``extra=``."""
    return {"fields": fields}


def as_text(fields: dict[str, Any]) -> str:
    """``name=value name="a value"``; what is None is left out."""
    return " ".join(
        f"{name}={_value(value)}" for name, value in fields.items() if value is not None
    )


class TextLines(logging.Formatter):
    """Time, level, message; a traceback follows in lines of its own, set in."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(message)s", "%Y-%m-%dT%H:%M:%S%z")

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - logging's name
        """The line."""
        return escaped(super().formatMessage(record))

    def formatException(self, ei: Any) -> str:  # noqa: N802 - logging's name
        """The lines that follow."""
        lines = super().formatException(ei).splitlines()
        return "\n".join(f"  {escaped(line)}" for line in lines)


class JsonLines(logging.Formatter):
    """One JSON object a line: ``at``, ``level``, ``logger``, ``message`` and a message's fields."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        at = datetime.fromtimestamp(record.created, UTC)
        said: dict[str, Any] = {
            "at": at.isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        said |= getattr(record, "fields", {})
        if record.exc_info:
            said["traceback"] = self.formatException(record.exc_info)
        return escaped(json.dumps(said, ensure_ascii=False, default=str))


def escaped(text: str) -> str:
    """Every character that cannot be seen, by its number."""
    return _UNSEEN.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def _value(value: Any) -> str:
    text = str(value)
    if text and not re.search(r'[\s"=]', text):
        return text
    return json.dumps(text, ensure_ascii=False)
