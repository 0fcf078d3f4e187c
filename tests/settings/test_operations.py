"""What operators may write of alarms, metrics and retention."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from aggregator.settings import load
from tests.settings.test_settings import problems, write


def test_everything_that_can_be_set(tmp_path: Path) -> None:
    site = (
        "alert_mail_to: [a@example.org, b@example.org]\nsmtp_security: starttls\n"
        "smtp_server: mail.example.org:587\nincident_tries: 5\nalert_lag: 1h\n"
        "retention: {texts: 90d, failures: 30d}\nmetrics_listen: '[::1]:9464'\nlog_format: json\n"
    )
    environ = {
        "AGGREGATOR_SMTP_PASSWORD": "hush",
        "AGGREGATOR_ALERT_WEBHOOK": "https://h.example/x",
        "AGGREGATOR_INCIDENT_AFTER": "3h",
    }
    read = load(write(tmp_path, site=site), environ)
    assert read.alerting.mail_from == "a@example.org"
    assert (read.alerting.password, read.alerting.webhook) == ("hush", "https://h.example/x")
    assert (read.limits.tries, read.limits.failing) == (5, timedelta(hours=3))
    assert (read.limits.lag, read.limits.silence) == (timedelta(hours=1), timedelta(hours=1))
    assert read.retention["texts"] == timedelta(days=90)
    assert read.retention["failures"] == timedelta(days=30)
    assert read.retention["notices"] == timedelta(days=90)
    assert "audit" not in read.retention
    assert (read.metrics_listen, read.log_format) == ("[::1]:9464", "json")
    assert read.origins["retention"] == f"{tmp_path}/aggregator.yaml:6"
    assert read.origins["incident_after"] == "AGGREGATOR_INCIDENT_AFTER"
    assert read.origins["title"] == "default"


def test_retention_can_be_set_in_the_environment(tmp_path: Path) -> None:
    read = load(write(tmp_path), {"AGGREGATOR_RETENTION": "texts=365d, seen=30d"})
    assert read.retention["texts"] == timedelta(days=365)
    assert read.retention["seen"] == timedelta(days=30)


@pytest.mark.parametrize(
    ("site", "said"),
    [
        ("retention: {items: 90d}", "retention: unknown kind 'items'; the kinds are texts,"),
        ("retention: {texts: 1d}", "retention: texts must be kept for 30d at least"),
        ("retention: {texts: soon}", "retention: 'soon' is no duration"),
        ("retention: [texts]", "retention: must have keys such as texts: 365d"),
        ("metrics_listen: 9464x", "metrics_listen: '9464x' is no host and port"),
        ("log_format: xml", "log_format: 'xml' must be one of text, json"),
        ("smtp_security: ssl", "smtp_security: 'ssl' must be one of none, starttls, tls"),
        ("alert_mail_to: ['A <a@b.example>']", "is no mail address"),
        ("smtp_password: hush", "set AGGREGATOR_SMTP_PASSWORD instead"),
        ("alert_webhook: 'https://h.example/'", "set AGGREGATOR_ALERT_WEBHOOK instead"),
        ("incident_tries: 0", "incident_tries: must be at least 1"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(tmp_path: Path, site: str, said: str) -> None:
    (problem,) = problems(write(tmp_path, site=f"title: X\n{site}\n"))
    assert problem.startswith("aggregator.yaml:2: ")
    assert said in problem
