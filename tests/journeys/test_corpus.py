"""Every real capture, through the whole path: origin → poll → store → feed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.journeys.service import Installation
from tests.origin import Origin

# 21 captures are no feeds with entries of their own, or share nothing that tells entries apart.
MANIFEST = "corpus/manifest.json"


@pytest.fixture
def captures(shared: Path, origin: Origin) -> list[dict[str, object]]:
    rows = json.loads((shared / MANIFEST).read_text())
    for row in rows:
        body = (shared / "corpus" / row["file"]).read_bytes()
        kind = row["serve_content_type"] or "application/xml"
        row["url"] = origin.put(f"/{row['file']}", body, Content_Type=kind)
        row["id"] = Path(row["file"]).stem.lower()
    return rows


def test_every_capture_is_stored_once_and_polling_again_stores_nothing(
    captures: list[dict[str, object]], origin: Origin, tmp_path: Path
) -> None:
    house = Installation(tmp_path / "house", allow=f"127.0.0.1:{origin.port}")
    house.declare([{"id": c["id"], "name": c["id"], "url": c["url"]} for c in captures])
    house.run("db", "upgrade")

    *reports, summary = house.lines("poll")
    failed = [report for report in reports if report["outcome"] == "failed"]
    assert not failed
    assert len(reports) == len(captures) == summary["sources"]

    items = house.lines("items")
    assert len(items) == summary["new_items"] == sum(report["new"] for report in reports)
    assert len(
        {(item["source"], item["guid"], item["url"], item["title"]) for item in items}
    ) == len(items)
    stored = {str(c["id"]): 0 for c in captures}
    for item in items:
        stored[item["source"]] += 1
    short = {
        c["id"]: (c["entries"], stored[str(c["id"])])
        for c in captures
        if c["entries"] != stored[str(c["id"])]
    }
    assert not short

    again = house.lines("poll")[-1]
    assert (again["new_items"], again["revised_items"], again["unchanged"]) == (0, 0, len(captures))
    assert house.lines("items") == items
