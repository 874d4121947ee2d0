"""Where a site keeps its feeds."""

import pytest

from ingest.discover import candidates, feed_links, looks_like_feed

PAGE = b"""<html><head><base href="https://example.org/blog/">
<link rel="alternate" type="application/rss+xml" title="Posts &amp; more" href="feed.xml">
<link rel="alternate" type="application/atom+xml" href="/atom.xml">
<link rel="alternate" type="application/json" href="https://example.org/wp-json/wp/v2/pages/1">
<link rel="alternate" hreflang="de" href="/de/"><link rel="stylesheet" href="/feed.css">
</head><body><a href="rss">RSS</a><a href="javascript:feed">no</a><a href="/about">About</a>
<a href="feed.xml">again</a><a href="/releases.atom">Releases</a></body></html>"""


def test_links_of_a_page_in_order_and_once() -> None:
    found = feed_links(PAGE, "https://example.org/x", "text/html")
    assert [(link.url, link.title) for link in found] == [
        ("https://example.org/blog/feed.xml", "Posts & more"),
        ("https://example.org/atom.xml", ""),
        ("https://example.org/blog/rss", "RSS"),
        ("https://example.org/releases.atom", "Releases"),
    ]


@pytest.mark.parametrize("body", [b"", b"\x00\xff", b"<html>", b"<link rel=alternate type=application/rss+xml>"])
def test_a_page_without_feeds_names_none(body: bytes) -> None:
    assert feed_links(body, "https://example.org/") == []


def test_candidates_begin_near_the_page() -> None:
    found = candidates("https://example.org/blog?x=1")
    assert found[0] == "https://example.org/blog/feed"
    assert "https://example.org/rss.xml" in found
    assert len(found) == len(set(found))
    assert candidates("https://github.com/vllm-project/vllm/tree/main")[0] == (
        "https://github.com/vllm-project/vllm/releases.atom"
    )


@pytest.mark.parametrize(
    ("body", "kind", "verdict"),
    [
        (b'<?xml version="1.0"?><!-- c --><rss version="2.0">', "", True),
        (b'\xef\xbb\xbf<feed xmlns="http://www.w3.org/2005/Atom">', "text/html", True),
        (b"<rdf:RDF>", "", True),
        (b'{"version": "https://jsonfeed.org/version/1.1"}', "", True),
        (b'{"version": "2"}', "application/json", False),
        (b"<!doctype html><html><body>rss feed</body></html>", "application/rss+xml", False),
        (b"<urlset></urlset>", "application/xml", False),
        (b"words", "", False),
        (b"", "", False),
    ],
)
def test_what_looks_like_a_feed(body: bytes, kind: str, verdict: bool) -> None:
    assert looks_like_feed(body, kind) is verdict


def test_every_recorded_real_feed_looks_like_one(shared) -> None:  # type: ignore[no-untyped-def]
    for path in (shared / "data" / "feeds").rglob("*.xml"):
        assert looks_like_feed(path.read_bytes()), path.name
