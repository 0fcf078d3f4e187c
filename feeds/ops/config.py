"""The settings in force, and where each comes from."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from flask import Blueprint, render_template

from aggregator.oversight.alarms import in_words
from aggregator.settings import Settings
from feeds.ops.room import Room

_SECRET = ("database_url", "smtp_password", "alert_webhook", "smtp_user")


def config_page(ops: Blueprint, room: Room) -> None:
    """Add /ops/config."""

    @ops.get("/config")
    def config() -> str:
        """Every key of aggregator.yaml with its value and its origin."""
        settings = room.settings
        values = _values(settings)
        rows = [(key, _shown(key, values[key]), origin) for key, origin in settings.origins.items()]
        return render_template("ops/config.html", rows=rows, count=len(settings.sources))


def _values(settings: Settings) -> dict[str, object]:
    """The settings by the keys that the file has for them."""
    limits, alerting = settings.limits, settings.alerting
    grouped: dict[str, object] = {
        "incident_tries": limits.tries,
        "incident_after": limits.failing,
        "alert_failing_after": limits.long_failing,
        "alert_silence_after": limits.silence,
        "alert_lag": limits.lag,
        "alert_disk_free": limits.disk,
        "alert_mail_to": alerting.mail_to,
        "alert_mail_from": alerting.mail_from,
        "alert_webhook": alerting.webhook,
        "smtp_server": alerting.server,
        "smtp_security": alerting.security,
        "smtp_user": alerting.user,
        "smtp_password": alerting.password,
    }
    return {key: grouped.get(key, getattr(settings, key, None)) for key in settings.origins}


def _shown(key: str, value: object) -> str:
    if key in _SECRET:
        return "set, not shown" if value else "not set"
    if isinstance(value, timedelta):
        return in_words(value)
    if isinstance(value, Mapping):
        return ", ".join(f"{name}: {_shown('', one)}" for name, one in value.items()) or "none"
    if isinstance(value, tuple | list):
        return ", ".join(str(getattr(one, "slug", one)) for one in value) or "none"
    return "not set" if value is None else str(value)
