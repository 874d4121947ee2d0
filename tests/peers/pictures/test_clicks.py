"""The main journeys clicked in local-slack's own window by headless Chromium: ask, follow up, refine, help by command.

Its window shows `[type]` for Markdown and tables, so what was answered is read through the control side.
"""

import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest

from tests.peers.client import ALICE, APPS, CHANNEL, BotProcess, LocalSlack
from tests.peers.conftest import wait_for
from tests.peers.pictures.gallery import Gallery
from tests.peers.test_decision import BANK, text_of, whole
from tests.peers.test_journeys import MODES
from tests.peers.test_real_answers import prepared_home, start_real

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Page

__all__ = ["prepared_home", "start_real"]  # fixtures

Start = Callable[..., BotProcess]
NAMES = {"socket": "steelyard", "http": "steelhttp"}


@pytest.fixture
def window(slack: LocalSlack, browser: "Browser") -> Iterator["Page"]:
    page = browser.new_page(viewport={"width": 1500, "height": 1000})
    page.set_default_timeout(20_000)
    page.goto(slack.url)
    page.locator(".sidebar-item", has_text="general").click()
    yield page
    page.close()


def send(composer: "Locator", mode: str, text: str) -> None:
    """Type a mention, pick the bot from the list that opens, type on, send."""
    composer.locator(".composer-input").press_sequentially(f"@{NAMES[mode]}")
    composer.locator(".mention-option", has_text=NAMES[mode]).first.click()
    composer.locator(".composer-input").press_sequentially(text)
    composer.locator(".composer-send").click()


def first_ts(slack: LocalSlack) -> str:
    said = wait_for(lambda: slack.control(f"messages/{CHANNEL}")["messages"], what="the message that was typed")
    assert isinstance(said, list)
    return str(said[0]["ts"])


def fill(page: "Page", label: str, value: str) -> None:
    given = page.locator(".modal .bk-input").filter(has=page.locator(".bk-label", has_text=re.compile(f"^{label}$")))
    given.locator(".bk-plain-input").fill(value)
    page.locator(".modal-btn.primary").click()


@pytest.mark.parametrize("mode", MODES)
def test_ask_follow_up_and_refine(
    slack: LocalSlack, start_real: Start, window: "Page", gallery: Gallery, mode: str
) -> None:
    start_real(mode)
    send(window.locator(".main > .composer"), mode, BANK)
    ts = first_ts(slack)
    whole(slack, mode, ts)
    window.locator(".thread-summary").first.click()
    pane = window.locator(".thread-pane")
    send(pane.locator(".composer"), mode, "and if volume triples?")
    followed = text_of(whole(slack, mode, ts, answers=2)[1])
    assert "Requests a month: 1,500,000 → 4,500,000." in followed
    pane.get_by_role("button", name="Refine").last.click()
    window.locator(".modal").wait_for()
    fill(window, "Requests a month", "lots")
    window.locator(".modal-error", has_text="is not a number").wait_for()
    window.screenshot(path=str(gallery.folder / f"window-{mode}.png"))
    fill(window, "Requests a month", "20M")
    window.locator(".modal").wait_for(state="detached")
    refined = text_of(whole(slack, mode, ts, answers=3)[2])
    assert "Requests a month: 4,500,000 → 20,000,000." in refined


@pytest.mark.parametrize("mode", MODES)
def test_refining_a_private_answer_stays_private(
    slack: LocalSlack, start_real: Start, window: "Page", gallery: Gallery, mode: str
) -> None:
    start_real(mode)
    window.locator(".actas", has_text="As app").locator("select").select_option(APPS[mode])
    window.locator(".main > .composer .composer-input").fill(f"/steelyard ask {BANK}")
    window.locator(".main > .composer .composer-send").click()
    window.get_by_role("button", name="Refine").first.click()
    window.locator(".modal").wait_for()
    fill(window, "Requests a month", "20M")
    window.locator(".modal").wait_for(state="detached")
    wait_for(lambda: "1,500,000 → 20,000,000." in str(slack.said_by(mode)), within_s=60, what="the refined answer")
    assert {message.get("ephemeral_to") for message in slack.said_by(mode)} == {ALICE}
    gallery.messages(f"private-{mode}", slack.said_by(mode))


@pytest.mark.parametrize("mode", MODES)
def test_help_by_command(slack: LocalSlack, start_real: Start, window: "Page", mode: str) -> None:
    start_real(mode)
    window.locator(".actas", has_text="As app").locator("select").select_option(APPS[mode])
    window.locator(".main > .composer .composer-input").fill("/steelyard")
    window.locator(".main > .composer .composer-send").click()
    window.locator(".messages", has_text="/steelyard ask").wait_for()
