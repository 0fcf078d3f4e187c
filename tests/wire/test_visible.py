"""Which changes readers see."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.domain import KnownItem, ParsedItem
from aggregator.wire.identity import sightings
from aggregator.wire.visible import readable, reads_otherwise
from tests.build import item

TEXT = "The harbour tunnel opens a year late."


def is_edit(before: ParsedItem, after: ParsedItem) -> bool:
    old, new = (sightings([one], (), lambda _: None)[0] for one in (before, after))
    said = old.item
    known = KnownItem(
        1, old.identity, said.guid, old.canonical_url, old.digest, said.title, said.text,
        said.content or said.summary, said.published_at,
    )  # fmt: skip
    return reads_otherwise(known, new)


@pytest.mark.parametrize(
    ("before", "after", "edit"),
    [
        ("Rain “all week”", 'Rain "all week"', False),
        ("Rain all week", "RAIN  ALL WEEK!", False),
        ("L\u2019E\u0301lyse\u0301e r\u00e9agit", "L'Élysée réagit", False),
        ("Rain all week: forecast", "Rain all week – forecast", False),
        ("Rain all week", "Rain all week - Fanal", False),
        ("Rain all week | Fanal News", "Rain all week", False),
        ("Rain all week", "Rain all week - Namur", True),
        ("Rain all week", "Rain all month", True),
        ("Rain in week 3", "Rain in week 4", True),
        ("It froze: -3 degrees", "It froze: 3 degrees", True),
        ("Fined 5 €", "Fined 5 $", True),
        ("Le conge du maire", "Le congé du maire", True),
        ("\u0939\u0930\u0940", "\u0939\u0930\u093e", True),
        ("港のトンネルが開通", "港のトンネルが閉鎖", True),
    ],
)
def test_a_headline(before: str, after: str, edit: bool) -> None:
    assert is_edit(item(title=before), item(title=after)) is edit


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("<p>{}</p>", "<div><b>{}</b></div>"),
        ("{}", "<p>{}</p>"),
        ("{} 12 comments", "{} 31 comments"),
        ("{} (0 comments)", "{} (1 comment)"),
        ("{} Comments (12)", "{} Comments (13)"),
        ("{} | 1 234 vues", "{} | 1 240 vues"),
        ("<p>{}</p><p>1.234 views</p>", "<p>{}</p><p>1.2k views</p>"),
        ("<p>{}</p>Lu 3.456 fois", "<p>{}</p>Lu 3.501 fois"),
        ("<p>{}</p><p>Aucun commentaire</p>", "<p>{}</p><p>1 commentaire</p>"),
        ("{} 3 min read", "{} 4 min read"),
        ("Temps de lecture : 3 min. {}", "Temps de lecture : 2 minutes. {}"),
        ("{} Lesezeit: 3 Minuten", "{} Lesezeit: 4 Minuten"),
        ("<p>Il y a 5 minutes</p>{}", "<p>Il y a 2 heures</p>{}"),
        ("Publié il y a 5 minutes | {}", "Publié il y a une heure | {}"),
        ("{} 5 minutes ago", "{} an hour ago"),
        ("<p>vor 5 Minuten</p>{}", "<p>vor einer Stunde</p>{}"),
        ("<p>5 minuten geleden</p>{}", "<p>2 uur geleden</p>{}"),
        ("<p>hace 5 minutos</p>{}", "<p>hace 2 horas</p>{}"),
        ("<p>{}</p><p>123 keer gelezen</p>", "<p>{}</p><p>125 keer gelezen</p>"),
        ("<p>{}</p><p>12 Kommentare</p>", "<p>{}</p><p>13 Kommentare</p>"),
        ("<p>{}</p><p>Advertisement</p>", "<p>{}</p>"),
        ("<p>Publicité</p><p>{}</p>", "<p>{}</p><p>Anzeige</p>"),
        ('{}<img src="https://t.example/1.gif">', '{}<img src="https://t.example/2.gif">'),
        (
            '{}<a href="https://feeds.feedburner.com/~ff/a?d=1">Buy boots</a>',
            '{}<a href="https://feeds.feedburner.com/~ff/a?d=2">Buy hats</a>',
        ),
        (
            '{}<a href="https://ad.doubleclick.net/1"><b>Buy</b> boots</a>',
            '{}<a href="https://trc.taboola.com/1">You won\'t believe it</a>',
        ),
        (
            '<p>{}</p><p>Lire aussi : <a href="https://f.example/2">La neige</a></p>',
            '<p>{}</p><p>À lire aussi <a href="https://f.example/3">Le vent</a></p>',
        ),
        (
            '<p>{}</p><h3>Read more</h3><ul><li><a href="https://f.example/2">Snow</a></li></ul>',
            '<p>{}</p><h3>Read more</h3><ul><li><a href="https://f.example/3">Wind</a></li>'
            '<li><a href="https://f.example/4">Ice</a></li></ul>',
        ),
        (
            '<p>{}</p><p>Lees ook: <a href="https://f.example/2">Sneeuw</a></p>',
            "<p>{}</p>",
        ),
        (
            '<p>{}</p><p>Tags: <a href="https://f.example/t/a">a</a>, <a href="https://f.example/t/b">b</a></p>',
            '<p>{}</p><p>Tags: <a href="https://f.example/t/b">b</a></p>',
        ),
    ],
)  # fmt: skip
def test_what_is_no_edit_of_a_text(before: str, after: str) -> None:
    assert not is_edit(item(summary=before.format(TEXT)), item(summary=after.format(TEXT)))
    changed = after.format(TEXT.replace("year", "month"))
    assert is_edit(item(summary=before.format(TEXT)), item(summary=changed)), "a changed word"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("The clip had 3 million views by noon.", "The clip had 4 million views by noon."),
        ("It happened five minutes ago in Namur.", "It happened ten minutes ago in Namur."),
        ("Three dead. Two injured.", "Three dead. Four injured."),
        ("Jean (12) is missing", "Jean (13) is missing"),
        ("<p>Read more books, says the mayor.</p>", "<p>Read more papers, says the mayor.</p>"),
        ("<p>Related: a tunnel and a bridge.</p>", "<p>Related: a tunnel and a ferry.</p>"),
        (
            '<p>The <a href="https://f.example/2">report</a> is out.</p>',
            '<p>The <a href="https://f.example/2">verdict</a> is out.</p>',
        ),
        (
            '<ul><li><a href="https://f.example/2">Snow</a></li></ul>',
            '<ul><li><a href="https://f.example/3">Wind</a></li></ul>',
        ),
        (
            '<p>Lire aussi : <a href="https://f.example/2">La neige</a></p><p>Le maire part.</p>',
            '<p>Lire aussi : <a href="https://f.example/2">La neige</a></p><p>Le maire reste.</p>',
        ),
    ],
)
def test_what_is_an_edit_of_a_text(before: str, after: str) -> None:
    assert is_edit(item(summary=before), item(summary=after))


@pytest.mark.parametrize(
    "piece", ["<a ", "<a href=x>", "<p><a href='x'>a", "Read more ", "1 ", "(1 ", "( ", ". ", "<li>"]
)  # fmt: skip
def test_a_hostile_text_takes_linear_time(piece: str) -> None:
    begun = time.process_time()
    readable(piece * (100_000 // len(piece)))
    assert time.process_time() - begun < 2


@given(st.text(max_size=80), st.text(max_size=80))
def test_nothing_differs_from_itself_and_spaces_do_not_matter(title: str, text: str) -> None:
    one = item(title=title, summary=text)
    assert not is_edit(one, one)
    spaced = item(title=f" {title} ", summary=f"<p>{text}</p>\n")
    assert readable(spaced.summary) == readable(f"<p> {text} </p>")
