"""aggregator.yaml, with the environment's AGGREGATOR_… over it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, get_origin

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from aggregator.settings.looks import unusable
from aggregator.settings.messages import explain, kind, unknown_key
from aggregator.settings.series import read_series
from aggregator.settings.values import (
    Allowance,
    BaseUrl,
    BrokerUrl,
    Colour,
    Duration,
    Language,
    Listen,
    LogFormat,
    Mailbox,
    Retained,
    SmtpSecurity,
    Text,
    Url,
    Zone,
)
from aggregator.settings.yamlfile import YamlFile, read_scalar, read_yaml

PREFIX = "AGGREGATOR_"
_ELSEWHERE = ("config", "secret_key")
SECRET = ("database_url", "broker_url", "smtp_password", "alert_webhook")
"""May let somebody in, so it is taken from the environment only."""

_PAIRS = ("retention",)


class Site(BaseModel):
    """The keys of aggregator.yaml and what they are when they are not set."""

    model_config = ConfigDict(strict=True, extra="forbid", use_attribute_docstrings=True)

    title: Text = "Aggregator"
    """What readers see."""
    strapline: Text = "News to the point"
    """Under the title."""
    base_url: BaseUrl = "http://127.0.0.1:8000"
    """Where readers reach the site; links in the feeds begin so."""
    time_zone: Zone = "Europe/Brussels"
    """In which times are shown."""
    languages: Annotated[list[Language], Field(min_length=1)] = ["en"]
    """Of the site; the first is the feeds' own."""
    accent: Colour = "#a3262a"
    """The colour of headings and links, like #a3262a."""
    logo: Text | None = None
    """A picture file that stands in place of the title."""
    contact: Text | None = None
    """A page or an address where sources' people can reach you."""
    database_url: Text = "sqlite:///var/aggregator.db"
    """Only from the environment."""
    broker_url: BrokerUrl | None = None
    """Only from the environment: polls are made by workers."""
    allow_networks: list[Allowance] = []
    """Other than public addresses that may be asked."""
    host_connections: Annotated[int, Field(ge=1, le=100)] = 2
    """At once to one host."""
    host_rate: Annotated[float, Field(ge=0, le=10_000)] = 1.0
    """New requests a second to one host; 0: no limit."""
    limit_owners: dict[str, Text] = {}
    """Hosts that share a limit, or do not: {a.example: b.example}."""
    hour: Duration = timedelta(hours=1)
    """What the pacing rules call an hour; for tests."""
    default_interval: Duration | None = None
    """How often to ask sources that set no interval of their own."""
    fetch_timeout: Duration = timedelta(seconds=30)
    """For one document, redirects included."""
    fetch_max_bytes: Annotated[int, Field(ge=1024, le=1 << 30)] = 10 << 20
    """Of one document, as sent and as unpacked."""
    story_window: Duration = timedelta(days=7)
    """A story is closed when nothing came for so long."""
    trusted_proxy: Text | None = None
    """The reverse proxy whose X-Forwarded-For is believed; no other."""
    feed_entries: Annotated[int, Field(ge=50, le=500)] = 500
    """Entries in the combined feed."""
    rights: Text | None = None
    """Of what we publish, as readers see it."""
    hub: Url | None = None
    """The WebSub hub that tells our subscribers at once."""
    published_dir: Text = "var/published"
    """Where the last good documents are kept."""
    pictures_dir: Text | None = None
    """Where the pictures of briefs are kept (else beside the database)."""
    hotlink_pictures: bool = False
    """true: what could not be fetched is shown from its own server."""
    search: bool = True
    """false: the site has no search."""
    four_eyes: bool = False
    """true: no brief goes out by its author's hand alone."""
    series: list[Any] = []
    """What comes daily: the desk shows the empty slots of the week."""
    metrics_listen: Listen | None = None
    """Host and port where Prometheus may ask for /metrics."""
    log_format: LogFormat = "text"
    """text or json."""
    incident_tries: Annotated[int, Field(ge=1, le=1000)] = 3
    """A source has an incident after so many failures,"""
    incident_after: Duration = timedelta(hours=2)
    """and so long without success."""
    alert_failing_after: Duration = timedelta(hours=6)
    """A source that fails for so long is told of."""
    alert_silence_after: Duration = timedelta(hours=1)
    """So is that nothing new came from anywhere for so long,"""
    alert_lag: Duration = timedelta(minutes=15)
    """that polls are so late,"""
    alert_disk_free: Annotated[int, Field(ge=0)] = 1 << 30
    """that the disk has no more bytes than these."""
    alert_mail_to: list[Mailbox] = []
    """Who is told by mail."""
    alert_mail_from: Mailbox | None = None
    """Whom that mail is from."""
    alert_webhook: Url | None = None
    """What is told by a POST of JSON; only from the environment."""
    smtp_server: Listen = "127.0.0.1:25"
    """Where mail is handed in."""
    smtp_security: SmtpSecurity = "none"
    """none, starttls or tls."""
    smtp_user: Text | None = None
    """Its login there."""
    smtp_password: Text | None = None
    """Only from the environment."""
    retention: Retained = {}
    """What may be pruned after how long, like texts: 365d."""


def read_site(
    path: Path, environ: Mapping[str, str], draft: str | None = None
) -> tuple[Site, list[str]]:
    """Read the file, or a ``draft`` of it, and the environment; return what is usable and all
    problems.

    Every key has a default, so there need not be a file. With problems, the Site returned is the
    default one: it serves to look for further problems.
    """
    given = draft is not None or path.exists()
    file = read_yaml(path, draft) if given else YamlFile(path)
    values, origins = _from_file(file), dict[str, str]()
    for name, text in environ.items():
        if name.startswith(PREFIX):
            _override(name, text, values, origins, file)
    try:
        site = Site.model_validate(values)
    except ValidationError as error:
        for place, sentence in explain(error, Site):
            variable = origins.get(str(place[0])) if place else None
            if variable:
                file.problems.append(f"{variable}: {sentence}")
            else:
                file.problem(place, sentence)
        site = Site()
    if site.logo and (wrong := unusable(path.parent / site.logo)):
        file.problem(("logo",), f"logo: {wrong}")
    return site.model_copy(update={"series": read_series(file, site.series)}), file.problems


def _from_file(file: YamlFile) -> dict[str, Any]:
    if file.data is None:
        return {}
    if not isinstance(file.data, dict):
        file.problem((), f"must hold keys such as 'title: …', not {kind(file.data)}")
        return {}
    for key in SECRET:
        if key in file.data:
            file.problem((key,), f"{key} may let somebody in; set {PREFIX}{key.upper()} instead")
    return {str(key): value for key, value in file.data.items() if key not in SECRET}


def _override(
    name: str, text: str, values: dict[str, Any], origins: dict[str, str], file: YamlFile
) -> None:
    key = name.removeprefix(PREFIX).lower()
    if key in _ELSEWHERE:
        return
    if key not in Site.model_fields:
        file.problems.append(f"{name}: {unknown_key(key, list(Site.model_fields))}")
        return
    origins[key] = name
    annotation = Site.model_fields[key].annotation
    if get_origin(annotation) is list:
        values[key] = [part.strip() for part in text.split(",") if part.strip()]
    elif get_origin(annotation) is dict or key in _PAIRS:
        pairs = (part.partition("=") for part in text.split(",") if part.strip())
        values[key] = {name.strip(): value.strip() for name, _, value in pairs}
    elif annotation in (int, float, bool):
        values[key] = read_scalar(text)
    else:
        values[key] = text
