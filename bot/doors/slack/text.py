"""Text for Slack, made harmless: pure functions from source text to Markdown or mrkdwn that holds nothing live.

Feed and model text is data. Nothing in it may mention, link, embed or break out of its place; the only links are those
that `mrkdwn_link` makes, from the answer's own citations.
"""

import re
from collections.abc import Iterator
from urllib.parse import quote, urlsplit

JOINER = "\u2060"  # word joiner: invisible, and no parser sees the two sides as one token

MARKDOWN_LIMIT = 12_000  # characters of all markdown blocks of one message
SECTION_LIMIT = 3_000
URL_LIMIT = 2_000

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
_MAILTO = re.compile(r"(?i)\b(mailto|tel|javascript|data|slack):(?=\S)")
_WWW = re.compile(r"(?i)\b(www)\.(?=\w)")
_DOMAIN_PATH = re.compile(r"(?i)(?<=[a-z0-9])\.(?=[a-z]{2,24}(?::\d+)?/)")
_ADDRESS = re.compile(r"(?<=\w)@(?=\w)")
_BROADCAST = re.compile(r"(?i)@(?=(?:here|channel|everyone|group)\b)")
_LIVE = re.compile(r"<(?=[!@#])")
_LINE_START = re.compile(r"(?m)^([ \t]*)(?=#{1,6}[ \t]|[=-]{2,}[ \t]*$)")
_FENCE = re.compile(r"^[ \t]*(```+|~~~+)")


def harmless(text: str) -> str:
    """`text` with nothing that Slack would turn into a mention, a link, an image or a heading."""
    text = harmless_raw(text)
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return _LINE_START.sub(rf"\1{JOINER}", text)


def harmless_raw(text: str) -> str:
    """The same for places that show text literally (table cells), where an entity would be seen as one."""
    text = _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    text = _LIVE.sub(f"<{JOINER}", text)
    text = text.replace("://", f":{JOINER}//")
    text = _MAILTO.sub(rf"\1{JOINER}:", text)
    text = _WWW.sub(rf"\1{JOINER}.", text)
    text = _DOMAIN_PATH.sub(f".{JOINER}", text)
    text = _ADDRESS.sub(f"@{JOINER}", text)
    text = _BROADCAST.sub(f"@{JOINER}", text)
    return text.replace("](", f"]{JOINER}(").replace("][", f"]{JOINER}[").replace("]:", f"]{JOINER}:")


def one_line(text: str, limit: int) -> str:
    """`text` harmless, on one line, cut at a word with an ellipsis so that it stays within `limit` characters.

    It opens no fence either: the lines after it would be code.
    """
    flat = " ".join(text.replace("```", "'''").split())
    if len(harmless(flat)) <= limit:
        return harmless(flat)
    kept = flat[:limit]
    while kept and len(harmless(kept)) > limit - 1:
        kept = kept[: -max(1, (len(harmless(kept)) - limit + 1) // 6)]
    head, space, _ = kept.rpartition(" ")
    return harmless(head if space and len(head) > limit // 2 else kept) + "…"


def safe_url(url: str) -> str | None:
    """`url` when it is plain http(s) and fit for a link, else None."""
    try:
        parts = urlsplit(url.strip())
        host = parts.hostname
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not host or parts.username is not None:
        return None
    target = quote(url.strip(), safe=":/?#@!$&*+,;=%~-._'").replace("&", "&amp;")
    return target if len(target) <= URL_LIMIT else None


def mrkdwn_link(label: str, url: str) -> str:
    target = safe_url(url)
    return f"<{target}|{label.replace('|', '¦')}>" if target else label


def plain_question(text: str, bot_user_id: str = "") -> str:
    """What a person meant by a Slack message: our mention gone, links and channels as words, entities decoded."""
    if bot_user_id:
        text = re.sub(rf"<@{re.escape(bot_user_id)}(\|[^>]*)?>", " ", text)
    text = re.sub(r"<(?:https?|mailto)[^|>]*\|([^>]*)>", r"\1", text)
    text = re.sub(r"<((?:https?|mailto):[^>]*)>", r"\1", text)
    text = re.sub(r"<#\w+\|([^>]+)>", r"#\1", text)
    text = re.sub(r"<[@!#][^|>]*\|([^>]+)>", r"\1", text)
    text = re.sub(r"<[@!#][^>]*>", " ", text)
    text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    return " ".join(text.split())


def split_text(text: str, limit: int) -> list[str]:
    """Pieces of at most `limit` characters, cut between paragraphs, else lines, else words; fences stay whole."""
    if len(text) <= limit:
        return [text] if text.strip() else []
    pieces: list[str] = []
    current = ""
    for block in _paragraphs(text):
        for part in _fitting(block, limit):
            joined = f"{current}\n\n{part}" if current else part
            if len(joined) <= limit:
                current = joined
                continue
            pieces.append(current)
            current = part
    return [*pieces, current] if current else pieces


def _paragraphs(text: str) -> Iterator[str]:
    """Paragraphs of `text`; a fenced block is one, blank lines and all, and is closed where the text forgot to."""
    lines: list[str] = []
    fence = ""
    for line in text.split("\n"):
        mark = _FENCE.match(line)
        if not fence and not line.strip():
            if lines:
                yield "\n".join(lines)
            lines = []
            continue
        lines.append(line)
        if mark and not fence:
            fence = mark[1]
        elif mark and line.strip().startswith(fence):
            fence = ""
    if fence:
        lines.append(fence)
    if lines:
        yield "\n".join(lines)


def _fitting(block: str, limit: int) -> list[str]:
    """One paragraph as pieces that fit; a fenced one keeps its fence around every piece."""
    if len(block) <= limit:
        return [block]
    first, _, rest = block.partition("\n")
    mark = _FENCE.match(first)
    if not mark:
        return _lines(block, limit)
    fence = mark[1]
    opening = first if len(first) <= 40 else fence
    inner = rest.rsplit("\n", 1)[0] if rest.rstrip().endswith(fence) else rest
    room = limit - len(opening) - len(fence) - 2
    return [f"{opening}\n{piece}\n{fence}" for piece in _lines(inner, room)]


def _lines(text: str, limit: int) -> list[str]:
    pieces: list[str] = []
    while len(text) > limit:
        cut = max(text.rfind("\n", limit // 2, limit), text.rfind(" ", limit // 2, limit))
        cut = cut if cut > 0 else _outside_entity(text, limit)
        pieces.append(text[:cut].rstrip())
        text = text[cut:].lstrip("\n ")
    return [*pieces, text] if text else pieces


def _outside_entity(text: str, cut: int) -> int:
    """A cut that does not fall inside `&amp;` or its like."""
    start = text.rfind("&", max(1, cut - 5), cut)
    return start if start > 0 and ";" not in text[start:cut] else cut
