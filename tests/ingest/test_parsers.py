"""Feeds that break parsers: every recorded file through the feed source, held against feedparser itself."""

import io
import re
import warnings
from pathlib import Path

import pytest

from ingest.bodies import is_json
from ingest.source import Response
from ingest.sources import SOURCES
from kb.errors import ParseError
from tests.ingest.records import NOW, record

RECORD = record("feed", "http://example.com/feed")
HINT = re.compile(rb"Header:\s*([\w-]+):\s*(.*?)\s*$", re.M)
FOLDERS = ("feedparser", "miniflux_testdata", "rss_parser_samples", "feedjira_samples")


def headers_of(body: bytes) -> dict[str, str]:
    """The corpus writes the HTTP headers that a file came with into a comment."""
    return {name.decode().lower(): value.decode("latin-1") for name, value in HINT.findall(body)}


def counted_by_feedparser(body: bytes, headers: dict[str, str]) -> int:
    import feedparser

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        return len(feedparser.parse(io.BytesIO(body), response_headers=headers).entries)


def count(body: bytes, headers: dict[str, str]) -> tuple[int, str]:
    """Entries taken and left out, or the reason why the body was refused."""
    response = Response(url="http://example.com/feed", status=200, body=body, headers=headers, received_at=NOW)
    try:
        page = SOURCES["feed"].parse(RECORD, response)
    except ParseError as error:
        return 0, str(error)
    return len(page.items) + len(page.refused), ""


@pytest.mark.timeout(240)
@pytest.mark.parametrize("folder", FOLDERS)
def test_every_file_ends_and_yields_what_feedparser_finds(shared: Path, folder: str) -> None:
    root = shared / "data" / "parsers" / folder
    files = [path for path in sorted(root.rglob("*")) if path.is_file()]
    assert len(files) > 10
    different, unexplained = {}, []
    for path in files:
        body = path.read_bytes()
        headers = headers_of(body)
        expected = counted_by_feedparser(body, headers)
        found, reason = count(body, headers)
        if is_json(body):
            assert found > 0, f"feedparser reads no JSON, we do: {path.name}"
        elif found != expected:
            different[str(path.relative_to(root))] = (expected, found, reason)
        if not found and expected and not reason:
            unexplained.append(path.name)
    assert different == {}
    assert unexplained == []


@pytest.mark.timeout(240)
def test_every_recorded_entry_of_real_feeds_is_taken(shared: Path) -> None:
    taken = 0
    for path in sorted((shared / "data" / "feeds").rglob("*.xml")):
        body = path.read_bytes()
        response = Response(url="http://example.com/feed", status=200, body=body, headers={}, received_at=NOW)
        page = SOURCES["feed"].parse(RECORD, response)
        assert page.refused == (), path.name
        assert all(item.external_id and item.url.startswith("http") for item in page.items), path.name
        undated = sum(not (item.published_at or item.updated_at) for item in page.items)
        assert undated <= len(page.items) / 2, path.name
        taken += len(page.items)
    assert taken == 6468


def test_a_recorded_page_in_the_place_of_a_feed_is_named(shared: Path) -> None:
    path = shared / "data/parsers/miniflux_testdata/internal/reader/encoding/testdata/utf8.html"
    assert count(path.read_bytes(), {}) == (0, "no feed: the body is an HTML page")


@pytest.mark.parametrize(("charset", "name"), [("koi8-r", "koi8r.xml"), ("iso-8859-1", "iso-8859-1.xml")])
def test_odd_encodings_read_as_words(shared: Path, charset: str, name: str) -> None:
    path = shared / "data/parsers/miniflux_testdata/internal/reader/encoding/testdata" / name
    body = path.read_bytes()
    response = Response(
        url="http://example.com/", status=200, body=body, headers={"content-type": f"text/xml; charset={charset}"},
        received_at=NOW,
    )  # fmt: skip
    page = SOURCES["feed"].parse(RECORD, response)
    said = " ".join([page.title, *(item.title for item in page.items)])
    assert "\ufffd" not in said
    assert re.search(r"[^\x00-\x7f]", said)
