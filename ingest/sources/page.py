"""A watched web page: a licence text, terms, a regulation, a price page. One body is one item; versions are kept above.

Scripts and other markup that changes at every visit are left out of `RawItem.html`: an unchanged page stays equal.
"""

import re

from ingest.bodies import CHALLENGE
from ingest.dates import read_date, sane
from ingest.decode import decode_body
from ingest.sanitise import clean_line, parse_html
from ingest.source import Page, Request, Response
from ingest.sources.page_meta import Stated, stated_by_html, stated_by_text
from ingest.sources.stable import parse_markup, stable_html
from kb.errors import ParseError
from kb.types import RawItem, SourceRecord

ACCEPT = "text/html, application/xhtml+xml, text/plain;q=0.9, text/markdown;q=0.9, */*;q=0.5"
_HTML_HEAD = re.compile(r"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body)\b", re.I | re.S)
_TAG = re.compile(r"</?(?:div|p|h[1-6]|table|section|article|ul|span|a)\b[^>]*>", re.I)
_LEAST_WORDS = 8
IDENTITY = "page"  # not the address: a page that moves stays the same item
_CHALLENGE_CHARS = 3000  # a block page is short; a real page may well mention one


class PageSource:
    """One page is one item. robots.txt is obeyed: a page was published to be read, not to be polled."""

    def request(self, record: SourceRecord) -> Request:
        state = record.state
        return Request(
            url=record.url, etag=state.etag, last_modified=state.last_modified, accept=ACCEPT, obey_robots=True
        )

    def parse(self, record: SourceRecord, response: Response) -> Page:
        """Read a page's body. Raises ParseError for what is empty, binary, or a bot challenge in the page's place."""
        text = decode_body(response.body, response.content_type)
        _refuse_what_is_no_page(text, response)
        html, stated = _read_html(text) if _is_html(text, response) else ("", stated_by_text(text))
        now = response.received_at
        published = read_date(record.options.get("published", "")) or stated.published
        item = RawItem(
            external_id=IDENTITY,
            url=response.moved_to or record.url,
            title=stated.title or record.title or record.url,
            html=html or text,
            media_type="text/html" if html else "text/plain",
            author=stated.author,
            published_at=sane(published, now),
            updated_at=sane(stated.updated, now),
        )
        return Page(items=(item,), title=item.title, site_url=record.url)


def _refuse_what_is_no_page(text: str, response: Response) -> None:
    kind = response.content_type.split(";")[0].strip().lower()
    if not text.strip("\ufeff \t\r\n\x00"):
        raise ParseError("the body is empty")
    if response.body[:5] == b"%PDF-" or kind == "application/pdf":
        raise ParseError("the body is a PDF document; only HTML and plain text pages can be watched")
    if "\x00" in text[:10_000] or kind.startswith(("image/", "audio/", "video/", "font/")):
        raise ParseError(f"the body is binary ({kind or 'no content type'}), not a page")


def _is_html(text: str, response: Response) -> bool:
    kind = response.content_type.split(";")[0].strip().lower()
    if _HTML_HEAD.match(text):
        return True
    if kind in ("text/plain", "text/markdown", "text/x-markdown"):
        return False
    if "html" in kind:
        return True
    return len(_TAG.findall(text[:20_000])) >= 3


def _read_html(text: str) -> tuple[str, Stated]:
    tree = parse_markup(text)
    if tree is None:
        raise ParseError("the body is HTML, but nothing in it can be read")
    stated = stated_by_html(tree)
    html = stable_html(tree)
    shown = parse_html(html)
    words = clean_line(" ".join(shown.itertext())) if shown is not None else ""
    if len(words) < _CHALLENGE_CHARS and CHALLENGE.search(f"{stated.title} {text[:20_000]}"):
        raise ParseError("a bot challenge or block page stands in the page's place")
    if len(words.split()) < _LEAST_WORDS:
        raise ParseError("the page holds no text; it may need JavaScript")
    return html, stated
