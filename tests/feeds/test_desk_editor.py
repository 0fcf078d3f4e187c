"""Writing at the desk: the real application, a real store, logged in through the login."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from aggregator.domain import Brief, BriefState, Editor, Role
from aggregator.settings import load
from aggregator.store import Store
from feeds import create_app
from feeds.desk.editor_form import arranged, numbers, steps
from tests.build import NOW, take
from tests.feeds.desk import Browser, Desk, hire
from tests.stories.newsroom import SOURCES, TUNNEL, Newsroom, article

TEXT = "According to Courant, the tunnel of Lac-Noir is *open*.\r\n\r\nIt took [nine years](https://courant.example/1)."
READY = {
    "headline": "The tunnel of Lac-Noir is open",
    "kicker": "Transport",
    "body": TEXT,
    "byline": "PA",
    "language": "en",
    "series": "",
    "categories": "travel, Alps",
    "picture": "https://pictures.example/tunnel.jpg",
    "alt": "A tunnel",
    "credit": "© Unsplash",
}


@pytest.fixture
def newsroom(sqlite_store: Store, tmp_path: Path) -> Newsroom:
    """One story of three reports, items 1 to 3; an editor, two publishers."""
    hire(sqlite_store)
    hire(sqlite_store, "paula", Role.PUBLISHER)
    hire(sqlite_store, "peter", Role.PUBLISHER)
    newsroom = Newsroom(sqlite_store, tmp_path)
    for n in range(3):
        newsroom.publish(TUNNEL[n], by=n, hours=3 - n, text=f"The ministers came. {n}")
    newsroom.group()
    return newsroom


@pytest.fixture
def desk(newsroom: Newsroom) -> Desk:
    return Desk(newsroom.store)


@pytest.fixture
def paula(desk: Desk) -> Browser:
    return desk.browser("paula")


@pytest.fixture
def quentin(desk: Desk) -> Browser:
    return desk.browser("quentin")


class Page:
    """The editor's page of a brief in a browser, and its form."""

    def __init__(self, browser: Browser, brief: int) -> None:
        self.browser, self.path = browser, f"/desk/briefs/{brief}"
        self.load()

    def load(self) -> str:
        self.text = self.browser.get(self.path).text
        return self.text

    @property
    def version(self) -> str:
        return re.findall(r'name="version" value="(\d+)"', self.text)[0]

    @property
    def cited(self) -> list[str]:
        return re.findall(r'name="item" value="(\d+)"', self.text)

    @property
    def buttons(self) -> set[str]:
        found = re.findall(r'name="do" value="([^"]+)"', self.text)
        return {one for one in found if ":" not in one} - {"add"}

    def fields(self) -> dict[str, object]:
        """What a browser would send of the form as it is."""
        found = dict(re.findall(r'<input id="(\w+)" name="\w+" value="([^"]*)"', self.text))
        (body,) = re.findall(r"<textarea[^>]*>\n(.*?)</textarea>", self.text, re.DOTALL)
        return {name: unescape(value) for name, value in found.items()} | {
            "body": unescape(body), "version": self.version, "item": self.cited,
        }  # fmt: skip

    def do(self, action: str, to: str = "", **typed: Any):
        """Press a button, having typed something; the page is then what came of it."""
        token = self.browser.csrf()
        form = {"csrf": token, **self.fields(), **typed, "do": action}
        answer = self.browser.post(self.path + to, form)
        if to == "":
            self.text = answer.text if answer.status_code != 303 else self.load()
        return answer

    def why(self, field: str) -> str:
        (said,) = re.findall(rf'id="why-{field}">([^<]*)<', self.text)
        return unescape(said)


def write(browser: Browser, newsroom: Newsroom, **form: Any) -> Page:
    story = f"/desk/stories/{newsroom.story_of(1)}"
    answer = browser.post(f"{story}/write", {"csrf": browser.csrf(), **form})
    assert answer.status_code == 303, answer.text
    return Page(browser, int(answer.location.rpartition("/")[2]))


