"""config/ + environment → one frozen Settings, or every mistake with its file and line.

``yamlfile`` YAML that remembers its lines · ``messages`` what is wrong, for people · ``values`` the
kinds of value · ``site`` aggregator.yaml and the environment · ``series`` what comes daily ·
``sources`` sources.yaml · ``feeds`` feeds.yaml · ``looks`` files that they name · ``operations``
alerts and limits, and where each setting comes from · ``schema`` what editors complete it with ·
``entries`` new sources, as text · ``writing`` and ``editing`` change a file and leave the rest of
it as it is · ``live`` the settings of a running service · ``templates`` the first files of a
newsroom · ``opml`` lists of sources for and from other programs.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from aggregator import __version__
from aggregator.desk.series import Series
from aggregator.domain import DeclaredFeed, Source
from aggregator.errors import ConfigError
from aggregator.oversight.limits import Limits
from aggregator.settings.feeds import read_feeds
from aggregator.settings.looks import beside
from aggregator.settings.operations import Alerting, alerting, limits, origins
from aggregator.settings.site import read_site
from aggregator.settings.sources import read_sources

__all__ = ["FEEDS", "SITE", "SOURCES", "Settings", "load", "validate"]

FEEDS = "feeds.yaml"
SITE = "aggregator.yaml"
SOURCES = "sources.yaml"

_KEPT = {
    "incidents": timedelta(days=365),
    "failures": timedelta(days=90),
    "notices": timedelta(days=90),
    "seen": timedelta(days=90),
    "sessions": timedelta(0),
}
"""What nobody looks at again; all else is kept for ever, or as long as the operator says."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that an operator can set; what each means stands in config/aggregator.yaml.

    ``secrets`` holds what sources' ``auth`` names, as far as the environment has it, by that name.
    """

    config_dir: Path
    title: str
    strapline: str
    base_url: str
    time_zone: ZoneInfo
    languages: tuple[str, ...]
    accent: str
    logo: Path | None
    contact: str
    database_url: str
    broker_url: str | None
    allow_networks: tuple[str, ...]
    host_connections: int
    host_rate: float
    limit_owners: Mapping[str, str]
    hour: timedelta
    default_interval: timedelta
    fetch_timeout: timedelta
    fetch_max_bytes: int
    story_window: timedelta
    trusted_proxy: str | None
    feed_entries: int
    rights: str | None
    hub: str | None
    published_dir: Path
    pictures_dir: Path
    hotlink_pictures: bool
    search: bool
    four_eyes: bool
    sources: tuple[Source, ...]
    series: tuple[Series, ...]
    metrics_listen: str | None
    log_format: str
    limits: Limits
    alerting: Alerting
    retention: Mapping[str, timedelta]
    origins: Mapping[str, str]
    feeds: tuple[DeclaredFeed, ...] = ()
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)

    @property
    def user_agent(self) -> str:
        """How we introduce ourselves to sources (RFC 9110 section 10.1.5), with a contact."""
        return f"Aggregator/{__version__} (+{self.contact})"


def load(config_dir: Path, environ: Mapping[str, str]) -> Settings:
    """Read the operator's files and the environment's ``AGGREGATOR_…``.

    Raises ConfigError with every problem of every file, each as ``FILE:LINE: what is wrong``.
    """
    return validate(config_dir, environ, {})


def validate(config_dir: Path, environ: Mapping[str, str], drafts: Mapping[str, str]) -> Settings:
    """What the settings would be with these texts in place of the files of these names; as
    :func:`load` otherwise. Raises ConfigError.
    """
    site, problems = read_site(config_dir / SITE, environ, drafts.get(SITE))
    if site.broker_url and site.database_url.startswith("sqlite"):
        problems.append(
            "AGGREGATOR_BROKER_URL: workers need a database that all of them reach; set "
            "AGGREGATOR_DATABASE_URL=postgresql+psycopg://user@host/name"
        )
    sources, more = read_sources(config_dir / SOURCES, site.hour, drafts.get(SOURCES))
    secrets, wrong = _secrets(sources, environ)
    known = frozenset(source.id for source in sources)
    series = frozenset(one.slug for one in site.series)
    feeds, amiss = read_feeds(config_dir / FEEDS, known, series, drafts.get(FEEDS))
    if problems or more or wrong or amiss:
        raise ConfigError([*problems, *more, *wrong, *amiss])
    return Settings(
        config_dir=config_dir,
        title=site.title,
        strapline=site.strapline,
        base_url=site.base_url,
        time_zone=ZoneInfo(site.time_zone),
        languages=tuple(site.languages),
        accent=site.accent,
        logo=config_dir / site.logo if site.logo else None,
        contact=site.contact or site.base_url,
        database_url=site.database_url,
        broker_url=site.broker_url,
        allow_networks=tuple(site.allow_networks),
        host_connections=site.host_connections,
        host_rate=site.host_rate,
        limit_owners=site.limit_owners,
        hour=site.hour,
        default_interval=site.default_interval or site.hour / 2,
        fetch_timeout=site.fetch_timeout,
        fetch_max_bytes=site.fetch_max_bytes,
        story_window=site.story_window,
        trusted_proxy=site.trusted_proxy,
        feed_entries=site.feed_entries,
        rights=site.rights,
        hub=site.hub,
        published_dir=Path(site.published_dir),
        feeds=tuple(feeds),
        pictures_dir=Path(site.pictures_dir or beside(site.database_url)),
        hotlink_pictures=site.hotlink_pictures,
        search=site.search,
        four_eyes=site.four_eyes,
        series=tuple(site.series),
        sources=tuple(sources),
        secrets=secrets,
        metrics_listen=site.metrics_listen,
        log_format=site.log_format,
        limits=limits(site),
        alerting=alerting(site),
        retention=_KEPT | site.retention,
        origins=origins(config_dir / SITE, environ),
    )


def _secrets(
    sources: Iterable[Source], environ: Mapping[str, str]
) -> tuple[dict[str, str], list[str]]:
    """What ``auth`` names. A variable that is not set is no mistake here: the operator's own shell
    need not have it. Its source's polls fail and say why.
    """
    named = {source.auth.removeprefix("env:") for source in sources if source.auth}
    found = {name: environ[name].strip() for name in sorted(named) if environ.get(name, "").strip()}
    wrong = [name for name, value in found.items() if not (value.isascii() and value.isprintable())]
    return (
        {f"env:{name}": value for name, value in found.items()},
        [
            f"{name}: must be one line of plain characters: user:password, or a token"
            for name in wrong
        ],
    )
