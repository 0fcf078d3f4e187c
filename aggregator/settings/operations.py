"""What operators are told and how, and where each setting comes from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from aggregator.oversight.limits import Limits
from aggregator.settings.site import PREFIX, Site
from aggregator.settings.yamlfile import read_yaml


@dataclass(frozen=True, slots=True)
class Alerting:
    """Where alarms go: mailboxes, by way of an SMTP server, and a webhook; nowhere by default.

    ``security`` is ``none``, ``starttls`` or ``tls``.
    """

    mail_to: tuple[str, ...]
    mail_from: str
    server: str
    security: str
    user: str | None
    password: str | None
    webhook: str | None


def limits(site: Site) -> Limits:
    """Where incidents and alarms begin."""
    return Limits(
        tries=site.incident_tries,
        failing=site.incident_after,
        long_failing=site.alert_failing_after,
        silence=site.alert_silence_after,
        lag=site.alert_lag,
        disk=site.alert_disk_free,
    )


def alerting(site: Site) -> Alerting:
    """Where alarms go."""
    to = tuple(site.alert_mail_to)
    return Alerting(
        mail_to=to,
        mail_from=site.alert_mail_from or (to[0] if to else ""),
        server=site.smtp_server,
        security=site.smtp_security,
        user=site.smtp_user,
        password=site.smtp_password,
        webhook=site.alert_webhook,
    )


def origins(path: Path, environ: Mapping[str, str]) -> dict[str, str]:
    """Where the value of each key comes from: a variable, ``FILE:LINE``, or ``default``."""
    file = read_yaml(path) if path.exists() else None
    written = file.data if file and isinstance(file.data, Mapping) else {}
    found = {}
    for key in Site.model_fields:
        variable = f"{PREFIX}{key.upper()}"
        if variable in environ:
            found[key] = variable
        else:
            found[key] = f"{path}:{file.line((key,))}" if file and key in written else "default"
    return found