def stored(newsroom: Newsroom, page: Page) -> Brief:
    brief = newsroom.store.briefs.get(int(page.path.rpartition("/")[2]))
    assert brief
    return brief


def published(browser: Browser, newsroom: Newsroom) -> Page:
    page = write(browser, newsroom)
    assert page.do("publish", **READY).status_code == 303
    return page


def revise(newsroom: Newsroom, desk: Desk, title: str = "Lac-Noir tunnel closed again") -> None:
    """The source of item 1 says something else."""
    desk.later(timedelta(minutes=10))
    newsroom.now = desk.now
    said = article(title, 1, "courant", NOW - timedelta(hours=3))
    assert take(newsroom.store, SOURCES[0], said, now=desk.now) == (0, 1)


class TestClaims:
    def test_claiming_taking_over_and_releasing(
        self, newsroom: Newsroom, paula: Browser, quentin: Browser
    ) -> None:
        story = f"/desk/stories/{newsroom.story_of(1)}"
        assert quentin.submit(story, f"{story}/claim").location == story
        assert "you are on it" in quentin.get(story).text
        assert "quentin is on it" in paula.get("/desk/").text
        refused = paula.submit(story, f"{story}/claim")
        assert (refused.status_code, "quentin is at work on it" in refused.text) == (422, True)
        assert paula.submit(story, f"{story}/write").status_code == 422
        assert "Take over and write" in paula.get(story).text
        paula.submit(story, f"{story}/claim", take_over="1")
        assert "paula is on it" in quentin.get(story).text
        quentin.submit(story, f"{story}/release")
        assert "paula is on it" in quentin.get(story).text, "it is not theirs to release"
        paula.submit(story, f"{story}/release")
        assert "is on it" not in quentin.get(story).text

    def test_it_lapses(self, newsroom: Newsroom, desk: Desk, quentin: Browser) -> None:
        story = f"/desk/stories/{newsroom.story_of(1)}"
        quentin.submit(story, f"{story}/claim")
        desk.later(timedelta(minutes=31))
        assert "is on it" not in quentin.get(story).text

    def test_writing_claims_and_goes_on_with_what_was_begun(
        self, newsroom: Newsroom, paula: Browser
    ) -> None:
        page = write(paula, newsroom)
        assert write(paula, newsroom).path == page.path
        assert newsroom.store.claims.held(NOW)[newsroom.story_of(1)].who == "paula"
        alone = write(paula, newsroom, item=["3", "2"])
        assert alone.path != page.path
        assert alone.cited == ["3", "2"]

    def test_there_is_no_such_story(self, paula: Browser) -> None:
        for what in ("claim", "release", "write"):
            answer = paula.post(f"/desk/stories/99/{what}", {"csrf": paula.csrf()})
            assert answer.status_code == 404


