"""Every page of the site as the Nu Html Checker reads it: no error, no warning."""

from __future__ import annotations

from pathlib import Path

import pytest

from feeds.public.pages import PublicPages
from tests.checkers import html_errors
from tests.feeds.published import full_newsroom


@pytest.mark.parametrize("language", ["en", "fr"])
def test_a_checker_finds_no_error_on_any_page(tool, tmp_path: Path, language: str) -> None:
    folder = tmp_path / "pages"
    folder.mkdir()
    url = f"sqlite:///{tmp_path}/test.db"
    with full_newsroom(url, tmp_path, languages=(language,)) as room:
        browser = room.app().test_client()
        pages = PublicPages(room.settings, room.store).each()
        paths = [path for path, page, _ in pages if "html" in page.content_type]
        for number, path in enumerate([*paths, "/search", "/search?q=tunnel", "/nowhere"]):
            (folder / f"{number}.html").write_bytes(browser.get(path).data)
    assert html_errors(tool, folder.iterdir()) == set()
    assert len(paths) > 50
