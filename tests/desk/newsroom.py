"""A desk over a store, with editors and a clock, for tests of briefs."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from aggregator.desk.desk import Desk
from aggregator.desk.workflow import Rules
from aggregator.domain import Brief, BriefState, Citation, Editor, Picture, Role, Wording
from aggregator.store import Store
from tests.build import NOW
from tests.stories.newsroom import TUNNEL, Newsroom

BRUSSELS = ZoneInfo("Europe/Brussels")
RULES = Rules(BRUSSELS)
ANNA = Editor("anna", "Anna Peeters", "AP", Role.PUBLISHER)
BEN = Editor("ben", "Ben Claes", "BC", Role.EDITOR)
CARLA = Editor("carla", "Carla Dubois", "CD", Role.OPERATOR)

CITED = Citation(1, "Courant", "https://courant.example/1", TUNNEL[0], "en", NOW)
COMPLETE = Wording(
    headline="The tunnel of Lac-Noir opens",
    body="After *nine years*, [says Courant](https://courant.example/1), it is open.",
    byline="AP",
    picture=Picture("https://pictures.example/1.jpg", "A tunnel", "© Unsplash"),
    citations=(CITED,),
)


def brief(state: BriefState = BriefState.DRAFT, **changes: object) -> Brief:
    """A brief of Anna's as the workflow sees it, in any state."""
    made = Brief(1, "urn:uuid:1", "anna", state, 1, COMPLETE, NOW, NOW)
    if state is BriefState.SCHEDULED:
        made = replace(made, publish_at=NOW + timedelta(hours=1))
    if state in (BriefState.PUBLISHED, BriefState.CORRECTED, BriefState.WITHDRAWN):
        out = {
            "day": date(2026, 1, 20),
            "slug": "the-tunnel",
            "published_at": NOW,
            "updated_at": NOW,
        }
        made = replace(made, **out)
    return replace(made, **changes)  # type: ignore[arg-type]


class DeskRoom(Newsroom):
    """A newsroom with one story of three items (1 to 3), and a desk."""

    def __init__(self, store: Store, folder: Path, rules: Rules = RULES) -> None:
        super().__init__(store, folder)
        for n, title in enumerate(TUNNEL):
            self.publish(title, by=n, hours=3 - n)
        self.group()
        self.desk = self.desk_over(store, rules)
        self.now += timedelta(minutes=1)

    def desk_over(self, store: Store, rules: Rules = RULES) -> Desk:
        return Desk(store, rules, ("en",), lambda: self.now)

    def pass_(self, **time: float) -> datetime:
        self.now += timedelta(**time)
        return self.now

    def begin(self, editor: Editor = ANNA, **changes: object) -> Brief:
        """A complete draft about the story."""
        made = self.desk.begin_from_story(self.story_of(1), editor)
        wording = replace(COMPLETE, citations=made.wording.citations, **changes)  # type: ignore[arg-type]
        return self.desk.save(made.id, made.version, wording, editor)

    def say(self, of: Brief, editor: Editor = ANNA, **changes: object) -> Brief:
        """The editor types over what they see."""
        wording = replace(of.wording, **changes)  # type: ignore[arg-type]
        return self.desk.save(of.id, of.version, wording, editor)

    def out(self, **changes: object) -> Brief:
        """A published brief."""
        made = self.begin(**changes)
        return self.desk.publish(made.id, made.version, ANNA)

    def get(self, brief_id: int) -> Brief:
        found = self.store.briefs.get(brief_id)
        assert found is not None
        return found