class TestFromStoryToReaders:
    def test_the_form_is_prefilled(self, newsroom: Newsroom, paula: Browser) -> None:
        page = write(paula, newsroom)
        assert page.fields() | {"version": ""} == {
            "kicker": "", "headline": "", "body": "", "byline": "PA", "language": "en",
            "series": "", "categories": "", "picture": "", "alt": "", "credit": "",
            "version": "", "item": ["1", "2", "3"],
        }  # fmt: skip
        assert "(PA - Sources: Courant, Herald, Post)" in page.text

    def test_published_as_previewed(self, newsroom: Newsroom, paula: Browser) -> None:
        page = write(paula, newsroom)
        fragment = page.do("preview", to="/preview", **READY).text
        closing = "(PA - Sources: Courant, Herald, Post - Picture: © Unsplash)"
        for said in ("Transport", "<em>open</em>", closing, "20 Jan 2026 10h00", "A tunnel"):
            assert said in fragment
        assert stored(newsroom, page).wording.headline == "", "a preview keeps nothing"
        assert page.do("publish", **READY).location == f"{page.path}?said=publish"
        brief = stored(newsroom, page)
        assert brief.state is BriefState.PUBLISHED
        assert brief.wording.body == TEXT.replace("\r\n", "\n")
        assert brief.wording.categories == ("travel", "Alps")
        assert f'href="/news/2026/01/20/{brief.slug}"' in page.text
        assert newsroom.store.stories.get(newsroom.story_of(1)).is_covered
        listed = paula.get("/desk/briefs").text
        assert "The tunnel of Lac-Noir is open" in listed
        assert "out since 20 Jan 2026 10h00" in listed

    def test_an_editor_submits_and_a_publisher_lets_it_go_out(
        self, newsroom: Newsroom, paula: Browser, quentin: Browser
    ) -> None:
        page = write(quentin, newsroom)
        assert page.buttons == {"save", "preview", "submit", "discard"}
        refused = page.do("publish", **READY)
        assert refused.status_code == 422
        assert "only a publisher may do this" in page.why("editor")
        page.do("submit")
        assert stored(newsroom, page).state is BriefState.REVIEW
        assert page.buttons == {"save", "preview", "recall", "discard"}
        theirs = Page(paula, 1)
        ahead = {"save", "preview", "recall", "publish", "schedule", "discard"}
        assert theirs.buttons == ahead
        theirs.do("publish")
        page.load()
        assert page.buttons == set()
        assert (
            'id="headline" name="headline" value="The tunnel of Lac-Noir is open" readonly'
            in page.text
        )

    def test_scheduled_in_the_newsrooms_zone(self, newsroom: Newsroom, paula: Browser) -> None:
        page = write(paula, newsroom)
        for typed, said in (
            ("", "give a day"),
            ("2026-01-20T09:30", "past"),
            ("2026-03-29T02:30", "clocks go forward"),
        ):
            assert page.do("schedule", publish_at=typed, **READY).status_code == 422
            assert said in page.why("publish_at")
        page.do("schedule", publish_at="2026-01-20T15:30")
        brief = stored(newsroom, page)
        assert brief.publish_at == NOW.replace(hour=14, minute=30)
        assert "goes out 20 Jan 2026 15h30" in page.text
        assert page.buttons == {"preview", "recall", "publish", "schedule"}
        page.do("recall")
        assert stored(newsroom, page).state is BriefState.DRAFT

    def test_four_eyes(self, newsroom: Newsroom, tmp_path: Path) -> None:
        (tmp_path / "aggregator.yaml").write_text("four_eyes: true\n")
        desk = Desk(newsroom.store)
        desk.app = create_app(load(tmp_path, {}), newsroom.store, lambda: desk.now)
        desk.base_url = "http://127.0.0.1:8000"
        page = write(desk.browser("paula"), newsroom)
        assert page.buttons == {"save", "preview", "submit", "discard"}
        assert "somebody else has to let it go out" in page.text
        assert page.do("publish", **READY).status_code == 422
        assert Page(desk.browser("peter"), 1).do("publish").status_code == 303

    def test_citations_are_arranged(self, newsroom: Newsroom, paula: Browser) -> None:
        page = write(paula, newsroom)
        page.do("up:3", headline="Typed")
        assert page.cited == ["1", "3", "2"]
        page.do("down:1")
        page.do("remove:2")
        assert page.cited == ["3", "1"]
        assert "(PA - Sources: Post, Courant)" in page.text
        assert stored(newsroom, page).wording.headline == "Typed"
        page.do("add:2")
        page.do("add", add=" 3 ")
        assert page.cited == ["3", "1", "2"]
        for number in ("99", "x"):
            assert page.do("add", add=number, headline="Still here").status_code == 422
            assert "no item 99" in page.why("citations") or "no number" in page.why("citations")
            assert 'value="Still here"' in page.text
            assert page.cited == ["3", "1", "2"]


