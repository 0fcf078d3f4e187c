"""Telling operators of alarms: by e-mail, by a webhook."""

from __future__ import annotations

import json
import logging
import smtplib
import ssl
from collections.abc import Callable
from concurrent.futures import TimeoutError as TooLate
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid

from aggregator.domain import Request
from aggregator.errors import AggregatorError
from aggregator.oversight.alarms import Message
from aggregator.settings import Settings
from aggregator.settings.operations import Alerting
from aggregator.wire.fetch import Fetcher

log = logging.getLogger(__name__)

_PATIENCE = 30.0


class NotTold(AggregatorError):
    """A message did not reach anybody; the text says why."""


class Teller:
    """Sends messages where the operator's settings, as they are by then, say.

    A webhook is asked through ``fetcher``, whose guard lets it reach public addresses and those of
    ``allow_networks`` only.
    """

    def __init__(
        self, settings: Callable[[], Settings], fetcher: Fetcher, clock: Callable[[], datetime]
    ) -> None:
        self._settings = settings
        self._fetcher = fetcher
        self._clock = clock

    @property
    def _alerting(self) -> Alerting:
        return self._settings().alerting

    @property
    def has_anybody(self) -> bool:
        """Whether there is anybody to tell."""
        return bool(self._alerting.mail_to or self._alerting.webhook)

    def tell(self, message: Message) -> None:
        """Send it by every way that is set; raises NotTold unless one at least took it."""
        ways = []
        if self._alerting.mail_to:
            ways.append(self._mail)
        if self._alerting.webhook:
            ways.append(self._call)
        failed = []
        for way in ways:
            try:
                way(message)
            except NotTold as error:
                failed.append(str(error))
        if failed and len(failed) == len(ways):
            raise NotTold("; ".join(failed))
        for reason in failed:
            log.warning("an alarm was told by one way only: %s", reason)

    def _mail(self, message: Message) -> None:
        alerting = self._alerting
        host, _, port = alerting.server.rpartition(":")
        tls = ssl.create_default_context()
        try:
            with self._server(host.strip("[]"), int(port), tls) as server:
                if alerting.security == "starttls":
                    server.starttls(context=tls)
                if alerting.user:
                    server.login(alerting.user, alerting.password or "")
                server.send_message(self._letter(message))
        except (OSError, smtplib.SMTPException) as error:
            raise NotTold(f"mail by {alerting.server}: {error}") from error

    def _server(self, host: str, port: int, tls: ssl.SSLContext) -> smtplib.SMTP:
        if self._alerting.security == "tls":
            return smtplib.SMTP_SSL(host, port, timeout=_PATIENCE, context=tls)
        return smtplib.SMTP(host, port, timeout=_PATIENCE)

    def _letter(self, message: Message) -> EmailMessage:
        letter = EmailMessage()
        letter["Subject"] = f"[{self._settings().title}] {message.subject}"
        letter["From"] = self._alerting.mail_from
        letter["To"] = ", ".join(self._alerting.mail_to)
        letter["Date"] = format_datetime(self._clock())
        letter["Message-ID"] = make_msgid(domain=self._alerting.mail_from.rpartition("@")[2])
        letter["Auto-Submitted"] = "auto-generated"
        letter.set_content(f"{_story(message)}\n\n{self._settings().base_url}/ops/\n")
        return letter

    def _call(self, message: Message) -> None:
        alarm = message.alarm
        body = {
            "key": alarm.key,
            "state": "over" if message.is_over else "alarm",
            "text": message.subject,
            "since": alarm.since.isoformat(timespec="seconds"),
            "until": alarm.cleared_at.isoformat(timespec="seconds") if alarm.cleared_at else None,
            "url": f"{self._settings().base_url}/ops/",
        }
        request = Request(
            str(self._alerting.webhook),
            form=json.dumps(body, ensure_ascii=False).encode(),
            form_type="application/json",
        )
        try:
            answer = self._fetcher.submit(request).result(_PATIENCE * 2)
        except (AggregatorError, TooLate) as error:
            # Its address may let somebody in, so it is not said.
            raise NotTold(f"the webhook: {str(error) or 'no answer'}") from error
        if not 200 <= answer.status < 300:
            raise NotTold(f"the webhook answered HTTP {answer.status}")


def _story(message: Message) -> str:
    alarm = message.alarm
    if alarm.cleared_at is None:
        return f"Since {alarm.since:%d %b %H:%M} UTC: {alarm.text}."
    times = f"from {alarm.since:%d %b %H:%M} to {alarm.cleared_at:%d %b %H:%M} UTC"
    return f"This is over ({times}): {alarm.text}."
