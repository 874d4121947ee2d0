"""Untrusted markup and text made safe to store: hidden markup dropped, invisible characters removed, tricks marked.

What arrives is data, whatever it says. Text that addresses a model is kept and flagged, never obeyed, never cut.
"""

import base64
import binascii
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
    r"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|font-size\s*:\s*0*\.?0*(?:px|pt|em|rem|%)?\s*(?:;|!|$)"
    r"|(?<![\w-])opacity\s*:\s*0*\.?0*\s*(?:;|!|$)|(?:left|top|text-indent|margin-left)\s*:\s*-\d{3,}"
    r"|(?:max-)?(?:height|width)\s*:\s*0(?:px|%)?\s*(?:;|!|$)|clip\s*:\s*rect\(\s*0|mso-hide\s*:\s*all",
    re.I,
)

_HUGE_TAG = re.compile(r"<([a-zA-Z][\w-]*)\s[^<>]{20000,}>")
_TAGS = re.compile(r"</?[a-zA-Z][^<>]*>")
_UNSEEN = re.compile(r"<(script|style|template|noscript)\b.*?</\1\s*>", re.I | re.S)

# Text that addresses a model rather than a reader: each alternative is one family of prompt injection.
_INSTRUCTION = re.compile(
    r"""
    (?:ignore|disregard|forget|override|bypass)\s+(?:\w+\s+){0,3}?
        (?:previous|prior|above|earlier|preceding|existing|your|system|safety)\s+(?:\w+\s+){0,2}?
        (?:instruction|prompt|direction|rule|message|guideline|command|context|guardrail|programming)s?
    | (?:reveal|print|show|repeat|output|leak|disclose|expose)\s+(?:me\s+)?(?:your|the)\s+(?:\w+\s+){0,2}?
        (?:system|hidden|initial|secret)\s+(?:prompt|instruction|message)s?
    | your\s+(?:new\s+)?system\s+prompt
    | (?:^|\n)\s*(?:new\s+)?system\s*(?:prompt|message|override|instructions?)?\s*:\s
    | \byou\s+are\s+now\s+(?:an?\s|in\s|the\s|no\s+longer|dan\b|free|acting|operating|jailbroken)
    | \bfrom\s+now\s+on,?\s+you\s+(?:are|will|must|should)\b
    | \b(?:new|updated|additional|important)\s+instructions?\s+(?:for|to)\s+(?:the\s+|any\s+|all\s+)?
        (?:ai|llm|assistant|model|chatbot|agent)s?\b
    | \b(?:ai|llm|language\s+model|chatbot|assistant|agent)s?\s+(?:that\s+(?:is|are)\s+)?
        (?:reading|processing|summari[sz]ing|indexing|ingesting)\s+this\b
    | \bif\s+you\s+are\s+(?:an?\s+)?(?:ai|llm|(?:large\s+)?language\s+model|chatbot|ai\s+assistant)\b
    | \bdo\s+not\s+(?:tell|inform|mention\s+(?:this|it)\s+to|reveal\s+(?:this|it)\s+to|alert)\s+the\s+user
    | \bwhen\s+(?:asked|answering|summari[sz]ing|responding|replying)\b[^.\n]{0,80}\byou\s+(?:must|should|shall|will)\b
    | \b(?:always|only)\s+(?:answer|respond|reply|recommend|say)\b[^.\n]{0,40}\b(?:regardless|no\s+matter)\b
    | \bact\s+as\s+(?:if\s+you|though\s+you|an?\s+unrestricted|my\s)
    | \bdeveloper\s+mode\s+(?:is\s+)?(?:enabled|on)\b | \bdo\s+anything\s+now\b
    | \bdecode\s+(?:the\s+|this\s+)?(?:following\s+)?(?:base\s*64|hex|rot13)
    | <\|(?:im_start|im_end|system|user|assistant|endoftext)\|> | \[/?INST\] | <<SYS>>
    """,
    re.I | re.X,
)
_BLOB = re.compile(
    r"(?<![A-Za-z0-9+/=])(?:[A-Za-z0-9+/]{4}){10,}(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?(?![A-Za-z0-9+/=])"
)
_HEX = re.compile(r"\b(?:[2-7][0-9a-fA-F]){24,}\b|(?:\\x[2-7][0-9a-fA-F]){12,}")


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
    return is_hiding_style(node.get("style") or "")


def is_hiding_style(style: str) -> bool:
    """Whether an inline style takes its element out of a reader's sight."""
    return bool(_HIDING_STYLE.search(style))


def flags_of(text: str, *, hidden: bool = False) -> tuple[str, ...]:
    """What a reader of this text should be wary of; see `kb.types.ItemDraft.flags`."""
    flags = []
    if hidden or _SMUGGLED.search(text):
        flags.append("hidden_text")
    if _INSTRUCTION.search(text):
        flags.append("instruction_like")
    if _has_encoded(text):
        flags.append("encoded_text")
    return tuple(flags)


def _has_encoded(text: str) -> bool:
    return bool(_HEX.search(text)) or any(_decodes_to_words(found[0]) for found in _BLOB.finditer(text))


def _decodes_to_words(blob: str) -> bool:
    """Hashes and paths are base64-shaped too; only what decodes to readable words is a message."""
    try:
        decoded = base64.b64decode(blob, validate=True).decode("ascii")
    except (binascii.Error, ValueError):
        return False
    return " " in decoded and all(c.isprintable() or c.isspace() for c in decoded)
