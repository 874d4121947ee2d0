"""The feed source on written feeds: identity, links, bodies, dates, wishes, refusals."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ingest.source import Page
from ingest.sources import SOURCES
from kb.errors import ParseError
from tests.ingest import records

URL = "https://example.org/blog/feed.xml"
RECORD = records.record("feed", URL)


def parse(body: str | bytes, content_type: str = "") -> Page:
    return records.parse(RECORD, body, content_type)


def rss(items: str, channel: str = "") -> str:
    return f'<rss version="2.0"><channel><title>Blog &amp; more</title>{channel}{items}</channel></rss>'


def test_the_request_is_conditional_and_free_of_robots() -> None:
    request = SOURCES["feed"].request(RECORD)
    assert (request.url, request.etag, request.last_modified, request.obey_robots) == (URL, '"a"', "yesterday", False)


def test_identity_is_the_id_else_the_link_else_what_is_said() -> None:
    page = parse(
        rss(
            "<item><guid>g1</guid><link>/a</link><title>A</title></item>"
            "<item><link>https://example.org/b</link><title>B</title></item>"
            "<item><title>C</title><description>body</description></item>"
        )
    )
    first, second, third = page.items
    assert (first.external_id, first.url) == ("g1", "https://example.org/a")
    assert second.external_id == second.url == "https://example.org/b"
    assert third.external_id.startswith("sha256:")
    assert third.url.startswith(f"{URL}#entry-")
    again = parse(rss("<item><title>C</title><description>other</description></item>")).items[0]
    assert again.external_id != third.external_id


def test_an_id_is_kept_as_written_wherever_the_feed_lives() -> None:
    body = rss("<item><guid isPermaLink='false'>post-1</guid></item><item><guid>p 2</guid><link>b</link></item>")
    moved = records.parse(records.record("feed", "https://elsewhere.example/f"), body)
    assert [item.external_id for item in moved.items] == [item.external_id for item in parse(body).items]
    assert moved.items[0].external_id == "post-1"
    assert moved.items[1].url == "https://elsewhere.example/b"


def test_an_entry_of_odd_fields_counts_and_an_empty_one_is_refused_by_number() -> None:
    page = parse(rss("<item><category>only</category></item><item></item>"))
    assert len(page.items) == 1
    assert page.refused == ("entry 2: it is empty: neither id, link, title, body nor any other field",)


def test_links_that_a_browser_would_not_follow_are_dropped() -> None:
    item = parse(rss("<item><guid isPermaLink='false'>x</guid><link>javascript:alert(1)</link></item>")).items[0]
    assert item.url.startswith(f"{URL}#entry-")


def test_content_wins_over_summary_and_stays_as_published() -> None:
    atom = """<feed xmlns="http://www.w3.org/2005/Atom"><entry><id>1</id>
      <title type="html">A &lt;b&gt;bold&lt;/b&gt; step</title><summary>short</summary>
      <content type="html">&lt;p onclick="x()"&gt;long body&lt;/p&gt;&lt;script&gt;1&lt;/script&gt;</content>
      <author><name>Ann</name></author><category term="llm" label="Models"/></entry></feed>"""
    item = parse(atom).items[0]
    assert item.title == "A bold step"
    assert "<script>" in item.html
    assert item.media_type == "text/html"
    assert (item.author, item.categories) == ("Ann", ("Models",))


def test_plain_atom_text_is_plain() -> None:
    atom = '<feed xmlns="http://www.w3.org/2005/Atom"><entry><id>1</id><summary>1 &lt; 2</summary></entry></feed>'
    item = parse(atom).items[0]
    assert (item.html, item.media_type) == ("1 < 2", "text/plain")


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("Tue, 05 May 2026 10:00:00 +0200", datetime(2026, 5, 5, 8, tzinfo=UTC)),
        ("Thu, 05 May 2089 10:00:00 GMT", None),
        ("Mon, 05 May 1969 10:00:00 GMT", None),
        ("soon", None),
        ("March 4, 2025", datetime(2025, 3, 4, tzinfo=UTC)),
        ("Mon, 23 Nov 2026 10:00:00 GMT", datetime(2026, 11, 23, 10, tzinfo=UTC)),
    ],
)
def test_dates_are_read_and_absurd_ones_dropped(written: str, expected: datetime | None) -> None:
    item = parse(rss(f"<item><guid>1</guid><pubDate>{written}</pubDate></item>")).items[0]
    assert item.published_at == expected
    assert item.updated_at is None


def test_a_feeds_wishes() -> None:
    channel = (
        '<link>https://example.org/</link><ttl>90</ttl><atom:link xmlns:atom="http://www.w3.org/2005/Atom"'
        ' rel="hub" href="https://hub.example.org/"/>'
    )
    page = parse(rss("", channel))
    assert (page.title, page.site_url, page.ttl_s) == ("Blog & more", "https://example.org/", 5400)
    assert page.hub_url == "https://hub.example.org/"
    sy = 'xmlns:sy="http://purl.org/rss/1.0/modules/syndication/"'
    channel = f"<sy:updatePeriod {sy}>daily</sy:updatePeriod><sy:updateFrequency {sy}>2</sy:updateFrequency>"
    assert parse(rss("", channel)).ttl_s == 43_200
    assert parse(rss("", "<ttl>-5</ttl>")).ttl_s is None
    assert parse(rss("", "<ttl>nonsense</ttl>")).ttl_s is None


def test_a_well_formed_feed_without_entries_is_fine() -> None:
    page = parse(rss(""))
    assert (page.items, page.complete) == ((), True)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "empty"),
        (b"\xef\xbb\xbf \n", "empty"),
        (b"<!doctype html><html><head><title>Just a moment...</title></head><body>x</body></html>", "challenge"),
        (b"<html><body><p>Welcome</p></body></html>", "HTML page"),
        (b"upstream connect error or disconnect", "plain text"),
        (b'{"error": "rate limited"}', "no JSON Feed"),
        (b'{"error": ', "broken JSON"),
        (b"<note><to>you</to></note>", "<note>"),
        (b'<rss version="2.0"><channel><title>cut', "breaks off"),
    ],
)
def test_what_is_no_feed_is_refused_in_words(body: bytes, reason: str) -> None:
    with pytest.raises(ParseError, match=reason):
        parse(body)


def test_a_feed_cut_short_keeps_its_whole_entries_and_makes_nothing_vanish() -> None:
    page = parse(
        rss("<item><guid>1</guid><title>Whole</title></item><item><guid>2</guid><title>Ha")[: -len("</channel></rss>")]
    )
    assert [item.external_id for item in page.items] == ["1"]
    assert page.refused == ("entry 2: the body breaks off inside it",)
    assert not page.complete


def test_a_feed_that_only_breaks_a_rule_is_complete() -> None:
    page = parse(rss("<item><guid>1</guid><title>R&D &nbsp; lab</title></item>"))
    assert len(page.items) == 1
    assert page.complete


def test_the_http_charset_decides() -> None:
    body = rss("<item><guid>1</guid><title>Caf\xe9 \u2019</title></item>").encode("cp1252")
    assert parse(body, "text/xml; charset=windows-1252").items[0].title == "Café ’"


BOMB = (
    '<?xml version="1.0"?><!DOCTYPE r [<!ENTITY a0 "ha">'
    + "".join(f'<!ENTITY a{n} "' + f"&a{n - 1};" * 10 + '">' for n in range(1, 10))
    + ']><rss version="2.0"><channel><item><title>&a9;</title></item></channel></rss>'
)
LONG_ENTITY = '<?xml version="1.0"?><!DOCTYPE r [<!ENTITY a "' + "x" * 50_000 + '">]>'
ATTRIBUTES = " ".join(f'a{n}="1"' for n in range(20_000))
HOSTILE = {
    "bomb": BOMB.encode(),
    "quadratic": (LONG_ENTITY + rss("<item>" + "&a;" * 5000 + "</item>")).encode(),
    "attributes": rss(f"<item {ATTRIBUTES}></item>").encode(),
    "html": b"<html><body>" + b"<p>hi" * 200_000,
}


@pytest.mark.timeout(20)
@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_bodies_are_refused_at_once(name: str) -> None:
    with pytest.raises(ParseError):
        parse(HOSTILE[name])


@pytest.mark.timeout(60)
def test_deep_nesting_ends() -> None:
    depth = 20_000
    page = parse(rss(f"<item><guid>1</guid><description>{'<a>' * depth}x{'</a>' * depth}</description></item>"))
    assert [item.external_id for item in page.items] == ["1"]


def test_a_file_named_in_an_entity_is_not_read(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("hush")
    doctype = f'<!DOCTYPE r [<!ENTITY s SYSTEM "{secret.as_uri()}">]>'
    page = parse('<?xml version="1.0"?>' + doctype + rss("<item><title>&s;x</title></item>"))
    assert len(page.items) == 1
    assert "hush" not in repr(page)


def test_a_body_that_names_a_file_is_not_opened(tmp_path: Path) -> None:
    feed = tmp_path / "feed.xml"
    feed.write_text(rss("<item><guid>1</guid></item>"))
    with pytest.raises(ParseError, match="plain text"):
        parse(str(feed))


# ---------------------------------------------------------------- JSON Feed


def json_feed(*items: dict[str, object], version: str = "https://jsonfeed.org/version/1.1") -> str:
    return json.dumps({"version": version, "title": "J", "home_page_url": "/", "items": list(items)})


def test_a_json_feed() -> None:
    page = parse(
        json_feed(
            {
                "id": 7,
                "url": "/a",
                "title": "T",
                "content_html": "<p>x</p>",
                "date_published": "2026-05-05T10:00:00Z",
                "authors": [{"name": "Ann"}],
                "tags": ["llm"],
            },
            {"id": "8", "content_text": "plain # text"},
            {"tags": ["only"]},
        )
    )
    first, second = page.items
    assert (first.external_id, first.url, first.author) == ("7", "https://example.org/a", "Ann")
    assert first.published_at == datetime(2026, 5, 5, 10, tzinfo=UTC)
    assert (second.html, second.media_type) == ("plain # text", "text/plain")
    assert page.site_url == "https://example.org/"
    assert page.refused == ("entry 3: it has neither id, url, title nor body",)


def test_version_one_of_json_feed_and_its_single_author() -> None:
    page = parse(json_feed({"id": "1", "author": {"name": "Bo"}}, version="https://jsonfeed.org/version/1"))
    assert page.items[0].author == "Bo"


@pytest.mark.parametrize("items", ['"none"', "null", "{}"])
def test_a_json_feed_without_a_list_is_refused(items: str) -> None:
    with pytest.raises(ParseError, match="no list"):
        parse(f'{{"version": "https://jsonfeed.org/version/1", "items": {items}}}')


def test_json_nested_without_end_is_refused() -> None:
    with pytest.raises(ParseError, match="broken JSON"):
        parse("[" * 200_000)
