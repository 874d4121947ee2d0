"""Threads as a reader sees them, as PNG files: messages and their files from local-slack, views from the proxy."""

import base64
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

from tests.peers.client import CHANNEL, LocalSlack
from tests.peers.pictures.browser import draw
from tests.peers.pictures.page import thread_page, view_page

if TYPE_CHECKING:
    from playwright.sync_api import Browser

Message = dict[str, Any]


@dataclass
class Gallery:
    """Draws into `folder`; `problems` gathers what did not fit a page."""

    slack: LocalSlack
    browser: "Browser"
    folder: Path
    problems: list[str] = field(default_factory=list)

    def thread(self, name: str, ts: str, *, channel: str = CHANNEL) -> None:
        everything = self.slack.control(f"messages/{channel}")["messages"]
        self.messages(name, [m for m in everything if ts in (m["ts"], m.get("thread_ts"))])

    def messages(self, name: str, messages: Iterable[Message]) -> None:
        shown = [m | {"pictures": [self._picture(f) for f in m["files"]]} if m.get("files") else m for m in messages]
        self._draw(name, thread_page(shown, title=f"Thread: {name}"))

    def view(self, name: str, view: Mapping[str, Any]) -> None:
        self._draw(name, view_page(view), width=940 if view["type"] == "home" else 570)

    def _draw(self, name: str, html: str, **more: int) -> None:
        stuck_out = draw(self.browser, html, self.folder / f"{name}.png", **more)
        self.problems += [f"{name}: {what}" for what in stuck_out]

    def _picture(self, file: Mapping[str, Any]) -> dict[str, str]:
        """The file itself, and beside the thread's picture as one of its own."""
        address = self.slack.url + urlsplit(file["url_private"]).path
        with urlopen(Request(address, headers={"authorization": "Bearer xoxb-http-token"}), timeout=20) as response:
            png = response.read()
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / re.sub(r"[^\w.-]", "_", file["name"])).write_bytes(png)
        alt = file.get("alt_txt") or file.get("alt_text") or ""
        return {"png": base64.b64encode(png).decode(), "alt": alt, "title": file.get("title") or file["name"]}
