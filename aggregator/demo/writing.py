"""The demo's desk at work: it publishes a brief now and then, about what has come in."""

from __future__ import annotations

import threading
import tomllib
from collections.abc import Sequence
from dataclasses import replace
from importlib.resources import files
from typing import Any

from aggregator.desk.desk import Desk
from aggregator.domain import Editor, ItemQuery, Picture, Wording
from aggregator.errors import DeskRefused, StoreError
from aggregator.store import Store

_EVERY = 2.0
"""Seconds between two looks, and at least between two briefs."""


def briefs() -> list[dict[str, Any]]:
    """What will be written, in its order."""
    text = (files("aggregator.demo") / "briefs.toml").read_text("utf-8")
    rows: list[dict[str, Any]] = tomllib.loads(text)["brief"]
    return rows


def write(desk: Desk, store: Store, editor: Editor, row: dict[str, Any], origin: str) -> bool:
    """Publish one brief about the report that it names; False as long as that is not there, or in
    no story yet.
    """
    found = store.items.find(ItemQuery(search=row["about"], limit=20))
    item = next((one for one in found if one.title.startswith(row["about"])), None)
    if item is None or item.story is None:
        return False
    try:
        draft = desk.begin_from_story(item.story, editor)
        wording = replace(_wording(row, origin), byline=editor.initials)
        wording = replace(wording, citations=draft.wording.citations)
        draft = desk.save(draft.id, draft.version, wording, editor)
        desk.publish(draft.id, draft.version, editor)
    except DeskRefused:
        # The story was merged a moment ago: it is found anew.
        return False
    return True


def keep_writing(
    desk: Desk, store: Store, editor: Editor, origin: str, stopped: threading.Event
) -> None:
    """Publish everything that there is to publish, one after the other."""
    left: Sequence[dict[str, Any]] = briefs()
    while left and not stopped.wait(_EVERY):
        try:
            done = next((row for row in left if write(desk, store, editor, row, origin)), None)
        except StoreError:
            # Busy with the first poll.
            continue
        left = [row for row in left if row is not done]


def _wording(row: dict[str, Any], origin: str) -> Wording:
    seed = row.get("picture")
    url = f"{origin}/pictures/{seed}.png"
    return Wording(
        headline=row["headline"],
        body=row["body"].strip(),
        kicker=row["kicker"],
        language=row["language"],
        categories=tuple(row.get("categories", ())),
        series=row.get("series"),
        picture=Picture(url, row["alt"], "© The Demo Wire") if seed is not None else None,
    )
