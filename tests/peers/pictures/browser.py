"""Headless Chromium by playwright: pages as PNG files. Only this file knows of either."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Browser

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
WIDE, SCALE = 800, 1.5


def chromium_path() -> str | None:
    """The browser of this machine; `STEELYARD_CHROMIUM` names another."""
    given = os.environ.get("STEELYARD_CHROMIUM")
    return given or next((path for name in NAMES if (path := shutil.which(name))), None)


@contextmanager
def opened_browser(path: str) -> Iterator["Browser"]:
    """No sandbox: tests run as root, and show no page but our own and the peer's."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


def draw(browser: "Browser", html: str, out: Path, *, width: int = WIDE) -> list[str]:
    """Write the whole page as a PNG; returns what would not fit its width, empty when all does."""
    out.parent.mkdir(parents=True, exist_ok=True)
    page = browser.new_page(viewport={"width": width, "height": 600}, device_scale_factor=SCALE)
    try:
        page.set_content(html)
        page.screenshot(path=str(out), full_page=True)
        wide: list[str] = page.evaluate(_TOO_WIDE)
    finally:
        page.close()
    return wide


# A table may scroll, a page may not: what sticks out of it would be cut in Slack.
_TOO_WIDE = """() => [...document.querySelectorAll('.block, img, .scroll')]
  .filter(e => e.getBoundingClientRect().right > document.documentElement.clientWidth)
  .map(e => e.className + ': ' + e.innerText.slice(0, 60))"""
