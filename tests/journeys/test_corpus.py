"""Every real capture, through the whole path: origin → poll → store → feed."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Install
from tests.origin import Origin

# Captures that carry an entry twice, or entries with nothing in them.
FEWER = {
    "021-lefigaro-fr": 49,
    "046-hacker-news": 17,
    "055-al-monitor-com": 11,
    "157-pcmag-com": 10,
    "186-scripting-com": 21,
}


@pytest.fixture
def captures(shared: Path, origin: Origin) -> list[dict[str, Any]]:
    rows = json.loads((shared / "corpus" / "manifest.json").read_text())
    for row in rows:
        body = (shared / "corpus" / row["file"]).read_bytes()
        kind = row["serve_content_type"] or "application/xml"
        row["url"] = origin.put(f"/{row['file']}", body, Content_Type=kind)
        row["id"] = Path(row["file"]).stem.lower()
    return rows


def test_every_capture_is_stored_once_and_polling_again_stores_nothing(
    captures: list[dict[str, Any]], origin: Origin, install: Install
) -> None:
    house = install(allow=f"127.0.0.1:{origin.port}")
    house.declare([{"id": c["id"], "name": c["id"], "url": c["url"]} for c in captures])
    house.run("db", "upgrade")

    *reports, summary = house.lines("poll")
    assert [report for report in reports if report["outcome"] == "failed"] == []
    assert len(reports) == len(captures) == summary["sources"]

    items = house.lines("items")
    assert len(items) == summary["new_items"]
    stored = Counter(item["source"] for item in items)
    assert stored == Counter({c["id"]: FEWER.get(c["id"], c["entries"]) for c in captures})

    again = house.lines("poll")[-1]
    assert (again["new_items"], again["revised_items"]) == (0, 0)
    assert again["unchanged"] == len(captures)
    assert house.lines("items") == items


@pytest.mark.parametrize("outlet", ["rnz", "gmanews"])
def test_a_sequence_of_captures_gives_every_item_once(
    shared: Path, origin: Origin, install: Install, outlet: str
) -> None:
    captures = json.loads((shared / "corpus/sequences/manifest.json").read_text())[outlet][
        "captures"
    ]
    house = install(allow=f"127.0.0.1:{origin.port}")
    house.declare([{"id": outlet, "name": outlet, "url": f"{origin.url}/feed"}])
    house.run("db", "upgrade")
    total = 0
    for capture in captures:
        body = (shared / "corpus" / capture["file"]).read_bytes()
        origin.put("/feed", body, Content_Type="application/rss+xml")
        report, _ = house.lines("poll")
        assert report["new"] == capture["new_ids"], capture["file"]
        total += report["new"]
    assert len(house.lines("items")) == total == captures[-1]["cumulative_distinct_ids"]
