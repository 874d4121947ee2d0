"""Source lists in and out."""

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.opml import export_opml, import_opml
from kb.errors import BadDataFile
from kb.types import SourceDraft, Tier, Topic

LIST = b"""<?xml version="1.0"?><opml version="1.0"><body>
<outline text="Regulation"><outline text="Inner"><outline type="rss" text="A &amp; B" xmlUrl="https://e.org/a"/></outline></outline>
<outline text="T" title="Title" XMLURL="feed://e.org/b"/>
<outline text="dup" xmlUrl="https://e.org/a"/><outline text="bad" xmlUrl="ftp://e.org/c"/>
<outline text=""Quoted" name" xmlUrl="https://e.org/q?a=1&amp;b=2"/>
<outline type="link" text="page" url="https://e.org/d"/><outline text="R&D lab" xmlUrl="https://e.org/e?x&y=1"/>
</body></opml>"""


def test_folders_duplicates_and_faults() -> None:
    drafts, refused = import_opml(LIST, topic=Topic.RELEASE, tier=Tier.OPINION)
    assert [(d.url, d.title, d.topic) for d in drafts] == [
        ("https://e.org/a", "A & B", Topic.REGULATION),
        ("https://e.org/b", "Title", Topic.RELEASE),
        ("https://e.org/e?x&y=1", "R&D lab", Topic.RELEASE),
        ("https://e.org/q?a=1&b=2", "", Topic.RELEASE),
    ]
    assert {(d.kind, d.tier) for d in drafts} == {("feed", Tier.OPINION)}
    assert refused == [
        "https://e.org/a: listed twice",
        "ftp://e.org/c: not an http or https address",
        "https://e.org/d: a link that is no feed",
    ]


@pytest.mark.parametrize("body", [b"", b"words", b"<html/>", b"\x00"])
def test_what_is_no_list_is_refused_by_name(body: bytes) -> None:
    with pytest.raises(BadDataFile, match=r"mine\.opml"):
        import_opml(body, name="mine.opml")


words = st.text(st.characters(codec="ascii", categories=["L", "N", "P"]), min_size=1, max_size=20)
drafts = st.lists(
    st.builds(
        SourceDraft,
        kind=st.sampled_from(["feed", "page"]),
        url=st.integers(0, 10**6).map(lambda n: f"https://e.org/{n}?a=1&b=<x>"),
        title=words,
        publisher=words | st.just(""),
        topic=st.sampled_from(list(Topic)),
        tier=st.sampled_from(list(Tier)),
        options=st.dictionaries(st.sampled_from(["published", "full_text"]), words, max_size=2),
    ),
    unique_by=lambda draft: draft.url,
    max_size=5,
)


@given(drafts)
def test_an_export_imports_equal(sources: list[SourceDraft]) -> None:
    assert import_opml(export_opml(sources)) == (sources, [])


def test_other_readers_find_the_feeds_of_an_export() -> None:
    sources = [
        SourceDraft(kind="feed", url="https://e.org/a", title="A & B"),
        SourceDraft(kind="page", url="https://e.org/p"),
    ]
    feed, page = ElementTree.fromstring(export_opml(sources)).iter("outline")
    assert (feed.get("type"), feed.get("xmlUrl"), feed.get("text")) == ("rss", "https://e.org/a", "A & B")
    assert (page.get("type"), page.get("url"), page.get("text")) == ("link", "https://e.org/p", "https://e.org/p")
    assert page.get("xmlUrl") is None


def test_every_recorded_list_loads_whole(shared: Path) -> None:
    loaded = 0
    for path in sorted((shared / "data" / "opml").rglob("*.opml")):
        data = path.read_bytes()
        found, refused = import_opml(data)
        named = len(re.findall(rb"xmlUrl\s*=", data, re.I))
        assert len(found) + len(refused) == named, path.name
        assert all("listed twice" in reason or "no address" in reason for reason in refused), (path.name, refused)
        loaded += named
    assert loaded > 1500
