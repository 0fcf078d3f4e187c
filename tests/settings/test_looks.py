"""What a newsroom looks like is the operator's, and can be read."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.errors import ConfigError
from aggregator.settings import load
from feeds.public.colours import LEAST, contrast, readable

COLOURS = st.integers(0, 0xFFFFFF).map(lambda n: f"#{n:06x}")


def config(folder: Path, text: str = "") -> Path:
    (folder / "aggregator.yaml").write_text(text)
    (folder / "sources.yaml").write_text("sources: []\n")
    return folder


def test_a_colour_and_a_logo(tmp_path: Path) -> None:
    (tmp_path / "logo.png").write_bytes(b"\x89PNG")
    settings = load(config(tmp_path, 'accent: "#0A5AA0"\nlogo: logo.png\n'), {})
    assert (settings.accent, settings.logo) == ("#0a5aa0", tmp_path / "logo.png")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("accent: red\n", "write it like '#a3262a'"),
        ("logo: none.png\n", r"aggregator.yaml:1: logo: there is no file"),
        ("logo: aggregator.yaml\n", "must be a PNG, WebP or JPEG"),
    ],
)
def test_what_is_wrong_is_said(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        load(config(tmp_path, text), {})


def test_a_logo_that_is_a_burden_is_refused(tmp_path: Path) -> None:
    (tmp_path / "logo.png").write_bytes(bytes(100_001))
    with pytest.raises(ConfigError, match="has 100,001 bytes; readers load it with each page"):
        load(config(tmp_path, "logo: logo.png\n"), {})


def test_pictures_lie_beside_the_database(tmp_path: Path) -> None:
    folder = config(tmp_path)
    for url, path in (
        ("sqlite:///var/aggregator.db", "var/pictures"),
        ("sqlite:////srv/news/a.db", "/srv/news/pictures"),
        ("postgresql+psycopg://u@h/n", "var/pictures"),
    ):
        assert load(folder, {"AGGREGATOR_DATABASE_URL": url}).pictures_dir == Path(path)
    elsewhere = load(folder, {"AGGREGATOR_PICTURES_DIR": "/srv/p"})
    assert elsewhere.pictures_dir == Path("/srv/p")


@given(COLOURS, st.sampled_from(["#f3f0e9", "#211f1c", "#ffffff", "#000000"]))
def test_every_colour_can_be_read(colour: str, paper: str) -> None:
    assert contrast(readable(colour, paper), paper) >= LEAST


def test_a_colour_that_can_be_read_stays() -> None:
    assert readable("#a3262a", "#fdfcf9") == "#a3262a"
    assert round(contrast("#000000", "#ffffff"), 3) == 21
