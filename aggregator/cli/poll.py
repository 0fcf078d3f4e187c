"""``aggregator poll``: polls once, now."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import closing
from difflib import get_close_matches
from itertools import chain

import click

from aggregator.cli.app import config_option, emit, json_option, load_settings, opened, utc_now
from aggregator.cli.trace import explain, show
from aggregator.domain import Job, Outcome, PollReport
from aggregator.jobs.polling import Polling
from aggregator.settings import Settings
from aggregator.store import Store
from aggregator.wire.pace import Pace


@click.command()
@click.argument("ids", nargs=-1, metavar="[ID]...")
@click.option("--due", is_flag=True, help="Only the sources that are due.")
@click.option("--trace", "traced", metavar="ID", help="Poll one source; show all of it, and why.")
@json_option
@config_option
@click.pass_context
def poll(
    ctx: click.Context, ids: tuple[str, ...], *, due: bool, traced: str | None, as_json: bool
) -> None:
    """Poll the named sources, or all enabled ones, once, now."""
    settings = load_settings()
    if traced and ids:
        raise click.UsageError("--trace polls one source, and no other")
    wanted = _wanted(settings, (traced,) if traced else ids)
    observe = show if traced else None
    started = utc_now()
    reports: list[PollReport] = []
    with (
        opened(settings) as store,
        closing(Polling(settings, store, utc_now, observe=observe)) as polling,
    ):
        jobs = polling.claim_due(ids=wanted) if due else polling.claim(wanted)
        busy = [] if due else _busy(jobs, wanted)
        polled = _with_progress(polling.run(jobs), len(jobs), quiet=as_json)
        for report in chain(busy, polled):
            reports.append(report)
            if as_json:
                emit(_record(report))
        if traced:
            _explain(settings, store, traced)
    if not as_json:
        click.echo("\n".join(map(_line, reports)))
    _summarise(reports, (utc_now() - started).total_seconds(), as_json=as_json)
    if any(report.outcome is Outcome.FAILED for report in reports):
        ctx.exit(1)


def _explain(settings: Settings, store: Store, source_id: str) -> None:
    pace = Pace(settings.default_interval, settings.hour)
    health = next(one for one in store.sources.health() if one.source.id == source_id)
    click.echo("\n".join(explain(health, pace, utc_now())), err=True)


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
    return list(dict.fromkeys(ids)) or enabled


def _with_progress(
    reports: Iterator[PollReport], total: int, *, quiet: bool
) -> Iterable[PollReport]:
    if quiet or not sys.stderr.isatty():
        return reports
    from rich.console import Console  # noqa: PLC0415 - slow to import
    from rich.progress import track  # noqa: PLC0415

    console = Console(stderr=True)
    return track(reports, "Polling", total=total, console=console, transient=True)


def _busy(jobs: list[Job], wanted: Iterable[str]) -> list[PollReport]:
    """The sources that were wanted and are being polled by another process."""
    ours = {job.source.id for job in jobs}
    reason = "another process is polling it now"
    return [PollReport(name, Outcome.FAILED, error=reason) for name in wanted if name not in ours]


def _line(report: PollReport) -> str:
    found = f"{report.new} new, {report.revised} revised"
    detail = report.error or (found if report.outcome is Outcome.CHANGED else "")
    return f"{report.source_id}: {report.outcome}{f' ({detail})' if detail else ''}"


def _record(report: PollReport) -> dict[str, object]:
    return {
        "source": report.source_id,
        "status": report.status,
        "outcome": report.outcome,
        "new": report.new,
        "revised": report.revised,
        "error": report.error,
    }


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
