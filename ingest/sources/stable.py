"""A page's markup reduced to what says something, so that two visits to an unchanged page give equal text."""

import re

from ingest.furniture import drop_furniture
from ingest.sanitise import Node, is_hiding_style, parse_html, remove_node

_DROPPED = "script style noscript template iframe svg canvas link base object embed input"
_VOLATILE = frozenset(_DROPPED.split())
_KEPT = "hidden aria-hidden role colspan rowspan lang start"
_KEPT_ATTRIBUTES = frozenset(_KEPT.split())
_LEGAL_CLASS = re.compile(r"(?:^|\s)(?:oj-|eli-|ti-|sti-|doc-ti|hd-|note|title-|stitle-)")
_XHTML = "{http://www.w3.org/1999/xhtml}"


def parse_markup(text: str) -> Node | None:
    """HTML or XHTML as a tree of plain lower-case tags; None where there is nothing in it."""
    if re.match(r"\s*(?:<\?xml|<!DOCTYPE[^>]*XHTML)", text, re.I) and (tree := _parse_xhtml(text)) is not None:
        return tree
    return parse_html(re.sub(r"^\s*<\?xml[^>]*\?>", "", text))


def _parse_xhtml(text: str) -> Node | None:
    """Strict first: in real XHTML `<a id="x"/>` is empty, which an HTML parser would leave open."""
    from lxml import etree

    # The text was decoded already: whatever its declaration says, the bytes given here are UTF-8.
    parser = etree.XMLParser(
        encoding="utf-8", resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(text.lstrip().encode("utf-8", "replace"), parser=parser)
    except (etree.XMLSyntaxError, ValueError):
        return None
    if root.tag != f"{_XHTML}html" or root.xpath("//*[count(ancestor::*) > 200]"):
        return None
    for node in root.iter():
        if isinstance(node.tag, str) and node.tag.startswith(_XHTML):
            node.tag = node.tag[len(_XHTML) :]
    etree.cleanup_namespaces(root)
    return root


def stable_html(tree: Node) -> str:
    """The tree, changed in place, as HTML without scripts, navigation and what else differs from visit to visit."""
    from lxml import etree

    drop_furniture(tree)
    for node in list(tree.iter()):
        if not isinstance(node.tag, str) or node.tag in _VOLATILE:
            if node.getparent() is not None:
                remove_node(node)
            continue
        for name in [name for name, value in node.attrib.items() if not _says_something(name, value)]:
            del node.attrib[name]
    for head in tree.xpath("//head/*[not(self::title)]"):
        remove_node(head)
    return str(etree.tostring(tree, encoding="unicode", method="html"))


def _says_something(name: str, value: str) -> bool:
    """Class names of build tools rotate; those of the Official Journal carry the structure of an act."""
    if name == "class":
        return bool(_LEGAL_CLASS.search(value))
    if name == "style":
        return is_hiding_style(value)
    return name in _KEPT_ATTRIBUTES
