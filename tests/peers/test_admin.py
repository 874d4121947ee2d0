"""Administration on local-slack: App Home opened, a source added after its address was corrected, OPML, a proposal.

The peer presses buttons only in messages; presses in App Home are signed POSTs of our own.
"""

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from websockets.sync.client import ClientConnection, connect

from kb.store import Store
from tests.bot.admin_world import OPML, QUOTE, proposed
from tests.kb.store_builders import a_source
from tests.peers.client import ALICE, APPS, CHANNEL, BotProcess, LocalSlack, form
from tests.peers.conftest import wait_for
from tests.servers import ReplayServer

Start = Callable[..., BotProcess]
ADMINS = {"STEELYARD_SLACK_ADMINS": ALICE}
LOOKING = {"STEELYARD_ALLOW_PRIVATE_ADDRESSES": "true", "STEELYARD_HOST_PAUSE_S": "0"}
FEED = b"""<rss version="2.0"><channel><title>Example Lab</title>
<item><guid>1</guid><title>We release a 12B model</title><link>https://example.org/1</link></item></channel></rss>"""


@pytest.fixture
def screen(slack: LocalSlack) -> Iterator[ClientConnection]:
    with connect(slack.url.replace("http", "ws") + "/ui", max_size=None) as window:
        yield window


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(f"sqlite:///{tmp_path / 'steelyard.db'}") as opened:
        yield opened


def shown(slack: LocalSlack, method: str, words: str) -> dict[str, Any]:
    """The newest view that says so."""

    def found() -> dict[str, Any] | None:
        views = [call.arguments["view"] for call in slack.proxy.called(method)]
        return next((view for view in reversed(views) if words in json.dumps(view, ensure_ascii=False)), None)

    view = wait_for(found, what=f"{method} with {words!r}")
    assert isinstance(view, dict)
    return view


def submit(screen: ClientConnection, **typed: str) -> None:
    """Fill in the window on top and send it. The proxy hears of a window a moment before the peer shows it."""
    time.sleep(0.5)
    values = {
        name: {"value": {"selected_option": {"value": text}} if name in ("topic", "tier") else {"value": text}}
        for name, text in typed.items()
    }
    screen.send(json.dumps({"t": "view_submit", "user": ALICE, "values": values}))


def said_alone(slack: LocalSlack, words: str) -> dict[str, Any]:
    def found() -> dict[str, Any] | None:
        private = [m for m in slack.said_by("http") if m.get("ephemeral_to") == ALICE]
        return next((m for m in private if words in json.dumps(m, ensure_ascii=False)), None)

    message = wait_for(found, what=f"an ephemeral message with {words!r}")
    assert isinstance(message, dict)
    return message


def test_a_bad_address_is_corrected_in_the_window(
    slack: LocalSlack, start_bot: Start, screen: ClientConnection, store: Store
) -> None:
    start_bot("http", **ADMINS, **LOOKING)
    with ReplayServer() as site:
        site.put("/feed.xml", FEED, content_type="application/rss+xml")
        slack.command("http", "sources add")
        shown(slack, "views.open", "Look at it")
        submit(screen, url="no address at all")
        wait_for(lambda: "is no web address" in json.dumps(slack.control("log")), what="the error under the input")
        submit(screen, url=site.url("nothing"))
        missing = shown(slack, "views.update", "HTTP 404")
        assert missing["callback_id"] == "steelyard_source_ask"
        submit(screen, url=site.url("feed.xml"))
        found = shown(slack, "views.update", "We release a 12B model")
        assert found["submit"]["text"] == "Add source"
        submit(screen, title="Example Lab", publisher="Lab", topic="release", tier="2")
        shown(slack, "views.publish", "Added source")
        added = store.sources.find(site.url("feed.xml"), workspace_id="T01TEST")
    assert added is not None
    assert (added.workspace_id, added.publisher) == ("T01TEST", "Lab")
    assert [row.action for row in store.audit.list("T01TEST")] == ["source.add"]


@pytest.mark.parametrize("mode", ["socket", "http"])
def test_home_opml_and_commands(
    slack: LocalSlack, start_bot: Start, screen: ClientConnection, store: Store, mode: str
) -> None:
    start_bot(mode, **ADMINS)
    slack.control("open-home", {"user": ALICE, "appId": APPS[mode]})
    shown(slack, "views.publish", "No sources yet")
    slack.command(mode, "sources import")
    shown(slack, "views.open", "Import sources")
    submit(screen, opml="nothing of the kind")
    wait_for(lambda: "root element is not" in json.dumps(slack.control("log")), what="the error under the input")
    submit(screen, opml=OPML)
    home = shown(slack, "views.publish", "OPML imported: 1 added")
    assert "Log of what admins did" in json.dumps(home)
    [source] = store.sources.list(workspace_id="T01TEST")
    slack.command(mode, f"sources pause {source.id}")
    wait_for(lambda: store.sources.get(source.id, workspace_id="T01TEST").status == "paused", what="the pause")
    slack.command(mode, "sources export")
    wait_for(lambda: slack.proxy.called("files.completeUploadExternal"), what="the file")
    [row, *_] = store.audit.list("T01TEST")
    assert (row.action, row.actor) == ("source.export", f"slack:{ALICE}")


def test_a_proposal_is_approved_with_its_quote_in_view(slack: LocalSlack, start_bot: Start, store: Store) -> None:
    source = store.sources.add(a_source(), workspace_id="T01TEST")
    fact = proposed(store, source.id, "T1")
    start_bot("http", **ADMINS)
    slack.command("http", "proposals")
    listed = said_alone(slack, QUOTE)
    button = next(b for b in listed["blocks"] if b["type"] == "actions")["elements"][0]
    press = {"type": "button", "action_id": button["action_id"], "value": button["value"]}
    where = {"channel": CHANNEL, "messageTs": listed["ts"], "user": ALICE, "appId": APPS["http"]}
    slack.control("interact", where | {"action": press})
    wait_for(lambda: store.proposals.last_word(fact, workspace_id="T01TEST").kind == "approved", what="the word")
    slack.control("interact", where | {"action": press})
    said_alone(slack, "decided already")
    assert [row.action for row in store.audit.list("T01TEST")] == ["proposal.approve"]


def test_a_member_reads_and_may_do_nothing(slack: LocalSlack, start_bot: Start, store: Store) -> None:
    source = store.sources.add(a_source(), workspace_id="T01TEST")
    start_bot("http")
    slack.control("open-home", {"user": ALICE, "appId": APPS["http"]})
    home = shown(slack, "views.publish", "Ask them")
    assert not [block for block in home["blocks"] if block["type"] == "actions"]
    pressed = {
        "type": "block_actions",
        "user": {"id": ALICE},
        "team": {"id": "T01TEST"},
        "trigger_id": "1.2.a",
        "view": {"id": "V1", "type": "home", "private_metadata": ""},
        "actions": [
            {"type": "overflow", "action_id": "steelyard_source_menu", "block_id": "b", "value": f"remove:{source.id}"}
        ],
    }
    slack.post_event(form({"payload": json.dumps(pressed)}))
    shown(slack, "views.open", "Only admins can do this")
    slack.command("http", f"sources remove {source.id}")
    said_alone(slack, "Only admins can do this")
    assert store.sources.get(source.id, workspace_id="T01TEST").status == "active"
    assert store.audit.all() == []
