"""Lists of feeds from other programs: real ones, large ones, hostile ones."""

from __future__ import annotations

import random
import time
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.cli.sources.lists import entries_of
from aggregator.settings import SOURCES, validate
from aggregator.settings.editing import with_sources
from aggregator.settings.opml import (
    AT_COMMAND,
    IN_BROWSER,
    Limits,
    OpmlRefused,
    read_opml,
    write_opml,
)
from tests.build import NOW, source


def opml(body: str, head: str = "") -> bytes:
    return f'<?xml version="1.0"?>{head}<opml version="2.0"><body>{body}</body></opml>'.encode()


LIST = opml("""
<outline text="News"><outline title="Belgium">
  <outline type="rss" text="Le Soir &amp;amp; Cie" xmlUrl="https://soir.example/rss" htmlUrl="https://soir.example/" language="fr-BE"/>
  <outline text="No type" XMLURL=" https://b.example/rss "/>
</outline><outline text="A link" type="link" url="https://x.example/"/></outline>
<outline text="Other"><outline type="RSS" text="again" xmlUrl="https://soir.example/rss" category="/culture/music,local"/></outline>
<outline xmlUrl="https://bare.example/feed" isComment="false" custom:odd="1" xmlns:custom="urn:x"/>
<outline text="A folder without anything"/><outline type="include" text="more" url="https://x.example/list.opml"/>
""")  # fmt: skip


def test_folders_categories_duplicates_and_odd_attributes() -> None:
    soir, other, bare = read_opml(LIST, AT_COMMAND)
    assert (soir.name, soir.site, soir.language) == (
        "Le Soir & Cie",
        "https://soir.example/",
        "fr-BE",
    )
    assert soir.folders == ("News", "Belgium", "Other", "culture", "music", "local")
    assert (other.url, other.name, other.folders) == (
        "https://b.example/rss",
        "No type",
        ("News", "Belgium"),
    )
    assert (bare.name, bare.folders) == ("bare.example", ())


HOSTILE = [
    (opml("", '<!DOCTYPE opml SYSTEM "https://evil.example/x.dtd">'), "document type"),
    (opml("&a;", '<!DOCTYPE opml [<!ENTITY a SYSTEM "file:///etc/passwd">]>'), "document type"),
    (opml("&c;", '<!DOCTYPE o [<!ENTITY a "ha"><!ENTITY b "&a;&a;"><!ENTITY c "&b;&b;">]>'), "document type"),
    (opml("x").decode().replace('1.0"?>', '1.0" encoding="utf-16"?><!DOCTYPE a>').encode("utf-16"), "document type"),
    (opml("<outline>" * 60 + "</outline>" * 60), "nested deeper than 50"),
    (opml("<outline/>" * 71), "more than 70 outlines"),
    (opml("<outline text='" + "x" * 5000 + "'/>"), "larger than 4 KiB"),
    (b"", "no element found"),
    (b"<html><body/></html>", "no OPML"),
    (b"\x00\x01\x02", "not XML"),
    (opml("<outline text='&nbsp;'/>"), "line 1: this is not XML that can be read: undefined entity"),
    (b'<?xml version="1.0" encoding="klingon"?><opml/>', "not XML"),
    (opml("<outline>")[:-7], "not XML"),
]  # fmt: skip


@pytest.mark.parametrize(("body", "reason"), HOSTILE)
def test_what_is_hostile_or_broken_is_refused_in_words(body: bytes, reason: str) -> None:
    with pytest.raises(OpmlRefused, match=reason):
        read_opml(body, Limits(4096, 70))


@given(st.binary(max_size=200))
def test_nothing_raises_anything_else(body: bytes) -> None:
    for given_ in (body, opml("")[:-7] + body):
        with suppress(OpmlRefused):
            read_opml(given_, IN_BROWSER)


