"""One article's words, for whoever wants its claims checked. Nothing is stored."""

from dataclasses import dataclass
from datetime import date

from ingest.decode import decode_body
from ingest.extract import extract_article
from ingest.fetch import Fetcher
from ingest.source import Request
from kb.errors import BadInput

_HINT = "give plain text, Markdown or HTML"


@dataclass(frozen=True, slots=True)
class ArticleText:
    """`url` after redirects, `published_on` the day that its page states."""

    text: str
    url: str
    published_on: date | None


def read_article(url: str, fetcher: Fetcher) -> ArticleText:
    """Once, through the one HTTP client, which refuses private addresses. Raises BadInput and FetchError."""
    response = fetcher.fetch(Request(url=url, accept="text/html, text/plain;q=0.9, */*;q=0.1"))
    text, published_on = as_text(response.body, response.content_type, url, response.url)
    return ArticleText(text, response.url, published_on)


def as_text(data: bytes, content_type: str, name: str, url: str) -> tuple[str, date | None]:
    """The words of a page or a plain text, and the day that it states. Raises BadInput for what is neither."""
    kind = content_type.partition(";")[0].strip().lower()
    if (
        b"\0" in data[:4096]
        or data.startswith((b"%PDF", b"PK\x03\x04"))
        or (kind and not kind.startswith(("text/", "application/xhtml")))
    ):
        raise BadInput(f"{name} is no text ({kind or 'binary'})", hint=_HINT)
    decoded = decode_body(data, content_type)
    if decoded.count("\ufffd") > max(3, len(decoded) // 200):
        raise BadInput(f"{name} is no text in an encoding that can be told", hint=_HINT)
    if "html" not in kind and not decoded.lstrip()[:200].lower().startswith(("<!doctype html", "<html")):
        return decoded, None
    found = extract_article(decoded, url)
    if not found.text.strip():
        raise BadInput(f"{name} holds no article text", hint="it may need a browser to show; give its words instead")
    return found.text, found.published_at.date() if found.published_at else None
