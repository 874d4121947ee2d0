"""A watched page as text: complete, and with a heading path that says where each passage stands."""

import re

from ingest.extract.fragment import language_of, smuggled
from ingest.extract.legal import is_legal_act, mark_legal_structure
from ingest.extract.plain import render_plain
from ingest.extract.render import render
from ingest.extract.values import Extracted
from ingest.sanitise import Node, clean_line, drop_hidden, flags_of, parse_html, remove_node
from kb.types import RawItem

_FURNITURE = "//nav | //aside | //*[@role='navigation' or @role='banner' or @role='contentinfo' or @role='search']"
_BANNER = re.compile(r"cookie|consent|gdpr|newsletter-signup|breadcrumb|skip-link|share-buttons|social-share", re.I)
_LEAST_SHARE = 0.5  # <main> must hold this share of the page's words to stand for the page


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
        flags=flags_of(text + smuggled(raw.html), hidden=hidden),
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
    return render(_main(tree)), hidden, language


def _oj_language(tree: Node) -> str:
    return str(tree.xpath("string((//*[@class='oj-hd-lg' or @class='hd-lg'])[1])")).strip().lower()[:2]


def _main(tree: Node) -> Node:
    """The page without navigation, banners and footer; its <main> or <article> where that holds most of the words."""
    for node in tree.xpath(_FURNITURE):
        if node.getparent() is not None:
            remove_node(node)
    for node in tree.xpath("//body/header | //body/footer | //body/*/header[not(ancestor::main)] | //footer"):
        if node.getparent() is not None and not node.xpath("ancestor::article | .//main | .//article"):
            remove_node(node)
    _drop_banners(tree)
    whole = _size(tree)
    for path in ("//main", "//*[@role='main']", "//article"):
        found = tree.xpath(path)
        if len(found) == 1 and _size(found[0]) >= _LEAST_SHARE * whole:
            return found[0]
    return tree


def _drop_banners(tree: Node) -> None:
    for node in tree.xpath("//body//*[@id or @class]"):
        named = f"{node.get('id', '')} {node.get('class', '')}"
        if node.getparent() is not None and _BANNER.search(named) and _size(node) < 2000:
            remove_node(node)


def _size(node: Node) -> int:
    return len("".join("".join(node.itertext()).split()))
