"""sources.yaml in the browser: checked, compared, and written back to the file."""

from __future__ import annotations

from difflib import unified_diff
from hashlib import sha256

from flask import Blueprint, Response, make_response, redirect, render_template, request

from aggregator.errors import ConfigError
from aggregator.settings import SOURCES, writing
from feeds.ops.room import Room

_CONFLICT = (
    "The file was changed meanwhile. Your text is kept below; the differences are those to the "
    "file as it is now. Saving puts your text in its place."
)
_MOST_LINES = 2000


def editing_page(ops: Blueprint, room: Room) -> None:
    """Add /ops/sources.yaml."""

    @ops.get("/sources.yaml")
    def edit_sources() -> str:
        """The file as it is."""
        text = writing.read(room.sources_file)
        saved = "Saved." if request.args.get("saved") else ""
        return _page(room, text, text, message=saved)

    @ops.post("/sources.yaml")
    def save_sources() -> Response:
        """Check a draft and show what it changes; with ``save``, put it in the file's place.

        A draft of an older revision of the file is refused, once: then it is compared with the new.
        """
        path, current = room.sources_file, writing.read(room.sources_file)
        draft = _line_ends(request.form.get("text", ""), current)
        problems = room.wrong_with({SOURCES: draft})
        if problems:
            return make_response(_page(room, draft, current, problems), 422)
        if request.form.get("revision") != revision(current):
            return make_response(_page(room, draft, current, message=_CONFLICT), 409)
        if "save" not in request.form:
            return make_response(_page(room, draft, current, checked=True))
        if draft != current:
            try:
                writing.write(path, draft, current)
            except ConfigError as error:
                now = writing.read(path)
                if now == current:
                    return make_response(_page(room, draft, now, list(error.problems)), 409)
                return make_response(_page(room, draft, now, message=_CONFLICT), 409)
            room.note("sources.yaml changed", _summary(current, draft))
        return make_response(redirect("/ops/sources.yaml?saved=1", 303))


def revision(text: str) -> str:
    """A name for what a file says."""
    return sha256(text.encode()).hexdigest()[:32]


def _page(
    room: Room,
    draft: str,
    current: str,
    problems: list[str] | None = None,
    message: str = "",
    *,
    checked: bool = False,
) -> str:
    return render_template(
        "ops/editing.html",
        path=room.sources_file,
        text=draft.replace("\r\n", "\n"),
        rows=min(40, max(16, draft.count("\n") + 2)),
        revision=revision(current),
        problems=problems or [],
        message=message,
        checked=checked,
        diff=_diff(current, draft),
    )


def _diff(old: str, new: str) -> list[tuple[str, str]]:
    """The lines that differ with three around them, each with what became of it."""
    kinds = {"+": "new", "-": "gone", "@": "place", " ": "same"}
    lines = unified_diff(old.splitlines(), new.splitlines(), lineterm="")
    return [(kinds[line[0]], line) for line in list(lines)[2:_MOST_LINES]]


def _summary(old: str, new: str) -> str:
    kinds = [kind for kind, _ in _diff(old, new)]
    return f"{kinds.count('new')} lines came, {kinds.count('gone')} went"


def _line_ends(typed: str, current: str) -> str:
    """Browsers send CR LF; the file keeps the line ends that it has."""
    text = typed.replace("\r\n", "\n").replace("\r", "\n")
    return text.replace("\n", "\r\n") if "\r\n" in current else text