def test_a_parsers_own_test_files_are_read_or_refused(shared: Path) -> None:
    read, refused = 0, []
    for path in sorted((shared / "corpus" / "opml").glob("*.xml")):
        try:
            read += bool(read_opml(path.read_bytes(), IN_BROWSER) or True)
        except OpmlRefused as error:
            refused.append((path.name, str(error)))
    assert read >= 70
    assert all(name.startswith("malformed") for name, _ in refused), refused


_names = st.text(
    alphabet=st.characters(categories=("L", "N", "P", "S"), exclude_characters="/,&\x85"),
    min_size=1, max_size=12,
)  # fmt: skip
_sources = st.lists(
    st.builds(
        lambda n, name, site, language, categories: source(
            f"s{n}", name=name, url=f"https://s{n}.example/feed?a=1&b=<2>", site=site,
            language=language, categories=tuple(dict.fromkeys(categories)),
        ),
        st.integers(0, 999), _names, st.sampled_from([None, "https://x.example/?a&b"]),
        st.sampled_from([None, "fr", "nl-BE"]), st.lists(_names, max_size=3),
    ),
    max_size=8, unique_by=lambda one: one.id,
)  # fmt: skip


@given(_sources)
def test_a_list_that_we_wrote_says_the_same_when_read(sources: list) -> None:
    found = read_opml(write_opml("T <&>", sources, NOW), AT_COMMAND)
    by_url = {one.url: one for one in found}
    assert len(found) == len(sources)
    for one in sources:
        read = by_url[one.url]
        assert (read.name, read.site, read.language, read.folders) == (
            one.name,
            one.site,
            one.language,
            one.categories,
        )


def public_list(count: int) -> bytes:
    """The shape of the big public lists: nested, with duplicates and odd attributes."""
    chance = random.Random(7)
    rows = []
    for n in range(count):
        url = f"https://h{n % (count * 9 // 10)}.example/feed"
        rows.append(
            f'<outline type="{chance.choice(["rss", "RSS", "atom", ""])}" text="Paper {n} — №{n}" title="Paper" '
            f'xmlUrl="{url}" htmlUrl="{"" if n % 7 else "nonsense"}" description="{"x" * 100}" version="RSS2"/>'
        )  # fmt: skip
    folders = [
        f'<outline text="Folder {n}"><outline text="Sub {n}">{"".join(rows[n::50])}</outline></outline>'
        for n in range(50)
    ]
    return opml("".join(folders))


def test_five_thousand_outlines_in_seconds(tmp_path: Path) -> None:
    body = public_list(5000)
    started = time.process_time()
    listed = read_opml(body, AT_COMMAND)
    entries, skipped = entries_of(listed, (), enabled=True)
    text = with_sources("# ours\nsources: []\n", entries)
    assert (len(entries), skipped) == (4500, [])
    assert time.process_time() - started < 5
    sources = validate(tmp_path, {}, {SOURCES: text}).sources
    assert time.process_time() - started < 12
    assert len(sources) == len({one.id for one in sources}) == 4500
    assert sources[0].categories == ("Folder 0", "Sub 0")
    assert text.startswith("# ours\n")
    with pytest.raises(OpmlRefused):
        read_opml(body, IN_BROWSER)


def test_what_cannot_be_a_source_is_skipped_with_its_reason() -> None:
    body = opml(
        "<outline text='A' xmlUrl='ftp://a.example/'/><outline text='B' xmlUrl='http://[/'/>"
        "<outline text='C' xmlUrl='http://www.known.example/f/'/>"
        "<outline text='D' xmlUrl='https://d.example/' language='english'/>"
    )
    known = [source("known", url="https://known.example/f")]
    entries, skipped = entries_of(read_opml(body, AT_COMMAND), known, enabled=False)
    assert entries == [{"id": "d", "name": "D", "url": "https://d.example/", "enabled": False}]
    assert [reason.partition(";")[0] for _, reason in skipped] == [
        "url: 'ftp://a.example/' is no http or https address",
        "url: 'http://[/' cannot be read",
        "is there already as 'known'",
    ]
