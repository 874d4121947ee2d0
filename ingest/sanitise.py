"""Untrusted markup and text made safe to store: hidden markup dropped, invisible characters removed.

What arrives is data, whatever it says. What it may be up to is for `ingest.suspect` to mark.
"""

import re
import unicodedata
from typing import Any

# An lxml element. lxml ships no types, so every tree is one of these.
Node = Any

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff\ud800-\udfff]")
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]"
)
# Joiners carry meaning inside Persian, Urdu and Indic words and emoji; next to ASCII or at an edge they hide something.
_JOINERS = re.compile("(?:(?<=[\x00-\x7f])|^)[\u200c\u200d]+|[\u200c\u200d]+(?=[\x00-\x7f]|$)")
_SMUGGLED = re.compile("[\U000e0000-\U000e01ef]")  # tag characters and supplementary variation selectors
_SPACES = re.compile(r"[^\S\n]+")

_DROPPED = """script style template noscript iframe object embed applet svg annotation canvas audio video source track
map head meta link base title input select option textarea button dialog frameset frame"""
DROPPED_TAGS = frozenset(_DROPPED.split())
_HIDING_STYLE = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|content-visibility\s*:\s*hidden|mso-hide\s*:\s*all"
    r"|font(?:-size)?\s*:\s*(?:[01]?(?:\.\d+)?(?:px|pt)|0*\.?0\d*(?:em|rem|%)?)\s*(?:;|!|$|[ /])"
    r"|(?<![\w-])opacity\s*:\s*0*(?:\.0\d*)?\s*(?:;|!|$)"
    r"|transform\s*:\s*(?:scale[xy]?\(\s*0[ ,)]|translate\w*\(\s*-\d{4,})"
    r"|(?<![\w-])(?:left|right|top|bottom|text-indent|margin(?:-left|-top)?)\s*:\s*-\d{3,}"
    r"|(?:max-)?(?:height|width)\s*:\s*0(?:px|%)?\s*(?:;|!|$)|clip(?:-path)?\s*:\s*(?:rect\(\s*0|inset\((?:50|100)%|circle\(0)"
    r"|(?<![\w-])color\s*:\s*(?:transparent|rgba\([^)]*,\s*0(?:\.0+)?\s*\))",
    re.I,
)
_COLOUR = re.compile(r"(?<![\w-])(background(?:-color)?|color)\s*:\s*(#[0-9a-f]{3,8}|[a-z]+|rgba?\([^)]*\))", re.I)
_WHITE = re.compile(
    r"#f{3}f?$|#f[a-f0-9]f[a-f0-9]f[a-f0-9](?:ff)?$|white$|snow$|ivory$|rgba?\(\s*25[0-5],\s*25[0-5],\s*25[0-5]", re.I
)

_HUGE_TAG = re.compile(r"<([a-zA-Z][\w-]*)\s[^<>]{20000,}>")
_TAGS = re.compile(r"</?[a-zA-Z][^<>]*>")
_UNSEEN = re.compile(r"<(script|style|template|noscript)\b.*?</\1\s*>", re.I | re.S)


def clean_text(text: str) -> str:
    """NFC, without control, zero-width and direction characters; every run of blanks is one space; newlines stay."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n").replace("\u2029", "\n")
    text = _SMUGGLED.sub("", _INVISIBLE.sub("", _CONTROL.sub("", text)))
    return _SPACES.sub(" ", unicodedata.normalize("NFC", _JOINERS.sub("", text)))


def clean_line(text: str) -> str:
    """`clean_text` on one line, trimmed."""
    return " ".join(clean_text(text).split())


def plain_line(markup: str) -> str:
    """A title or name that may hold markup or entities, as one clean line."""
    if "<" not in markup and "&" not in markup:
        return clean_line(markup)
    tree = parse_html(markup)
    if tree is None:
        return clean_line(markup)
    drop_hidden(tree)
    return clean_line("".join(tree.itertext()))


def parse_html(markup: str) -> Node | None:
    """An lxml tree of any HTML, or None where there is nothing in it. Never fetches, never expands entities."""
    from lxml import html

    # libxml2 takes quadratic time over the attributes of one tag.
    markup = _HUGE_TAG.sub(r"<\1>", _CONTROL.sub("", markup)).strip()
    parser = html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, no_network=True, huge_tree=True)
    tree = _parse(markup, parser)
    if tree is not None and any("depth" in entry.message for entry in parser.error_log):
        # Nested deeper than libxml2 follows: it would silently lose the rest, so the tags go and the words stay.
        tree = _parse(_TAGS.sub("\n", _UNSEEN.sub("", markup)), parser)
    return tree


def _parse(markup: str, parser: Any) -> Node | None:
    from lxml import etree, html

    if not markup.strip():
        return None
    try:
        return html.document_fromstring(markup.encode("utf-8", "replace"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return None


def drop_hidden(root: Node) -> bool:
    """Remove, in place, what no reader sees. True when words were hidden on purpose (not merely scripts and forms)."""
    hidden = False
    waiting = [root]
    while waiting:
        for child in list(waiting.pop()):
            if not isinstance(child.tag, str) or child.tag in DROPPED_TAGS:
                remove_node(child)
            elif _is_hidden(child):
                hidden = hidden or len(re.findall(r"\w", "".join(child.itertext()))) >= 3
                remove_node(child)
            else:
                waiting.append(child)
    return hidden


def remove_node(node: Node) -> None:
    """Take a node out of its tree and keep the text that follows it."""
    parent, previous = node.getparent(), node.getprevious()
    if node.tail:
        if previous is not None:
            previous.tail = (previous.tail or "") + node.tail
        else:
            parent.text = (parent.text or "") + node.tail
    parent.remove(node)


def _is_hidden(node: Node) -> bool:
    if node.get("hidden") is not None or node.get("aria-hidden", "").strip().lower() == "true":
        return True
    style = node.get("style") or ""
    return is_hiding_style(style) or _is_unseen_colour(node, style)


def _is_unseen_colour(node: Node, style: str) -> bool:
    """Words in the colour of what is behind them; where nothing says what that is, the page is white."""
    font = node.get("color") if node.tag == "font" else None
    stated = {name.lower(): value for name, value in _COLOUR.findall(style)}
    colour = font or stated.get("color")
    if not colour:
        return False
    behind = next((found for found in map(_background, (node, *node.iterancestors())) if found), "white")
    return _same_colour(colour, behind)


def _background(node: Node) -> str:
    for name, value in _COLOUR.findall(node.get("style") or ""):
        if name.lower().startswith("background"):
            return str(value)
    return "?" if "background" in (node.get("style") or "") else str(node.get("bgcolor") or "")


def _same_colour(one: str, other: str) -> bool:
    if _WHITE.match(one):
        return bool(_WHITE.match(other))
    return re.sub(r"\s", "", one).lower() == re.sub(r"\s", "", other).lower()


def is_hiding_style(style: str) -> bool:
    """Whether an inline style takes its element out of a reader's sight."""
    return bool(_HIDING_STYLE.search(style))
