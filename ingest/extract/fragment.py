"""What a feed sent of an entry, as text."""

import re

from ingest.extract.render import render
from ingest.extract.values import Extracted
from ingest.sanitise import Node, clean_line, clean_text, drop_hidden, parse_html
from ingest.suspect import flags_of
from kb.types import RawItem


def extract_entry(raw: RawItem) -> Extracted:
    """The entry's whole text, sanitised. An entry without a body yields empty text."""
    if raw.media_type == "text/plain":
        text, hidden, language = _tidy(clean_text(raw.html)), False, ""
    else:
        text, hidden, language = render_markup(raw.html)
    return Extracted(
        text=text,
        title=clean_line(raw.title),
        language=language,
        flags=flags_of(f"{raw.title}\n{text}", markup=raw.html, hidden=hidden),
        published_at=raw.published_at,
        author=clean_line(raw.author),
    )


def _tidy(text: str) -> str:
    """Lines trimmed, at most one blank line between them."""
    return re.sub(r"\n{3,}", "\n\n", "\n".join(line.strip() for line in text.split("\n"))).strip()


def render_markup(markup: str) -> tuple[str, bool, str]:
    """The text, whether words were hidden in the markup, and its stated language."""
    tree = parse_html(markup)
    if tree is None:
        return "", False, ""
    hidden = drop_hidden(tree)
    return render(tree), hidden, language_of(tree)


def language_of(tree: Node) -> str:
    stated = tree.xpath("string((//@lang)[1])")
    return str(stated).split("-")[0].strip().lower()[:8]
