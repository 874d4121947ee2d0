"""An article out of its page, by trafilatura."""

from datetime import datetime

from ingest.dates import read_date, sane
from ingest.extract.fragment import language_of
from ingest.extract.render import render
from ingest.extract.values import Extracted
from ingest.sanitise import Node, clean_line, drop_hidden, parse_html
from ingest.suspect import flags_of

# trafilatura's own names for what HTML calls otherwise.
_TAGS = {
    "lb": "br",
    "item": "li",
    "row": "tr",
    "cell": "td",
    "hi": "span",
    "quote": "blockquote",
    "ref": "a",
    "del": "s",
}
_LONGEST_CHARS = 5_000_000


def extract_article(html: str, url: str, *, now: datetime | None = None) -> Extracted:
    """The main text of an article page with its headings, lists and tables; empty text when there is none.

    `now` bounds the date that the page states: one that lies ahead is dropped.
    """
    tree = parse_html(html[:_LONGEST_CHARS])
    if tree is None:
        return Extracted(text="")
    language = language_of(tree)
    meta_title, author, published = _stated(tree, url, now)
    hidden = drop_hidden(tree)
    text = _main_text(tree, url)
    return Extracted(
        text=text,
        title=meta_title,
        language=language,
        flags=flags_of(text, markup=html[:_LONGEST_CHARS], hidden=hidden),
        published_at=published,
        author=author,
    )


def _main_text(tree: Node, url: str) -> str:
    from trafilatura import bare_extraction

    document = bare_extraction(tree, url=url, include_comments=False, include_tables=True, include_formatting=True)
    body = getattr(document, "body", None)
    if body is None:
        return ""
    for node in body.iter():
        node.tag = _html_tag(node)
    return render(body)


def _html_tag(node: Node) -> str:
    if node.tag == "head":
        rend = node.get("rend") or "h2"
        return rend if rend in ("h1", "h2", "h3", "h4", "h5", "h6") else "h2"
    if node.tag == "list":
        return "ol" if node.get("rend") == "ol" else "ul"
    if node.tag == "code":
        return "pre" if "\n" in "".join(node.itertext()) else "code"
    if node.tag == "hi" and node.get("rend") == "#b":
        return "b"
    return _TAGS.get(str(node.tag), str(node.tag))


def _stated(tree: Node, url: str, now: datetime | None) -> tuple[str, str, datetime | None]:
    """Title, author and date that the page states; a date is never guessed from its text."""
    from trafilatura import extract_metadata

    found = extract_metadata(tree, default_url=url, date_config={"extensive_search": False, "original_date": True})
    published = read_date(found.date or "")
    published = sane(published, now) if now else published
    return clean_line(found.title or ""), clean_line(found.author or ""), published
