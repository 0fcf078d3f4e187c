"""What an address says of its article, and a headline without its publisher."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.wire.address import canonical_url
from aggregator.wire.article import article_of, slug_of
from aggregator.wire.headline import headline_of, without_publisher

UUID = "0f8fad5b-d9cb-469f-a165-70867728950e"


@pytest.mark.parametrize(
    ("url", "article"),
    [
        ("https://www.quai.example/a/the-tunnel-2159062.html", "quai.example 2159062"),
        ("https://news.quai.co.uk/x-52903677", "quai.co.uk 52903677"),
        ("https://quai.example/a_6041028_823448.html", "quai.example 6041028"),
        ("https://quai.example/live/a_6040409_3244.html", "quai.example 6040409"),
        ("https://quai.example/823448/a-6041028", "quai.example 6041028"),
        ("https://quai.example/2762875-20260120-a", "quai.example 2762875"),
        ("https://quai.example/a-20-01-2026-8327880.php", "quai.example 8327880"),
        ("https://quai.example/en/a/a-53123456", "quai.example 53123456"),
        ("https://quai.example/news/1.5538462", "quai.example 5538462"),
        (f"https://quai.example/{UUID.upper()}", f"quai.example {UUID}"),
        ("https://192.0.2.7/a-123456", "192.0.2.7 123456"),
        ("https://quai.example/20260120/a", None),
        ("https://quai.example/202601/a", None),
        ("https://quai.example/a-20012026", None),
        ("https://quai.example/a-20260120093000", None),
        ("https://quai.example/a-12345", None),
        ("https://quai.example/news-story/9444e4d715ad70550fe7df387fa434ba", None),
        ("https://quai.example/a?id=1234567", None),
        ("https://quai.example/", None),
    ],
)
def test_the_number_of_an_article(url: str, article: str | None) -> None:
    assert article_of(canonical_url(url)) == article


@pytest.mark.parametrize(
    ("url", "slug"),
    [
        ("https://quai.example/a/snow-stops-the-trams-2159062.html", "snow stops the trams html"),
        ("https://quai.example/snow-stops-the-trams/2159062", "snow stops the trams"),
        ("https://quai.example/topic-823448/snow", ""),
        ("https://quai.example/a?b=c-d-e-f", ""),
    ],
)
def test_the_slug_of_an_article(url: str, slug: str) -> None:
    assert slug_of(url) == slug


@pytest.mark.parametrize(
    ("title", "url", "bare"),
    [
        ("Rain all week - Sky News", "https://news.sky.com/a", "Rain all week"),
        ("Rain all week | The Guardian", "https://theguardian.com/a", "Rain all week"),
        ("Pluie – toute la semaine – Le Soir", "https://lesoir.be/a", "Pluie – toute la semaine"),
        ("Rain all week - Anybody", "https://news.google.com/rss/articles/CBMiAU", "Rain all week"),
        ("Rain all week - Anybody", "https://quai.example/a", "Rain all week - Anybody"),
        ("Rain all week - Sky News", None, "Rain all week - Sky News"),
        ("Rain - what the quai of the old town fears", "https://quai.example/a",
         "Rain - what the quai of the old town fears"),
        ("- Quai", "https://quai.example/a", "- Quai"),
    ],
)  # fmt: skip
def test_a_headline_without_its_publisher(title: str, url: str | None, bare: str) -> None:
    assert without_publisher(title, url) == bare


def test_a_short_headline_is_no_key() -> None:
    assert headline_of("Editorial - Quai", "https://quai.example/a") is None
    assert headline_of("Rain: all week long!", None) == "rain all week long"


@given(st.text(max_size=60))
def test_any_address_and_headline_can_be_asked(text: str) -> None:
    canonical = canonical_url(f"https://quai.example/{text}")
    article_of(canonical)
    slug_of(canonical or "")
    assert text.startswith(without_publisher(text, canonical))