BAD = [
    ({"headline": ""}, "headline", "write the headline"),
    ({"headline": "x" * 201}, "headline", "at most 200"),
    ({"byline": " "}, "byline", "write a byline"),
    ({"item": []}, "citations", "cite at least one"),
    ({"credit": ""}, "credit", "whom the picture is from"),
    ({"alt": ""}, "alt", "what the picture shows"),
    ({"picture": "javascript:alert(1)"}, "picture", "no address on the web"),
    ({"body": "[x](javascript:alert(1))"}, "body", "no address on the web"),
    ({"body": "![x](https://a.example/x.jpg)"}, "body", "has no credit"),
    ({"body": "long " * 4001}, "body", "at most 20,000"),
    ({"body": ""}, "body", "write the text"),
    ({"language": "<b>"}, "language", "tag"),
    ({"series": "Born On"}, "series", "slug"),
    ({"categories": "x" * 101}, "categories", "at most 100"),
]


class TestRefusals:
    @pytest.mark.parametrize(("bad", "field", "said"), BAD)
    def test_the_reason_is_at_its_field_and_nothing_is_lost(
        self, newsroom: Newsroom, paula: Browser, bad: dict[str, object], field: str, said: str
    ) -> None:
        page = write(paula, newsroom)
        answer = page.do("publish", **READY | bad)
        assert answer.status_code == 422
        assert said in page.why(field)
        assert f'href="#{field}"' in page.text
        assert f'aria-describedby="why-{field}"' in page.text
        expected = READY | {"item": ["1", "2", "3"]} | bad
        expected["body"] = str(expected["body"]).replace("\r\n", "\n")
        shown = page.fields()
        assert {name: shown.get(name, []) for name in expected} == expected
        assert 'href="javascript:' not in page.text
        assert stored(newsroom, page).state is BriefState.DRAFT
        assert page.do("publish", **READY | {"item": ["1"]}).status_code == 303, "goes on from here"

    def test_two_browsers_on_one_brief(
        self, newsroom: Newsroom, paula: Browser, quentin: Browser
    ) -> None:
        mine = write(paula, newsroom)
        theirs = Page(quentin, 1)
        theirs.do("save", headline="Theirs", body="The tunnel is shut.")
        answer = mine.do("save", headline="Mine", body="The tunnel is open.")
        assert answer.status_code == 409
        assert "quentin saved this at 10h00" in mine.text
        assert "The tunnel is <del>shut</del>." in mine.text
        assert "The tunnel is <ins>open</ins>." in mine.text
        assert mine.fields()["headline"] == "Mine"
        assert "kept as revision" in mine.text
        assert stored(newsroom, mine).wording.headline == "Theirs"
        assert mine.do("save").status_code == 303
        assert stored(newsroom, mine).wording.headline == "Mine"
        kept = {one.wording.headline for one in newsroom.store.briefs.revisions(1)}
        assert kept == {"", "Theirs", "Mine"}

    def test_a_step_on_what_one_has_not_seen(
        self, newsroom: Newsroom, paula: Browser, desk: Desk
    ) -> None:
        mine = published(paula, newsroom)
        theirs = Page(desk.browser("peter"), 1)
        theirs.do("correct", note="The name was wrong.", headline="Peter's")
        answer = mine.do("correct", note="Mine", headline="Paula's")
        assert (answer.status_code, mine.fields()["headline"]) == (409, "Paula's")
        assert mine.do("withdraw", reason="Both wrong").status_code == 303

    def test_nothing_happens_without_the_token(self, newsroom: Newsroom, paula: Browser) -> None:
        page = write(paula, newsroom)
        for path in ("", "/autosave", "/preview", "/restore"):
            assert paula.post(page.path + path, {"do": "publish", **READY}).status_code == 403
        assert paula.post("/desk/alerts/1/dismiss").status_code == 403

    def test_nobody_reads_it_without_an_account(
        self, newsroom: Newsroom, paula: Browser, desk: Desk
    ) -> None:
        page = write(paula, newsroom)
        for path in ("/desk/briefs", page.path, page.path + "/history"):
            assert desk.browser().get(path).status_code == 302
        assert desk.browser().post(page.path + "/autosave").status_code == 401

    @pytest.mark.parametrize(
        "path", ["99", "0", "2147483648", "x", "99/history", "1/history?old=1&new=9"]
    )
    def test_there_is_no_such_page(self, newsroom: Newsroom, paula: Browser, path: str) -> None:
        write(paula, newsroom)
        assert paula.get(f"/desk/briefs/{path}").status_code == 404

    def test_what_sources_and_editors_typed_does_not_run(
        self, newsroom: Newsroom, paula: Browser
    ) -> None:
        evil = '"><script>x</script>'
        newsroom.publish(f"{TUNNEL[0]} {evil}", by=3, text=evil)
        page = write(paula, newsroom, item=["4"])
        page.do("save", **dict.fromkeys(READY, evil))
        for text in (
            page.load(),
            paula.get(page.path + "/history").text,
            paula.get("/desk/briefs").text,
        ):
            assert "<script>x" not in text
            assert "<img" not in text
            assert "onerror" not in text


