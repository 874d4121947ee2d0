"""Slack's two text languages -> HTML: mrkdwn as https://docs.slack.dev/messaging/formatting-message-text has it, and
the standard Markdown of `markdown` blocks. Text that is neither stays text."""

import re
from html import escape, unescape

from markdown_it import MarkdownIt

_MARKDOWN = MarkdownIt("commonmark", {"html": False, "linkify": False, "breaks": True}).enable(
    ["table", "strikethrough"]
)
_TOKEN = re.compile(r"```(?P<fence>.*?)```|`(?P<code>[^`\n]+)`|<(?P<live>[^<>\n]+)>", re.DOTALL)
_STYLES = (("*", "b"), ("_", "i"), ("~", "s"))


def plain(text: str) -> str:
    return escape(text).replace("\n", "<br>")


def markdown(text: str) -> str:
    """Slack reads entities in Markdown as it does in mrkdwn."""
    return f'<div class="md">{_MARKDOWN.render(text)}</div>'


def mrkdwn(text: str) -> str:
    """Entities are Slack's three; everything else that looks like HTML is text."""
    out, end = "", 0
    for found in _TOKEN.finditer(text):
        out += _quoted(_styled(text[end : found.start()])) + _token(found)
        end = found.end()
    return out + _quoted(_styled(text[end:]))


def _token(found: re.Match[str]) -> str:
    if found["fence"] is not None:
        return f"<pre>{_text(found['fence'].strip())}</pre>"
    if found["code"] is not None:
        return f"<code>{_text(found['code'])}</code>"
    target, _, label = found["live"].partition("|")
    if target[0] in "@#!":
        return f'<span class="mention">{_text(label or target)}</span>'
    return f'<a href="{_text(target)}">{_text(label or target)}</a>'


def _text(text: str) -> str:
    """Slack's entities decoded once, then made safe for HTML."""
    return escape(unescape(text)) if re.search(r"&(amp|lt|gt);", text) else escape(text)


def _styled(text: str) -> str:
    html = _text(text)
    for mark, tag in _STYLES:
        m = re.escape(mark)
        html = re.sub(rf"(?<![\w{m}]){m}(?=\S)([^{m}\n]+?)(?<=\S){m}(?![\w{m}])", rf"<{tag}>\1</{tag}>", html)
    return html


def _quoted(html: str) -> str:
    html = re.sub(r"(?m)^(?:&gt;) ?(.*)$", r"<blockquote>\1</blockquote>", html)
    return re.sub(r"\n", "<br>", html).replace("</blockquote><br>", "</blockquote>")
