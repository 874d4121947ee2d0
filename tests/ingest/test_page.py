"""The page source: one item, its title and stated dates, what is refused, and what does not count as a change."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from ingest.sources import SOURCES
from kb.errors import ParseError
from kb.types import RawItem
from tests.ingest import records

URL = "https://example.org/terms"
BODY = "<p>These terms govern the use of the models that we publish and of what they produce.</p>"


def item(body: str | bytes, content_type: str = "text/html", url: str = URL, **options: str) -> RawItem:
    page = records.parse(records.record("page", url, **options), body, content_type)
    assert len(page.items) == 1
    return page.items[0]


def html(head: str = "", body: str = BODY) -> str:
    return f"<!doctype html><html><head>{head}</head><body>{body}</body></html>"


def day(year: int, month: int, number: int) -> datetime:
    return datetime(year, month, number, tzinfo=UTC)


def test_a_page_asks_conditionally_and_obeys_robots() -> None:
    request = SOURCES["page"].request(records.record("page", URL))
    assert (request.etag, request.obey_robots) == ('"a"', True)


def test_a_page_that_moves_stays_the_same_item() -> None:
    assert item(html()).external_id == item(html(), url="https://example.org/new").external_id


@pytest.mark.parametrize(
    ("head", "body", "title"),
    [
        ("<title>Terms | Shop</title><meta property='og:title' content='Our terms'>", BODY, "Our terms"),
        ("<title>Terms | Shop</title>", f"<h1>The <i>terms</i></h1>{BODY}", "The terms"),
        ("<title>Terms &amp; more</title>", BODY, "Terms & more"),
        ("", BODY, URL),
    ],
)
def test_titles(head: str, body: str, title: str) -> None:
    assert item(html(head, body)).title == title


META = "<meta property='article:published_time' content='{}'>"
JSON_LD = (
    '<script type="application/ld+json">'
    '{"@graph": [{"datePublished": "2026-02-03", "dateModified": "2026-03-04"}]}</script>'
)


@pytest.mark.parametrize(
    ("head", "body", "published", "updated"),
    [
        (META.format("2026-05-01T08:00:00Z"), BODY, datetime(2026, 5, 1, 8, tzinfo=UTC), None),
        (JSON_LD, BODY, day(2026, 2, 3), day(2026, 3, 4)),
        ("", BODY + "<p>Last updated: March 24, 2025</p>", None, day(2025, 3, 24)),
        ("", BODY + "<p>Effective 1 May 2026</p>", day(2026, 5, 1), None),
        ("", BODY + "<p>In March 24, 2025 we met.</p>", None, None),
        (META.format("2031-05-01"), BODY, None, None),
        ("", BODY, None, None),
    ],
)  # fmt: skip
def test_only_stated_dates(head: str, body: str, published: datetime | None, updated: datetime | None) -> None:
    found = item(html(head, body))
    assert (found.published_at, found.updated_at) == (published, updated)


def test_the_catalogue_may_state_the_date() -> None:
    assert item(html(), published="2024-07-12").published_at == day(2024, 7, 12)


def test_plain_text_by_type_or_by_look() -> None:
    text = "# Model Licence\n\nRelease Date: April 5, 2025\n\nYou may use the model and its outputs.\n"
    for kind in ("text/plain; charset=utf-8", "text/markdown", ""):
        found = item(text, kind)
        assert (found.title, found.media_type, found.published_at) == ("Model Licence", "text/plain", day(2025, 4, 5))
        assert found.html == text


def test_a_page_served_as_plain_text_is_still_a_page() -> None:
    assert item(html("<title>T</title>"), "text/plain").media_type == "text/html"


def test_front_matter_names_a_text() -> None:
    assert item("---\nkey: x\nname: Some Licence 1.0\n---\nBody text.", "text/plain").title == "Some Licence 1.0"


def test_charsets_of_http_and_of_the_document() -> None:
    body = html("<title>Pr\xe9cis \u2014 prix</title>")
    assert item(body.encode("cp1252"), "text/html; charset=iso-8859-1").title == "Précis — prix"
    declared = html("<meta charset='windows-1252'><title>Pr\xe9cis \u2014 prix</title>")
    assert item(declared.encode("cp1252")).title == "Précis — prix"
    assert item(("\ufeff" + body).encode()).title == "Précis — prix"


@pytest.mark.parametrize(
    ("body", "kind", "reason"),
    [
        (b"", "text/html", "empty"),
        (b" \n ", "text/plain", "empty"),
        (b"%PDF-1.7 ...", "text/html", "PDF"),
        (b"\x89PNG\x00\x00", "image/png", "binary"),
        (b"ab\x00cd", "text/plain", "binary"),
        (b"<html><title>Just a moment...</title><body>Checking your browser</body></html>", "", "challenge"),
        (b"<html><body><div id='root'></div><script>go()</script></body></html>", "text/html", "JavaScript"),
    ],
)  # fmt: skip
def test_what_is_no_page_is_refused_in_words(body: bytes, kind: str, reason: str) -> None:
    with pytest.raises(ParseError, match=reason):
        item(body, kind)


def test_what_changes_at_every_visit_is_no_change() -> None:
    def visit(token: str) -> str:
        head = f"<title>T</title><script nonce='{token}'>s='{token}'</script><meta name='csrf' content='{token}'>"
        body = (
            f"<nav>{token}</nav><!-- {token} --><div class='css-{token}' data-id='{token}' id='r{token}'>{BODY}"
            f"<a href='/cdn-cgi/email#{token}'>Write to us</a></div><footer>{token}</footer>"
        )
        return item(html(head, body)).html

    assert visit("1a2b") == visit("9z8y")
    assert visit("1a2b") != item(html("<title>T</title>", BODY)).html


def test_markup_that_hides_survives_for_the_extractor() -> None:
    found = item(html(body=f"{BODY}<p style='color: red; display:none'>secret words</p>"))
    assert "display:none" in found.html


@pytest.mark.parametrize(
    ("path", "title", "published"),
    [
        ("eu_ai_act_2024/ai_act.xhtml", "(EU) 2024/1689 (Artificial Intelligence Act)", day(2024, 7, 12)),
        ("omnibus_2026_1744/omnibus-32026R1744.html", "(EU) 2026/1744 (Digital Omnibus on AI)", day(2026, 7, 24)),
    ],
)  # fmt: skip
def test_the_official_journal_names_and_dates_its_acts(
    shared: Path, path: str, title: str, published: datetime
) -> None:
    found = item((shared / "data/regulation" / path).read_bytes(), "application/xhtml+xml")
    assert (found.title, found.published_at) == (f"Regulation {title}", published)


def test_every_recorded_licence_is_a_page_with_a_name(shared: Path) -> None:
    files = [p for p in sorted((shared / "data/licences").rglob("*")) if p.is_file() and p.suffix != ".json"]
    assert len(files) > 60
    for path in files:
        found = item(path.read_bytes(), "text/plain")
        assert len(found.title) > 2, path.name
        assert not found.title.startswith(("#", "*", "key:", "---")), path.name
