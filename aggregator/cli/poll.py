"""``aggregator poll``: polls once, now."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from difflib import get_close_matches

import click
from rich.console import Console
from rich.progress import track

from aggregator.cli.app import config_option, emit, json_option, load_settings, opened, utc_now
from aggregator.domain import Job, Outcome, PollReport
from aggregator.jobs.polling import Polling
from aggregator.settings import Settings

_NO_LIMIT = sys.maxsize >> 1


@click.command()
@click.argument("ids", nargs=-1, metavar="[ID]...")
@click.option("--due", is_flag=True, help="Only the sources that are due.")
@json_option
@config_option
@click.pass_context
def poll(ctx: click.Context, ids: tuple[str, ...], *, due: bool, as_json: bool) -> None:
    """Poll the named sources, or all enabled ones, once, now."""
    settings = load_settings()
    wanted = _wanted(settings, ids)
    started = utc_now()
    reports: list[PollReport] = []
    with opened(settings) as store, Polling(settings, store, utc_now) as polling:
        jobs = polling.claim_due(_NO_LIMIT) if due else polling.claim(wanted)
        jobs = [job for job in jobs if job.source.id in wanted] if due else jobs
        for report in _with_progress(polling.run(jobs), len(jobs), quiet=as_json):
            reports.append(report)
            _tell(report, as_json=as_json)
        reports += _elsewhere(jobs, () if due else wanted, as_json=as_json)
    _summarise(reports, (utc_now() - started).total_seconds(), as_json=as_json)
    if any(report.outcome is Outcome.FAILED for report in reports):
        ctx.exit(1)


def _wanted(settings: Settings, ids: tuple[str, ...]) -> list[str]:
    enabled = [source.id for source in settings.sources if source.enabled]
    disabled = {source.id for source in settings.sources if not source.enabled}
    for name in ids:
        if name in disabled:
            raise click.UsageError(f"source '{name}' is disabled in sources.yaml")
        if name not in enabled:
            near = get_close_matches(name, enabled, n=1)
            hint = f"; did you mean '{near[0]}'?" if near else ""
            raise click.UsageError(f"there is no source '{name}'{hint}")
    return list(ids) or enabled


def _with_progress(
    reports: Iterator[PollReport], total: int, *, quiet: bool
) -> Iterable[PollReport]:
    console = Console(stderr=True)
    if quiet or not console.is_terminal:
        return reports
    return track(reports, "Polling", total=total, console=console, transient=True)


def _elsewhere(jobs: list[Job], wanted: Iterable[str], *, as_json: bool) -> list[PollReport]:
    """The sources that were wanted and are being polled by another process."""
    ours = {job.source.id for job in jobs}
    reports = [
        PollReport(name, Outcome.FAILED, error="another process is polling it now")
        for name in wanted
        if name not in ours
    ]
    for report in reports:
        _tell(report, as_json=as_json)
    return reports


def _tell(report: PollReport, *, as_json: bool) -> None:
    if as_json:
        emit(
            {
                "source": report.source_id,
                "status": report.status,
                "outcome": report.outcome,
                "new": report.new,
                "revised": report.revised,
                "error": report.error,
            }
        )
        return
    found = f"{report.new} new, {report.revised} revised"
    detail = report.error or (found if report.outcome is Outcome.CHANGED else "")
    click.echo(f"{report.source_id}: {report.outcome}{f' ({detail})' if detail else ''}")


def _summarise(reports: list[PollReport], seconds: float, *, as_json: bool) -> None:
    outcomes = Counter(report.outcome for report in reports)
    new = sum(report.new for report in reports)
    revised = sum(report.revised for report in reports)
    if as_json:
        emit(
            {
                "sources": len(reports),
                **{outcome.value: outcomes[outcome] for outcome in Outcome},
                "new_items": new,
                "revised_items": revised,
                "seconds": round(seconds, 3),
            }
        )
        return
    click.echo(
        f"{len(reports)} sources in {seconds:.1f} s: {outcomes[Outcome.CHANGED]} changed, "
        f"{outcomes[Outcome.UNCHANGED]} unchanged, {outcomes[Outcome.FAILED]} failed; "
        f"{new} new items, {revised} revised."
    )
