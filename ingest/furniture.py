"""The parts of a page that are not what it says: navigation, banners, footers. They also change by themselves."""

import re

from ingest.sanitise import Node, remove_node

_NAVIGATION = "//nav | //aside | //*[@role='navigation' or @role='banner' or @role='contentinfo' or @role='search']"
_EDGES = "//body/header | //body/footer | //body/*/header[not(ancestor::main)] | //footer"
_BANNER = re.compile(r"cookie|consent|gdpr|newsletter-signup|breadcrumb|skip-link|share-buttons|social-share", re.I)
_LONGEST_BANNER = 2000
_LEAST_SHARE = 0.5  # <main> must hold this share of the page's words to stand for the page


def drop_furniture(tree: Node) -> None:
    """Remove navigation, banners and footers, in place. What stands in an article or holds one stays."""
    for node in tree.xpath(_NAVIGATION):
        _drop(node)
    for node in tree.xpath(_EDGES):
        if not node.xpath("ancestor::article | .//main | .//article"):
            _drop(node)
    for node in tree.xpath("//body//*[@id or @class]"):
        named = f"{node.get('id', '')} {node.get('class', '')}"
        if _BANNER.search(named) and text_size(node) < _LONGEST_BANNER:
            _drop(node)


def _drop(node: Node) -> None:
    if node.getparent() is not None and node.tag not in ("html", "body", "main"):
        remove_node(node)


def main_part(tree: Node) -> Node:
    """The page's <main> or <article> where that holds most of its words, else all of it."""
    whole = text_size(tree)
    for path in ("//main", "//*[@role='main']", "//article"):
        found = tree.xpath(path)
        if len(found) == 1 and text_size(found[0]) >= _LEAST_SHARE * whole:
            return found[0]
    return tree


def text_size(node: Node) -> int:
    """How many characters a reader would see, blanks left out."""
    return len("".join("".join(node.itertext()).split()))
