"""What the log looks like, whatever strangers put into it."""

from __future__ import annotations

import json
import logging
import sys

from hypothesis import given
from hypothesis import strategies as st

from aggregator.domain import Outcome, PollReport
from aggregator.jobs.heartbeat import log_report
from aggregator.logs import JsonLines, TextLines, as_text, escaped

HOSTILE = "a\r\n2026-01-01 INFO all good\x1b[2J\x00\u2028\u202e"


def record(message: str, **more: object) -> logging.LogRecord:
    made = logging.LogRecord("x", logging.INFO, "", 1, "%s", (message,), None)
    made.__dict__.update(more)
    return made


@given(st.text())
def test_a_message_is_one_line_without_control_characters(message: str) -> None:
    for form in (TextLines(), JsonLines()):
        line = form.format(record(message))
        assert len(line.splitlines()) == 1
        assert escaped(line) == line
    assert json.loads(JsonLines().format(record(message)))["level"] == "info"


def test_json_has_the_fields_of_a_poll(caplog) -> None:
    with caplog.at_level(logging.INFO):
        log_report(PollReport("fanal", Outcome.FAILED, 500, error=HOSTILE))
        log_report(PollReport("fanal", Outcome.CHANGED, 200, new=3, revised=1))
    failed, good = (json.loads(JsonLines().format(one)) for one in caplog.records)
    assert (failed["source"], failed["status"], failed["level"]) == ("fanal", 500, "warning")
    assert failed["error"].startswith("a\r\n") or "\\u000d" in failed["error"]
    assert (good["new"], good["revised"], good["outcome"]) == (3, 1, "changed")
    text = TextLines().format(caplog.records[1])
    assert text.endswith("source=fanal outcome=changed status=200 new=3 revised=1")


def test_a_traceback_cannot_pass_for_messages() -> None:
    try:
        raise ValueError(HOSTILE)  # noqa: TRY301 - its traceback is wanted
    except ValueError:
        made = record("failed", exc_info=sys.exc_info())
    first, *others = TextLines().format(made).splitlines()
    assert first.endswith("INFO failed")
    assert all(line.startswith("  ") for line in others)
    assert "\x1b" not in "".join(others)
    assert len(JsonLines().format(made).splitlines()) == 1


def test_values_with_spaces_are_quoted() -> None:
    assert as_text({"a": "x", "b": 'a "b"', "c": None, "d": 3}) == 'a=x b="a \\"b\\"" d=3'
