"""Whom a brief owes what it says."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from aggregator.desk.attribution import closing_line, credit_line, initials
from aggregator.domain import Citation, Picture, Wording

SEEN = datetime(2025, 6, 23, tzinfo=UTC)


def wording(language: str, sources: list[str], credit: str | None, byline: str = "QG") -> Wording:
    return Wording(
        byline=byline,
        language=language,
        picture=None if credit is None else Picture("https://p.example/a.jpg", credit=credit),
        citations=tuple(Citation(n, name, None, "T", "fr", SEEN) for n, name in enumerate(sources)),
    )


@pytest.mark.parametrize(
    ("language", "sources", "credit", "line"),
    [
        ("en", ["Le Monde"], "Unsplash", "(QG - Source: Le Monde - Picture: © Unsplash)"),
        ("en", ["Le Monde", "RTL"], "Unsplash", "(QG - Sources: Le Monde, RTL - Picture: © Unsplash)"),
        ("fr", ["Le Monde"], "Unsplash", "(QG - Source\xa0: Le Monde - Photo\xa0: © Unsplash)"),
        ("fr-BE", ["RTL", "VRT"], None, "(QG - Sources\xa0: RTL, VRT)"),
        ("nl", ["De Dijk"], "Unsplash", "(QG - Bron: De Dijk - Foto: © Unsplash)"),
        ("nl", ["De Dijk", "RTL"], None, "(QG - Bronnen: De Dijk, RTL)"),
        ("de", ["Tagblick"], "Unsplash", "(QG - Quelle: Tagblick - Foto: © Unsplash)"),
        ("de", ["Tagblick", "RTL"], None, "(QG - Quellen: Tagblick, RTL)"),
        ("es", ["La Ría"], None, "(QG - Fuente: La Ría)"),
        ("it", ["Il Lago"], None, "(QG - Fonte: Il Lago)"),
        ("sv", ["Sjön"], None, "(QG - Source: Sjön)"),
        ("en", ["RTL", " rtl ", "Le  Monde", "RTL"], None, "(QG - Sources: RTL, Le Monde)"),
        ("en", ["RTL"], "© Unsplash", "(QG - Source: RTL - Picture: © Unsplash)"),
        ("en", ["RTL"], "©Unsplash", "(QG - Source: RTL - Picture: © Unsplash)"),
        ("en", ["RTL"], "(c) Unsplash", "(QG - Source: RTL - Picture: © Unsplash)"),
        ("en", ["RTL"], "Copyright: Unsplash", "(QG - Source: RTL - Picture: © Unsplash)"),
        ("en", ["RTL"], "Copyrighters", "(QG - Source: RTL - Picture: © Copyrighters)"),
        ("en", ["RTL"], " © ", "(QG - Source: RTL)"),
        ("en", [], "Unsplash", "(QG - Picture: © Unsplash)"),
        ("en", [" "], None, "(QG)"),
    ],
)  # fmt: skip
def test_the_closing_line(language: str, sources: list[str], credit: str | None, line: str) -> None:
    assert closing_line(wording(language, sources, credit)) == line


def test_nothing_to_say_is_no_line() -> None:
    assert closing_line(Wording()) == ""
    assert closing_line(wording("en", ["RTL"], None, byline=" ")) == "(Source: RTL)"


@pytest.mark.parametrize(
    ("language", "sources", "line"),
    [
        ("en", ["Le Monde"], "From Le Monde"),
        ("en", ["Le Monde", "RTL", "VRT"], "From Le Monde, also RTL, VRT"),
        ("fr", ["Le Monde", "RTL"], "D’après Le Monde, aussi RTL"),
        ("nl", ["Le Monde", "RTL"], "Uit Le Monde, ook RTL"),
        ("de", ["Le Monde", "RTL"], "Aus Le Monde, auch RTL"),
        ("en", ["RTL", "RTL"], "From RTL"),
        ("en", [], ""),
    ],
)
def test_the_credit_in_a_feed(language: str, sources: list[str], line: str) -> None:
    assert credit_line(sources, language) == line


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("Quentin Gérard", "QG"),
        ("Anne-Marie de Wit", "AMW"),
        ("quentin gérard", "QG"),
        ("Élise Dupont", "ÉD"),
        ("QG", "QG"),
        ("Tagtik", "T"),
        ("Ana B. C. D. E. Prado", "ABCD"),
        ("  ", ""),
    ],
)
def test_initials(name: str, short: str) -> None:
    assert initials(name) == short
