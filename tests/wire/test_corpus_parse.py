"""What we read of the real captures, beside an independent reading with lxml."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lxml import etree, html

from aggregator.domain import Document
from aggregator.wire.clean import web_url
from aggregator.wire.parse import parse
from tests.build import NOW, source

URL = "https://origin.example/feed"


@dataclass
class Read:
    title: str
    link: str | None
    guid: str | None


def independent(body: bytes) -> list[Read] | None:
    """The entries of a well-formed document, None for others."""
    try:
        root = etree.fromstring(body, etree.XMLParser(resolve_entities=False, huge_tree=True))
    except etree.XMLSyntaxError:
        return None
    entries = root.xpath("//*[local-name()='item' or local-name()='entry']")
    return [Read(_title(e), _link(e), _guid(e)) for e in entries]


def _child(entry: Any, name: str) -> Any:
    own = [c for c in entry if _is(c, name) and "mrss" not in c.tag and "itunes" not in c.tag]
    return own[0] if own else None


def _is(node: Any, name: str) -> bool:
    return isinstance(node.tag, str) and etree.QName(node).localname == name


def _title(entry: Any) -> str:
    node = _child(entry, "title")
    if node is None:
        return ""
    raw = "".join(node.itertext())
    if node.get("type") != "text" and raw.strip():
        raw = html.fromstring(f"<div>{raw}</div>").text_content()
    return raw


def _link(entry: Any) -> str | None:
    for c in entry:
        if _is(c, "origLink"):
            return web_url((c.text or "").strip(), URL)
    nodes = [c for c in entry if _is(c, "link")]
    nodes = [n for n in nodes if n.get("rel", "alternate") == "alternate"]
    nodes.sort(key=lambda n: "html" not in n.get("type", "html"))
    texts = [(n.text or "").strip() or n.get("href", "") for n in nodes]
    return web_url(texts[0], URL) if texts and texts[0] else None


def titles(raw: str) -> set[str]:
    return {" ".join(text.split())[:1000] for text in (raw, repaired(raw))}


def repaired(text: str) -> str:
    """UTF-8 that its publisher took for Latin-1 and encoded again: feedparser undoes that."""
    try:
        return text.encode("latin-1").decode("utf-8")
    except ValueError:
        return text


def _guid(entry: Any) -> str | None:
    for name in ("guid", "id"):
        node = _child(entry, name)
        if node is not None and (node.text or "").strip():
            return " ".join(node.text.split())
    return None


def test_titles_links_and_ids_agree(shared: Path) -> None:
    compared, differing = 0, []
    for row in json.loads((shared / "corpus" / "manifest.json").read_text()):
        body = (shared / "corpus" / row["file"]).read_bytes()
        theirs = independent(body) if row["format"] != "json" else None
        headers = {"content-type": row["serve_content_type"] or ""}
        ours = parse(Document(URL, 200, headers, body, NOW), source(language=None), NOW).items
        if theirs is None or len(theirs) != len(ours):
            continue
        for number, (our, their) in enumerate(zip(ours, theirs, strict=True)):
            compared += 1
            if their.title.strip() and our.title not in titles(their.title):
                differing.append((row["file"], number, "title", our.title, their.title))
            if their.link and our.url != their.link:
                differing.append((row["file"], number, "link", our.url, their.link))
            if their.guid and our.guid != their.guid:
                differing.append((row["file"], number, "guid", our.guid, their.guid))
    assert compared > 3500
    assert differing == []
