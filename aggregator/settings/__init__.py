"""config/ + environment → one frozen Settings, or every mistake with its file and line.

``yamlfile`` YAML that remembers its lines · ``messages`` what is wrong, for people · ``site``
aggregator.yaml and the environment · ``series`` what comes daily ·
``sources`` sources.yaml.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from aggregator import __version__
from aggregator.desk.series import Series
from aggregator.domain import Source
from aggregator.errors import ConfigError
from aggregator.settings.site import read_site
from aggregator.settings.sources import read_sources

__all__ = ["Settings", "load"]


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that an operator can set; what each means stands in config/aggregator.yaml."""

    config_dir: Path
    title: str
    strapline: str
    base_url: str
    time_zone: ZoneInfo
    languages: tuple[str, ...]
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
    four_eyes: bool
    sources: tuple[Source, ...]
    series: tuple[Series, ...]

    @property
    def user_agent(self) -> str:
        """How we introduce ourselves to sources (RFC 9110 section 10.1.5), with a contact."""
        return f"Aggregator/{__version__} (+{self.contact})"


def load(config_dir: Path, environ: Mapping[str, str]) -> Settings:
    """Read the operator's files and the environment's ``AGGREGATOR_…``.

    Raises ConfigError with every problem of every file, each as ``FILE:LINE: what is wrong``.
    """
    site, problems = read_site(config_dir / "aggregator.yaml", environ)
    if site.broker_url and site.database_url.startswith("sqlite"):
        problems.append(
            "AGGREGATOR_BROKER_URL: workers need a database that all of them reach; set "
            "AGGREGATOR_DATABASE_URL=postgresql+psycopg://user@host/name"
        )
    sources, more = read_sources(config_dir / "sources.yaml", site.hour)
    if problems or more:
        raise ConfigError([*problems, *more])
    return Settings(
        config_dir=config_dir,
        title=site.title,
        strapline=site.strapline,
        base_url=site.base_url,
        time_zone=ZoneInfo(site.time_zone),
        languages=tuple(site.languages),
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
        four_eyes=site.four_eyes,
        series=tuple(site.series),
        sources=tuple(sources),
    )