class TestAutosave:
    def test_it_survives_the_server(self, newsroom: Newsroom, paula: Browser) -> None:
        page = write(paula, newsroom)
        answer = page.do("save", to="/autosave", **READY).json
        assert answer["version"] > int(page.version)
        assert answer["saved_at"] == "10h00"
        assert "<em>open</em>" in answer["live"]
        again = Page(Desk(newsroom.store).browser("paula"), 1)
        assert again.fields()["headline"] == READY["headline"]
        assert again.fields()["body"] == TEXT.replace("\r\n", "\n")

    def test_it_says_what_is_in_the_way(
        self, newsroom: Newsroom, paula: Browser, quentin: Browser
    ) -> None:
        page = write(paula, newsroom)
        Page(quentin, 1).do("save", headline="Theirs")
        conflict = page.do("save", to="/autosave", headline="Mine")
        assert conflict.status_code == 409
        assert conflict.json["kept"]
        page.load()
        page.do("publish", **READY)
        late = page.do("save", to="/autosave", headline="Late")
        assert late.status_code == 422
        assert "it is published" in late.json["reasons"]["state"]
        unknown = page.do("save", to="/autosave", item=["99"])
        assert "no item 99" in unknown.json["reasons"]["citations"]


class TestHistory:
    def test_revisions_are_compared_and_restored(
        self, newsroom: Newsroom, desk: Desk, paula: Browser
    ) -> None:
        page = write(paula, newsroom)
        page.do("save", headline="The tunnel is open")
        first = page.version
        desk.later(timedelta(minutes=6))
        page.do("save", headline="The tunnel is shut")
        shown = paula.get(f"{page.path}/history?old={first}&new={page.version}").text
        assert "The tunnel is <del>open</del>" in shown
        assert "The tunnel is <ins>shut</ins>" in shown
        assert "created by paula" in shown
        assert page.do("", to="/restore", number=first).location == f"{page.path}?said=restored"
        assert page.load()
        assert page.fields()["headline"] == "The tunnel is open"
        assert page.do("", to="/restore", number="99").status_code == 422
        assert page.do("", to="/restore", number="1", version="1").status_code == 409

    def test_one_revision_has_nothing_beside_it(self, newsroom: Newsroom, paula: Browser) -> None:
        shown = paula.get(write(paula, newsroom).path + "/history").text
        assert 'class="beside"' not in shown


