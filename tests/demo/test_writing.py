"""The demo's desk publishes what it says it will, once the reports are there."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from pathlib import Path

from PIL import Image

from aggregator.demo.landscape import HEIGHT, WIDTH, landscape
from aggregator.demo.newsroom import articles
from aggregator.demo.origin import answer
from aggregator.demo.papers import PAPERS
from aggregator.demo.writing import briefs, write
from aggregator.desk.checks import check
from aggregator.desk.checks.values import SourceText
from aggregator.domain import Editor, Role, Wording
from aggregator.store import Store
from tests.build import NOW
from tests.desk.newsroom import DeskRoom

QUENTIN = Editor("quentin", "Quentin Gérard", "QG", Role.PUBLISHER)
ORIGIN = "http://127.0.0.1:8001"


def test_each_brief_is_about_a_report_of_the_start() -> None:
    titles = [article.title for article in articles(NOW, NOW)]
    for row in briefs():
        assert any(title.startswith(row["about"]) for title in titles), row["about"]


def test_each_brief_keeps_to_what_the_desk_advises() -> None:
    told = articles(NOW, NOW)
    for row in briefs():
        first = next(article for article in told if article.title.startswith(row["about"]))
        event = [one for one in told if one.event and one.event == first.event] or [first]
        sources = [
            SourceText(n, PAPERS[one.source].title, PAPERS[one.source].language, one.title, one.text, on=one.published_at.date())
            for n, one in enumerate(event)
        ]  # fmt: skip
        wording = Wording(headline=row["headline"], body=row["body"], language=row["language"])
        said = [f"{row['about']}: {one.sentence}" for one in check(wording, sources)]
        assert said == []


def test_it_is_published_once_its_report_is_in_a_story(sqlite_store: Store, tmp_path: Path) -> None:
    room = DeskRoom(sqlite_store, tmp_path)
    row = briefs()[0]
    assert not write(room.desk, room.store, QUENTIN, row, ORIGIN)
    room.publish("City of Brenning to plant 12,000 trees along its tram lines")
    assert not write(room.desk, room.store, QUENTIN, row, ORIGIN), "it is in no story yet"
    room.group()
    room.pass_(minutes=1)
    assert write(room.desk, room.store, QUENTIN, row, ORIGIN)
    (brief,) = room.store.briefs.published()
    assert brief.wording.headline == row["headline"]
    assert brief.wording.picture
    assert brief.wording.picture.url == f"{ORIGIN}/pictures/5.png"


def test_its_pictures_are_pictures() -> None:
    status, headers, body = answer("/pictures/1.png", ORIGIN, NOW, NOW + timedelta(minutes=1))
    assert (status, headers["Content-Type"]) == (200, "image/png")
    with Image.open(BytesIO(body)) as shown:
        shown.load()
        assert shown.size == (WIDTH, HEIGHT)
    assert landscape(1) != landscape(2)
