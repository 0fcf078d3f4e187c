"""Briefs as the command line shows them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from zoneinfo import ZoneInfo

from aggregator.desk.naming import path
from aggregator.domain import AuditEntry, Brief, BriefState

_FIELDS = (
    *("id", "uid", "state", "version", "author", "story", "path", "headline", "kicker", "body"),
    *("byline", "language", "series", "categories", "picture", "citations", "corrections"),
    *("created_at", "edited_at", "publish_at", "published_at", "updated_at", "withdrawn_at"),
    "reason",
)


def record(brief: Brief) -> dict[str, object]:
    """One brief for ``--json``."""
    values = asdict(brief) | asdict(brief.wording) | {"path": path(brief)}
    return {name: values[name] for name in _FIELDS}


def line(brief: Brief, zone: ZoneInfo) -> str:
    """One brief in a list: its time, number, state and headline."""
    scheduled = brief.publish_at if brief.state is BriefState.SCHEDULED else None
    at = scheduled or brief.published_at or brief.edited_at
    headline = brief.wording.headline or "(no headline)"
    return f"{at.astimezone(zone):%Y-%m-%d %H:%M}  {brief.id:>6}  {brief.state:<9}  {headline}"


def page(brief: Brief, done: Iterable[AuditEntry], zone: ZoneInfo) -> str:
    """One brief with what it rests on and what was ``done`` with it."""
    wording = brief.wording
    parts = [line(brief, zone), wording.body.strip(), wording.byline]
    parts += [f"source: {one.source}, {one.title} <{one.url}>" for one in wording.citations]
    parts += [f"correction: {one.note}" for one in brief.corrections]
    parts += [_done(entry, zone) for entry in done]
    return "\n".join(part for part in parts if part)


def _done(entry: AuditEntry, zone: ZoneInfo) -> str:
    who = f" by {entry.who}" if entry.who else ""
    detail = f": {entry.detail}" if entry.detail else ""
    return f"{entry.at.astimezone(zone):%Y-%m-%d %H:%M}  {entry.action}{who}{detail}"