class TestAfterPublishing:
    def test_correcting_needs_a_note(self, newsroom: Newsroom, paula: Browser) -> None:
        page = published(paula, newsroom)
        assert page.buttons == {"preview", "correct", "withdraw"}
        assert page.do("correct", headline="Not lost").status_code == 422
        assert "write what was wrong" in page.why("note")
        assert page.fields()["headline"] == "Not lost"
        assert stored(newsroom, page).wording.headline == READY["headline"]
        page.do("correct", note="It is shut.")
        brief = stored(newsroom, page)
        assert (brief.state, brief.wording.headline) == (BriefState.CORRECTED, "Not lost")
        assert "</time></strong> It is shut." in page.text

    def test_withdrawing_needs_a_reason(self, newsroom: Newsroom, paula: Browser) -> None:
        page = published(paula, newsroom)
        assert page.do("withdraw").status_code == 422
        assert "write why it is withdrawn" in page.why("reason")
        page.do("withdraw", reason="It was a hoax.")
        assert stored(newsroom, page).state is BriefState.WITHDRAWN
        assert "Withdrawn: It was a hoax." in page.text
        assert page.buttons == set()

    @pytest.mark.parametrize("action", ["dismiss", "correct", "withdraw"])
    def test_an_alert_and_what_answers_it(
        self, newsroom: Newsroom, desk: Desk, paula: Browser, action: str
    ) -> None:
        page = published(paula, newsroom)
        assert "To be looked at again" not in paula.get("/desk/briefs").text
        revise(newsroom, desk)
        listed = paula.get("/desk/briefs").text
        for said in ("To be looked at again: 1", "<ins>closed again</ins>", "Courant changed", f'href="{page.path}#note"', f'href="{page.path}#reason"'):  # fmt: skip
            assert said in listed
        assert "<ins>closed again</ins>" in page.load()
        if action == "dismiss":
            answer = paula.post("/desk/alerts/1/dismiss", {"csrf": paula.csrf(), "brief": "1"})
            assert answer.location == page.path
            again = paula.post("/desk/alerts/1/dismiss", {"csrf": paula.csrf()})
            assert (again.status_code, "dealt with it already" in again.text) == (409, True)
        else:
            page.do(action, note="It is shut.", reason="It is shut.")
        assert "To be looked at again" not in paula.get("/desk/briefs").text

    def test_the_list_by_state_and_author(
        self, newsroom: Newsroom, paula: Browser, quentin: Browser
    ) -> None:
        published(paula, newsroom)
        write(quentin, newsroom, item=["2"]).do("save", headline="A draft of Quentin's")
        for query, found in (
            ("", {1, 2}), ("?state=draft", {2}), ("?author=paula", {1}), ("?state=published&author=quentin", set()),
            ("?state=nonsense", {1, 2}),
        ):  # fmt: skip
            page = paula.get(f"/desk/briefs{query}").text
            assert (
                set(map(int, re.findall(r'<h2 [^>]*><a href="/desk/briefs/(\d+)"', page))) == found
            )


def test_checks_are_advice_with_their_evidence(newsroom: Newsroom, paula: Browser) -> None:
    page = write(paula, newsroom)
    body = "The tunnel cost 7 billion euros. It is the work of Zebulon Quark."
    page.do("save", **READY | {"body": body})
    assert "Warning, number." in page.text
    assert re.search(r'<q data-field="body" data-start="\d+" data-end="\d+">[^<]*7', page.text)
    assert "Zebulon" in page.text
    assert page.do("publish").status_code == 303, "it blocks nothing"


def test_arranging() -> None:
    assert [arranged([1, 2, 3], what, "") for what in ("up:1", "down:3", "up:9", "x:2", "remove:2")] == [
        [1, 2, 3], [1, 2, 3], [1, 2, 3], [1, 2, 3], [1, 3],
    ]  # fmt: skip
    assert numbers(["3", " 1", "x", "3", "-1", "99999999999"]) == [3, 1]


def test_what_the_author_may_do(newsroom: Newsroom, paula: Browser) -> None:
    brief = stored(newsroom, write(paula, newsroom))
    paula_herself = Editor("paula", "Paula", "PA", Role.PUBLISHER)
    assert "publish" in steps(brief, paula_herself, four_eyes=False)
    assert "publish" not in steps(brief, paula_herself, four_eyes=True)


