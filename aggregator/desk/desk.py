"""The desk: what editors do with briefs, the same from a browser and from the command line.

The decisions are :mod:`aggregator.desk.workflow`'s, the transactions the store's.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime
from functools import partial
from uuid import UUID, uuid4

from aggregator.desk import workflow
from aggregator.desk.citing import citation, in_order
from aggregator.desk.workflow import Rules
from aggregator.domain import AuditEntry, Brief, Citation, Edit, Editor, ListedItem, Wording
from aggregator.errors import DeskRefused, EditConflict
from aggregator.store import Store
from aggregator.store.briefs import Step
from aggregator.stories.score import teller


class Desk:
    """One newsroom's desk; ``clock`` is the wall clock in UTC.

    Whoever changes a brief names the version that they saw. Every method raises DeskRefused, with
    all reasons by field, when what is asked for cannot be done, and EditConflict when the brief is
    not what they saw any more; of both, the brief is as it was before.
    """

    def __init__(
        self,
        store: Store,
        rules: Rules,
        languages: Sequence[str],
        clock: Callable[[], datetime],
        new_uid: Callable[[], UUID] = uuid4,
    ) -> None:
        self._store = store
        self._rules = rules
        self._languages = languages
        self._tell = teller(languages)
        self._clock = clock
        self._new_uid = new_uid

    def begin_from_story(
        self, story_id: int, editor: Editor, wording: Wording | None = None
    ) -> Brief:
        """A draft about a story, which rests on its items: originals first."""
        story = self._store.stories.get(story_id)
        if story is None:
            raise DeskRefused({"story": f"there is no story {story_id}"})
        reports = in_order(self._store.items.listed(story.items), self._languages)
        return self._begin(story.id, reports, editor, wording)

    def begin_from_items(
        self, item_ids: Sequence[int], editor: Editor, wording: Wording | None = None
    ) -> Brief:
        """A draft that rests on these items, in their order, about the story of the first."""
        reports = self._reports(item_ids)
        return self._begin(reports[0].item.story, reports, editor, wording)

    def begin_for_slot(self, slot: tuple[str, date], editor: Editor, wording: Wording) -> Brief:
        """The brief for a day of a series (its slug): what somebody began for it, else a new draft,
        which rests on nothing yet.
        """
        return self._begin(None, (), editor, wording, slot)

    def cite(self, item_ids: Sequence[int]) -> tuple[Citation, ...]:
        """Citations of these items, as they are now, in their order."""
        return tuple(map(citation, self._reports(item_ids)))

    def save(self, brief_id: int, version: int, wording: Wording, editor: Editor) -> Brief:
        """Keep what the editor typed so far, complete or not.

        A wording that comes too late (EditConflict) is kept as a revision beside the brief's.
        """
        now = self._clock()
        revise = partial(workflow.revise, wording=wording, editor=editor, now=now)
        edit = Edit(version, wording, editor.username, now)
        return self._store.briefs.save(brief_id, edit, revise)

    def restore(self, brief_id: int, version: int, number: int, editor: Editor) -> Brief:
        """Make an earlier revision the brief's wording again; what it was is kept too."""
        revisions = self._store.briefs.revisions(brief_id)
        found = next((one.wording for one in revisions if one.number == number), None)
        if found is None:
            raise DeskRefused({"revision": f"brief {brief_id} has no revision {number}"})
        return self.save(brief_id, version, found, editor)

    def submit(self, brief_id: int, version: int, editor: Editor) -> Brief:
        """Say that a draft is ready for review."""
        step = partial(workflow.submit, editor=editor)
        return self._change(version, step, self._done(editor, "submitted", brief_id))

    def recall(self, brief_id: int, version: int, editor: Editor) -> Brief:
        """Make a draft again of what is in review, scheduled or discarded."""
        step = partial(workflow.recall, editor=editor)
        return self._change(version, step, self._done(editor, "recalled", brief_id))

    def discard(self, brief_id: int, version: int, editor: Editor) -> Brief:
        """Put away a draft that nobody wants to go on with; its text is kept."""
        step = partial(workflow.discard, editor=editor)
        return self._change(version, step, self._done(editor, "discarded", brief_id))

    def schedule(self, brief_id: int, version: int, at: datetime, editor: Editor) -> Brief:
        """Let it go out at a time, which is the newsroom's unless it has a zone."""
        step = partial(
            workflow.schedule, at=at, editor=editor, now=self._clock(), rules=self._rules
        )
        return self._change(
            version, step, self._done(editor, "scheduled", brief_id, f"for {at:%Y-%m-%d %H:%M%z}")
        )

    def publish(self, brief_id: int, version: int, editor: Editor) -> Brief:
        """Let it go out now."""
        step = partial(workflow.publish, editor=editor, now=self._clock(), rules=self._rules)
        return self._change(version, step, self._done(editor, "published", brief_id))

    def correct(
        self, brief_id: int, version: int, wording: Wording, note: str, editor: Editor
    ) -> Brief:
        """Change what readers see, and tell them."""
        step = partial(
            workflow.correct, wording=wording, note=note, editor=editor, now=self._clock()
        )
        return self._change(version, step, self._done(editor, "corrected", brief_id, note))

    def withdraw(self, brief_id: int, version: int, reason: str, editor: Editor) -> Brief:
        """Take it away from readers, for good."""
        step = partial(workflow.withdraw, reason=reason, editor=editor, now=self._clock())
        return self._change(version, step, self._done(editor, "withdrawn", brief_id, reason))

    def publish_due(self) -> list[Brief]:
        """Publish the scheduled briefs whose time has come, each once; return those it was."""
        now = self._clock()
        step = partial(workflow.release, now=now, rules=self._rules)
        published = []
        for brief in self._store.briefs.due(now):
            done = AuditEntry(now, None, "published", brief.id, brief.story)
            try:
                published.append(self._change(brief.version, step, done))
            except (DeskRefused, EditConflict):
                # Meanwhile somebody recalled it, or another process published it.
                continue
        return published

    def _reports(self, item_ids: Sequence[int]) -> list[ListedItem]:
        reports = self._store.items.listed(list(dict.fromkeys(item_ids)))
        lost = sorted(set(item_ids) - {listed.item.id for listed in reports})
        if lost or not reports:
            said = f"there is no item {lost[0]}" if lost else "name at least one"
            raise DeskRefused({"citations": said})
        return reports

    def _begin(
        self,
        story: int | None,
        reports: Sequence[ListedItem],
        editor: Editor,
        wording: Wording | None,
        slot: tuple[str, date] | None = None,
    ) -> Brief:
        if editor.disabled_at:
            raise DeskRefused({"editor": "this account is disabled"})
        typed = wording or Wording(language=self._languages[0])
        prefilled = replace(
            typed,
            byline=typed.byline or editor.initials,
            citations=typed.citations or tuple(map(citation, reports)),
        )
        uid = self._new_uid().urn
        now = self._clock()
        return self._store.briefs.create(uid, story, prefilled, editor.username, now, slot=slot)

    def _change(self, version: int, step: Step, done: AuditEntry) -> Brief:
        return self._store.briefs.change(version, step, done, self._tell)

    def _done(self, editor: Editor, action: str, brief_id: int, detail: str = "") -> AuditEntry:
        return AuditEntry(self._clock(), editor.username, action, brief_id, detail=detail)
