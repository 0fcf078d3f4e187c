"""``aggregator sources check``: what is wrong with the sources, and mending it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from concurrent.futures import Future
from dataclasses import replace
from urllib.parse import urljoin

import click

from aggregator.cli.app import (
    config_option,
    emit,
    json_option,
    load_settings,
    opened,
    revise_sources,
    utc_now,
)
from aggregator.domain import PollState, Source
from aggregator.errors import FetchError, StoreError
from aggregator.jobs.fetching import scouting
from aggregator.settings import Settings
from aggregator.settings.editing import with_changes
from aggregator.wire.checkup import (
    Finding,
    Trouble,
    by_record,
    by_sight,
    duplicates,
    place,
    replacement,
)
from aggregator.wire.credentials import credential
from aggregator.wire.scout import Scout
from aggregator.wire.sights import Sight


@click.command()
@click.option("--online", is_flag=True, help="Ask every source, politely, and look at its answer.")
@click.option("--fix", is_flag=True, help="Write what would mend it into sources.yaml.")
@json_option
@config_option
@click.pass_context
def check(ctx: click.Context, *, online: bool, fix: bool, as_json: bool) -> None:
    """Check the files, and what earlier polls tell of the sources; exit 1 if something is wrong."""
    settings = load_settings()
    states = _states(settings)
    found = _online(settings, states) if online else _offline(settings, states)
    fixes = _fixes(found) if fix else {}
    if fixes:
        revise_sources(lambda text: with_changes(text, fixes))
    for finding in found:
        _show(finding, fixed=fix and finding.fix is not None, as_json=as_json)
    if not as_json:
        enabled = sum(source.enabled for source in settings.sources)
        said = f"{len(found)} things to look at" if found else "all good"
        total = len(settings.sources)
        click.echo(f"{settings.config_dir}: {total} sources, {enabled} enabled; {said}.")
    if any(finding.fix is None or not fix for finding in found):
        ctx.exit(1)


def _show(finding: Finding, *, fixed: bool, as_json: bool) -> None:
    if as_json:
        emit(
            {
                "source": finding.source_id,
                "trouble": finding.trouble,
                "text": finding.text,
                "fix": finding.fix,
                "fixed": fixed,
            }
        )
        return
    change = ", ".join(f"{key}: {_shown(value)}" for key, value in (finding.fix or {}).items())
    verb = "done" if fixed else "--fix writes"
    click.echo(
        f"{finding.source_id}: {finding.text}" + (f"\n   {verb}: {change}" if change else "")
    )


def _shown(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _fixes(found: Iterable[Finding]) -> dict[str, dict[str, object]]:
    """What to write for each source; what is there twice is switched off and else left alone."""
    fixes: dict[str, dict[str, object]] = {}
    for finding in found:
        fix = fixes.setdefault(finding.source_id, {}) if finding.fix else {}
        if finding.fix and fix.get("enabled") is not False:
            fix.update(finding.fix)
    return fixes


def _states(settings: Settings) -> Mapping[str, PollState]:
    """What is known of the sources; nothing where there is no database yet."""
    try:
        with opened(settings, declare=False) as store:
            health = store.sources.health()
    except StoreError:
        return {}
    declared = {source.id: source.url for source in settings.sources}
    return {
        one.source.id: one.state for one in health if declared.get(one.source.id) == one.state.url
    }


def _offline(settings: Settings, states: Mapping[str, PollState]) -> list[Finding]:
    recorded = [
        finding
        for source in settings.sources
        if source.id in states
        for finding in by_record(source, states[source.id], utc_now())
    ]
    return [*duplicates(settings.sources), *recorded]


def _online(settings: Settings, states: Mapping[str, PollState]) -> list[Finding]:
    twins = {finding.source_id for finding in duplicates(settings.sources)}
    enabled = [one for one in settings.sources if one.enabled and one.id not in twins]
    click.echo(f"Asking {len(enabled)} sources ...", err=True)
    found: list[Finding] = []
    known = {place(source.url) for source in settings.sources}
    with scouting(settings, utc_now) as scout:
        asked: dict[str, Future[Sight]] = {}
        for source in enabled:
            try:
                asked[source.id] = scout.look(source.url, credential(source, settings.secrets))
            except FetchError as error:
                found.append(Finding(source.id, Trouble.LOGIN, f"was not asked: {error}"))
        sights = {key: future.result() for key, future in asked.items()}
        for source in [one for one in enabled if one.id in sights]:
            for finding in by_sight(source, sights[source.id], utc_now()):
                said = finding
                if finding.trouble is Trouble.DEAD:
                    said = _replaced(scout, source, states.get(source.id), finding, known)
                    known.add(place(str((said.fix or {}).get("url", ""))))
                found.append(said)
    moved = [replace(one, url=_final(sights.get(one.id), one.url)) for one in settings.sources]
    return [*duplicates(moved), *found]


def _final(sight: Sight | None, declared: str) -> str:
    return sight.feed.url if sight and sight.feed else declared


def _replaced(
    scout: Scout, source: Source, state: PollState | None, dead: Finding, known: Collection[str]
) -> Finding:
    """A dead source's finding, with the feed that its site names now, unless that is ``known``."""
    site = source.site or (state.feed_site if state else None) or urljoin(source.url, "/")
    try:
        feeds = scout.discover(site)
    except FetchError:
        return dead
    fresh = [feed for feed in feeds if place(feed.url) not in known]
    return replacement(source, dead, fresh, utc_now())
