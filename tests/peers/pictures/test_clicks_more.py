"""What is around a question, clicked in local-slack's own window: share, Home and a source, a proposal, an alert."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from kb.store import Store
from tests.bot.admin_world import QUOTE, proposed
from tests.kb.store_builders import a_source
from tests.peers.client import APPS, BotProcess, LocalSlack
from tests.peers.conftest import wait_for
from tests.peers.pictures.test_clicks import window
from tests.peers.test_admin import ADMINS, FEED, LOOKING
from tests.peers.test_watch import FACTS, NEW, alerts, answered, changed, look
from tests.servers import ReplayServer

if TYPE_CHECKING:
    from playwright.sync_api import Page

__all__ = ["window"]  # a fixture

Start = Callable[..., BotProcess]
TEAM = "T01TEST"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(f"sqlite:///{tmp_path / 'steelyard.db'}") as opened:
        yield opened


def command(page: "Page", text: str) -> None:
    page.locator(".actas", has_text="As app").locator("select").select_option(APPS["http"])
    page.locator(".main > .composer .composer-input").fill(f"/steelyard {text}")
    page.locator(".main > .composer .composer-send").click()


def type_in(page: "Page", label: str, value: str) -> None:
    given = page.locator(".modal .bk-input").filter(has=page.locator(".bk-label", has_text=re.compile(f"^{label}")))
    given.locator(".bk-plain-input").fill(value)


def send(page: "Page") -> None:
    page.locator(".modal-btn.primary").click()


def test_a_private_answer_is_shared(slack: LocalSlack, start_bot: Start, window: "Page") -> None:
    start_bot("http")
    command(window, "ask what licence is it?")
    window.get_by_role("button", name="Share in channel").first.click()
    wait_for(lambda: slack.proxy.called("chat.postMessage"), what="the shared answer")
    window.locator(".messages", has_text="who asked").wait_for()


def test_from_home_a_bad_address_is_corrected_and_the_source_added(
    slack: LocalSlack, start_bot: Start, window: "Page", store: Store
) -> None:
    start_bot("http", **ADMINS, **LOOKING)
    with ReplayServer() as site:
        site.put("/feed.xml", FEED, content_type="application/rss+xml")
        window.locator(".sidebar-item", has_text="steelhttp").last.click()
        window.locator(".home", has_text="No sources yet").wait_for()
        window.locator(".home").get_by_role("button", name="Add a source").first.click()
        window.locator(".modal").wait_for()
        type_in(window, "Address", "no address at all")
        send(window)
        window.locator(".modal-error", has_text="is no web address").wait_for()
        type_in(window, "Address", site.url("feed.xml"))
        send(window)
        window.locator(".modal", has_text="We release a 12B model").wait_for()
        send(window)
        window.locator(".modal", has_text="It is read within a minute").wait_for()
        window.get_by_role("button", name="Close").click()
        wait_for(lambda: store.sources.find(site.url("feed.xml"), workspace_id=TEAM), what="the source")
    window.locator(".home", has_text="Example Lab").wait_for()


def test_a_proposal_is_approved(slack: LocalSlack, start_bot: Start, window: "Page", store: Store) -> None:
    source = store.sources.add(a_source(), workspace_id=TEAM)
    fact = proposed(store, source.id, "T1")
    start_bot("http", **ADMINS)
    command(window, "proposals")
    window.locator(".messages", has_text=QUOTE).wait_for()
    window.get_by_role("button", name="Approve").first.click()
    wait_for(lambda: store.proposals.last_word(fact, workspace_id=TEAM).kind == "approved", what="the word")


def test_an_alert_is_read_and_muted(slack: LocalSlack, start_bot: Start, window: "Page", store: Store) -> None:
    thread = str(slack.say("About the price")["ts"])
    answered(store, FACTS["price"], thread)
    look(store)
    changed(store, FACTS["price"].key, NEW["price"])
    look(store)
    start_bot("http")
    wait_for(lambda: alerts(slack, thread), what="the alert")
    window.locator(".thread-summary").first.click()
    pane = window.locator(".thread-pane")
    pane.locator(".msg", has_text="Before:").first.wait_for()
    pane.get_by_role("button", name="Mute").first.click()
    wait_for(lambda: store.watches.on() == [], what="the watch to be muted")
