"""A thread, a modal or App Home as one HTML page."""

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from html import escape
from pathlib import Path
from typing import Any

from tests.peers.pictures.blockkit import blocks_html
from tests.peers.pictures.markup import mrkdwn, plain

Json = Mapping[str, Any]
_STYLE = Path(__file__).with_name("style.css").read_text("utf-8")
_BOT = "Steelyard"
_MENTION = re.compile(r"<@U0BOT2?>")


def page(inner: str) -> str:
    return f'<!doctype html><html lang="en"><meta charset="utf-8"><style>{_STYLE}</style><body>{inner}</body></html>'


def thread_page(messages: Iterable[Json], *, title: str = "Thread") -> str:
    """Messages as `/_control/messages` tells them; files as {"png": base64, "alt", "title"} under "pictures"."""
    return page(f'<div class="pane"><div class="day">{escape(title)}</div>{"".join(map(message_html, messages))}</div>')


def message_html(message: Json) -> str:
    by_bot = bool(message.get("bot_id") or message.get("blocks") or message.get("pictures"))
    at = datetime.fromtimestamp(float(message["ts"]), UTC).strftime("%H:%M")
    name = _BOT if by_bot else "Alice"
    private = '<div class="private">👁 Only visible to you</div>' if message.get("ephemeral_to") else ""
    said = blocks_html(message["blocks"]) if message.get("blocks") else f"<div>{_said(message)}</div>"
    said = "" if message.get("pictures") and not message.get("blocks") else said
    pictures = "".join(_picture(one) for one in message.get("pictures") or ())
    app = '<span class="app">APP</span>' if by_bot else ""
    avatar = f'<div class="avatar {"" if by_bot else "person"}">{name[0]}</div>'
    who = f'<div class="who"><b>{name}</b>{app} <time>{at}</time></div>'
    return f'<div class="message">{avatar}<div class="body">{private}{who}{said}{pictures}</div></div>'


def _said(message: Json) -> str:
    return mrkdwn(_MENTION.sub(f"<@{_BOT}>", message.get("text") or ""))


def _picture(one: Json) -> str:
    source = f"data:image/png;base64,{one['png']}"
    return f'<div class="small">{plain(one["title"])}</div><img src="{source}" alt="{escape(one["alt"])}">'


def view_page(view: Json) -> str:
    """A modal or App Home as `views.open` and `views.publish` are given them."""
    if view["type"] == "home":
        return page(f'<div class="home">{blocks_html(view["blocks"])}</div>')
    buttons = "".join(
        f'<button class="{style}">{plain(view[name]["text"])}</button>'
        for name, style in (("close", ""), ("submit", "primary"))
        if view.get(name)
    )
    head = f"<header><b>{plain(view['title']['text'])}</b><span>✕</span></header>"
    inner = f"{head}<main>{blocks_html(view['blocks'])}</main><footer>{buttons}</footer>"
    return page(f'<div class="modal">{inner}</div>')
