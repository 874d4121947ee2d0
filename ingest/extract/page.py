"""A watched page as text: complete, and with a heading path that says where each passage stands."""

from ingest.extract.fragment import language_of
from ingest.extract.legal import is_legal_act, mark_legal_structure
from ingest.extract.plain import render_plain
from ingest.extract.render import render
from ingest.extract.values import Extracted
from ingest.furniture import drop_furniture, main_part
from ingest.sanitise import Node, clean_line, drop_hidden, parse_html
from ingest.suspect import flags_of
from kb.types import RawItem


def extract_page(raw: RawItem) -> Extracted:
    """Everything a watched page says. Nothing of a legal text is dropped; of other pages, only their furniture."""
    if raw.media_type == "text/plain":
        text, hidden, language = render_plain(raw.html), False, ""
    else:
        text, hidden, language = _render_html(raw.html)
    return Extracted(
        text=text,
        title=clean_line(raw.title),
        language=language,
        flags=flags_of(text, markup=raw.html, hidden=hidden),
        published_at=raw.published_at,
        author=clean_line(raw.author),
    )


def _render_html(markup: str) -> tuple[str, bool, str]:
    tree = parse_html(markup)
    if tree is None:
        return "", False, ""
    language = language_of(tree)
    hidden = drop_hidden(tree)
    if is_legal_act(tree):
        language = language or _oj_language(tree)
        mark_legal_structure(tree)
        return render(tree), hidden, language
    drop_furniture(tree)
    return render(main_part(tree)), hidden, language


def _oj_language(tree: Node) -> str:
    return str(tree.xpath("string((//*[@class='oj-hd-lg' or @class='hd-lg'])[1])")).strip().lower()[:2]