def test_the_empty_slots_of_the_week(newsroom: Newsroom, desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "aggregator.yaml").write_text(
        "base_url: http://localhost\n"
        "series:\n"
        "- {slug: born-on, title: Born on, headline: 'Born on {date}: ', at: 11h30, weekdays: [tue, wed]}\n"
    )
    desk.app = create_app(load(tmp_path, {}), newsroom.store, lambda: desk.now)
    paula = desk.browser("paula")
    listed = paula.get("/desk/briefs").text
    assert re.findall(r'action="(/desk/slots/[^"]+)"', listed) == [
        "/desk/slots/born-on/2026-01-20", "/desk/slots/born-on/2026-01-21",
    ]  # fmt: skip
    assert "20 Jan 2026 11h30" in listed
    answer = paula.post("/desk/slots/born-on/2026-01-21", {"csrf": paula.csrf()})
    assert answer.location == "/desk/briefs/1?at=2026-01-21T11:30"
    assert 'value="2026-01-21T11:30"' in paula.get(answer.location).text
    page = Page(paula, 1)
    assert page.fields()["headline"] == "Born on January 21: "
    assert (page.fields()["series"], page.fields()["kicker"]) == ("born-on", "Born on")
    written = READY | {"headline": "Born on January 21: Dior", "series": "born-on", "item": ["1"]}
    assert page.do("schedule", publish_at="2026-01-21T11:30", **written).status_code == 303
    assert "/desk/slots/born-on/2026-01-21" not in paula.get("/desk/briefs").text
    for path in ("born-on/x", "none/2026-01-21"):
        assert paula.post(f"/desk/slots/{path}", {"csrf": paula.csrf()}).status_code == 404


def test_a_slot_is_begun_once(newsroom: Newsroom, desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "aggregator.yaml").write_text(
        "base_url: http://localhost\n"
        "series:\n- {slug: rip, title: RIP, headline: 'RIP ', at: 11h30, weekdays: [wed]}\n"
    )
    desk.app = create_app(load(tmp_path, {}), newsroom.store, lambda: desk.now)
    paula, quentin = desk.browser("paula"), desk.browser("quentin")
    slot = "/desk/slots/rip/2026-01-21"
    begun = paula.post(slot, {"csrf": paula.csrf()}).location
    listed = quentin.get("/desk/briefs").text
    assert f'<a href="{begun}">paula began it</a>' in listed
    assert quentin.post(slot, {"csrf": quentin.csrf()}).location == begun, "whoever was too late"
    page = Page(paula, 1)
    assert page.do("discard", sure="1").status_code == 303
    assert quentin.post(slot, {"csrf": quentin.csrf()}).location != begun


def test_discarding_asks_twice_and_can_be_taken_back(
    newsroom: Newsroom, paula: Browser, quentin: Browser
) -> None:
    page = write(quentin, newsroom)
    assert "discard" in page.buttons
    assert page.do("discard", headline="Half of a").status_code == 422
    assert page.why("sure") == "tick this if you are sure"
    assert stored(newsroom, page).wording.headline == "Half of a", "what was typed is kept"
    assert page.do("discard", sure="1").status_code == 303
    assert stored(newsroom, page).state is BriefState.DISCARDED
    assert page.buttons == {"recall"}
    assert "Half of a" not in quentin.get("/desk/briefs").text
    assert "Half of a" in quentin.get("/desk/briefs?state=discarded").text
    assert page.do("recall").status_code == 303
    assert stored(newsroom, page).state is BriefState.DRAFT
    theirs = write(paula, newsroom, take_over="1")
    assert "discard" not in Page(quentin, int(theirs.path.rpartition("/")[2])).buttons


def test_w_on_the_wire_writes(newsroom: Newsroom, quentin: Browser) -> None:
    story = newsroom.story_of(1)
    wire = quentin.get("/desk/").text
    assert f'formaction="/desk/stories/{story}/write"' in wire
    assert quentin.submit("/desk/", f"/desk/stories/{story}/write").location == "/desk/briefs/1"
