"""``aggregator export`` as an operator meets it."""

from __future__ import annotations

from pathlib import Path

from tests.conftest import Install


def test_pages_have_a_search_only_where_somebody_answers_it(
    install: Install, tmp_path: Path
) -> None:
    house, public = install(allow=""), tmp_path / "public"
    house.declare([])
    house.run("db", "upgrade")
    for options, has_search in (((), False), (("--search",), True)):
        house.run("export", str(public), *options)
        pages = {path: path.read_text() for path in public.glob("*.html")}
        assert "index.html" in {path.name for path in pages}
        assert ('action="/search"' in pages[public / "index.html"]) == has_search
        assert ('href="/search"' in pages[public / "index.html"]) == has_search
        assert any("/search" in page for page in pages.values()) == has_search
