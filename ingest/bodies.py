"""What a body claims to be, and bodies that would eat memory."""

import re

from kb.errors import ParseError

_ENTITY = re.compile(rb"<!ENTITY\s+(?:%\s+)?([\w.:-]+)\s+(?:\"([^\"]*)\"|'([^']*)')", re.I)
_MOST_EXPANDED_BYTES = 10_000_000
_HUGE_TAG = re.compile(rb"<[^<>]{20000,}")
_MOST_ATTRIBUTES = 5000
_LEADING = re.compile(r"\s*(?:<\?.*?\?>|<!--.*?-->|<!doctype[^>\[]*(?:\[.*?\]\s*)?>)", re.I | re.S)
_FIRST_TAG = re.compile(r"\s*<(?:[\w.-]+:)?([A-Za-z][\w.-]*)")
CHALLENGE = re.compile(
    r"just a moment\.\.\.|checking your browser|enable javascript and cookies to continue"
    r"|attention required! \| cloudflare|cf-browser-verification|cf_chl_|awswaf|request unsuccessful\. incapsula"
    r"|verify(?:ing)? (?:that )?you are (?:a )?human|pardon our interruption|access denied.{0,200}reference #"
    r"|ddos-guard|are you a robot|unusual traffic from your",
    re.I | re.S,
)


def refuse_entity_bomb(body: bytes) -> None:
    """Raises ParseError where the entities a body declares would expand to far more than was sent."""
    head = body[:1_000_000]
    if b"<!ENTITY" not in head and b"<!entity" not in head:
        return
    sizes: dict[bytes, int] = {}
    for name, double, single in _ENTITY.findall(head):
        value = double or single
        nested = sum(sizes.get(inner, 0) for inner in re.findall(rb"&([\w.:-]+);", value))
        sizes[name] = len(value) + nested
        if sizes[name] > _MOST_EXPANDED_BYTES:
            raise ParseError("it declares entities that expand without end (an XML bomb)")
    references = re.findall(rb"&([\w.:-]+);", body)
    if sum(sizes.get(name, 0) for name in references) > _MOST_EXPANDED_BYTES:
        raise ParseError("its entities expand to more than 10 MB (an XML bomb)")


def refuse_huge_tags(body: bytes) -> None:
    """Raises ParseError for a tag with thousands of attributes: parsers take quadratic time over them."""
    for tag in _HUGE_TAG.finditer(body):
        if tag[0].count(b"=") > _MOST_ATTRIBUTES:
            raise ParseError(f"it holds a tag with more than {_MOST_ATTRIBUTES} attributes")


def is_json(body: bytes) -> bool:
    """Whether a body can only be JSON: it opens with a brace or a bracket."""
    return body.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"[")


def describe_body(body: bytes) -> tuple[str, str]:
    """The root element's name in lower case ("" if none) and, for an error message, what the body looks like."""
    head = body[:20_000].decode("utf-8", "replace").lstrip("\ufeff\x00 \t\r\n")
    while (leading := _LEADING.match(head)) and leading.end():
        head = head[leading.end() :]
    found = _FIRST_TAG.match(head)
    root = found[1].lower() if found else ""
    if CHALLENGE.search(body[:50_000].decode("utf-8", "replace")) and root in ("html", "head", "body", ""):
        return root, "a bot challenge or block page stands in its place"
    if root in ("html", "head", "body"):
        return "html", "the body is an HTML page"
    if root:
        return root, f"the root element is <{root}>"
    shown = " ".join(head[:60].split())
    return "", f"the body is plain text ({shown!r})" if shown.isprintable() else "the body is no text"
