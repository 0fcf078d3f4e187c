"""Every page of the site as the Nu Html Checker reads it: no error, no warning."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

from feeds.public.pages import PublicPages
from tests.conftest import unavailable
from tests.feeds.published import full_newsroom


@pytest.fixture
def vnu(tool) -> list[str]:
    """The checker's command (npm has it as vnu-jar)."""
    jar = os.environ.get("VNU_JAR", "")
    if not Path(jar).is_file():
        unavailable("the Nu Html Checker is not there (set VNU_JAR to vnu.jar)")
    return [tool("java"), "-Xss2m", "-jar", jar, "--format", "json", "--stdout"]


@pytest.mark.parametrize("language", ["en", "fr"])
def test_a_checker_finds_no_error_on_any_page(
    vnu: list[str], tmp_path: Path, language: str
) -> None:
    folder = tmp_path / "pages"
    folder.mkdir()
    with full_newsroom(tmp_path, languages=(language,)) as room:
        browser = room.app().test_client()
        pages = PublicPages(room.settings, room.store).each()
        paths = [path for path, page, _ in pages if "html" in page.content_type]
        for number, path in enumerate([*paths, "/search", "/search?q=tunnel", "/nowhere"]):
            (folder / f"{number}.html").write_bytes(browser.get(path).data)
    done = subprocess.run(
        [*vnu, *map(str, sorted(folder.iterdir()))], capture_output=True, text=True, timeout=300
    )
    found = {
        (said["message"], said.get("extract", "")) for said in json.loads(done.stdout)["messages"]
    }
    assert found == set()
    assert len(paths) > 50
