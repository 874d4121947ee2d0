"""Installing by OAuth on `emulate`, as a person does it in a browser: pages, consent, answers, scopes, leaving.

Events come as signed POSTs of ours: its subscriptions cannot be set from its command line.
"""

import http.client
import json
import re
import sqlite3
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from pydantic import SecretStr

from bot.doors.slack.client import web_client
from bot.doors.slack.doctor import check_slack, manifest_scopes, optional_scopes
from kb.seal import new_key
from kb.settings import Settings
from kb.store import Store
from tests.peers.client import SECRET, BotProcess, LocalSlack, event
from tests.peers.conftest import ROOT, wait_for
from tests.peers.proxy import RecordingProxy
from tests.peers.validate import Validator

TEAM, GENERAL = "T000000001", "C000000001"
CLIENT = {"SLACK_CLIENT_ID": "12.34", "SLACK_CLIENT_SECRET": "the-client-secret"}
KEY = new_key()


@pytest.fixture
def proxy(emulate: str, validator: Validator) -> Iterator[RecordingProxy]:
    with RecordingProxy(emulate, validator, streams=False, scopes=",".join(manifest_scopes())) as proxy:
        yield proxy
        assert proxy.problems == []


@dataclass
class Installing:
    """A bot that serves many workspaces, and a browser at its pages."""

    slack: LocalSlack
    start: Callable[[], BotProcess]
    home: Path

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.slack.events_port}"

    def consent(self, *, scope: str | None = None) -> tuple[int, str]:
        """From the install page through the peer's consent page and back; `scope` grants less than was asked."""
        status, page, headers = fetch(f"{self.address}/slack/install")
        assert status == 200
        cookie = headers["set-cookie"].partition(";")[0]
        [link] = re.findall(r'class="go" href="([^"]+)"', page)
        _, _, headers = fetch(unescape(link))  # the proxy sends people on to the peer
        status, page, _ = fetch(headers["location"])
        assert "Authorize <strong>Steelyard</strong>" in page
        form = page.partition('<form class="user-form"')[2].partition("</form>")[0]
        fields = {name: unescape(value) for name, value in re.findall(r'name="([^"]+)" value="([^"]*)"', form)}
        given = fields | ({"scope": scope} if scope is not None else {})
        _, _, headers = fetch(f"{self.slack.proxy.upstream}/oauth/v2/authorize/callback", given)
        back = headers["location"]
        assert parse_qs(urlsplit(back).query)["state"] == [fields["state"]]
        status, page, _ = fetch(back, cookie=cookie)
        return status, page

    def store(self) -> Store:
        return Store.open(f"sqlite:///{self.home / 'steelyard.db'}")

    def send(self, inner: dict[str, Any], event_id: str) -> None:
        body = {"type": "event_callback", "team_id": TEAM, "api_app_id": "A1", "event_id": event_id, "event": inner}
        assert self.slack.post_event(body | {"event_time": int(time.time()) + 1}, secret=SECRET) == 200

    def ask(self, text: str, event_id: str) -> str:
        """A question in a thread of its own; returns the thread."""
        thread = self.say(text)
        body = event("app_mention", f"<@BOT> {text}", thread, event_id=event_id) | {"team_id": TEAM}
        body["authorizations"][0]["team_id"] = TEAM
        body["event"] |= {"channel": GENERAL, "user": "U000000009"}
        assert self.slack.post_event(body, secret=SECRET) == 200
        return thread

    def say(self, text: str) -> str:
        return str(self.eyes().chat_postMessage(channel=GENERAL, text=text)["ts"])

    def eyes(self) -> Any:
        """A client that sees everything: what people in the channel would see."""
        return web_client(Settings(slack_bot_token=SecretStr("xoxb-all"), slack_api_url=self.slack.proxy.url))

    def replies(self, thread: str) -> list[dict[str, Any]]:
        found = self.eyes().conversations_replies(channel=GENERAL, ts=thread)["messages"]
        return [message for message in found if message["ts"] != thread]


def fetch(url: str, form: dict[str, str] | None = None, *, cookie: str = "") -> tuple[int, str, dict[str, str]]:
    """One request, redirects not followed."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.netloc, timeout=20)
    kind = {"content-type": "application/x-www-form-urlencoded"} if form is not None else {}
    headers = kind | ({"cookie": cookie} if cookie else {})
    path = f"{parts.path}?{parts.query}" if parts.query else parts.path
    connection.request("GET" if form is None else "POST", path, urlencode(form or {}), headers)
    response = connection.getresponse()
    text = response.read().decode()
    connection.close()
    return response.status, text, {name.lower(): value for name, value in response.getheaders()}


@pytest.fixture
def installing(proxy: RecordingProxy, oauth_port: int, tmp_path: Path) -> Iterator[Installing]:
    slack = LocalSlack("unused", oauth_port)
    slack.proxy = proxy
    listen = f"127.0.0.1:{oauth_port}"
    given = {
        "SLACK_API_URL": proxy.url,
        "SLACK_SIGNING_SECRET": SECRET,
        "STEELYARD_SLACK_LISTEN": listen,
        "STEELYARD_SLACK_PUBLIC_URL": f"http://{listen}",
        "STEELYARD_SECRET_KEYS": KEY,
        "STEELYARD_LOG_LEVEL": "DEBUG",
    }
    started: list[BotProcess] = []

    def start() -> BotProcess:
        bot = BotProcess(sys.executable, ROOT, tmp_path, CLIENT | given)
        started.append(bot)
        slack.wait_until_connected("http", bot)
        return bot

    yield Installing(slack, start, tmp_path)
    for bot in started:
        bot.kill()
        print(bot.log_text()[-4_000:])
    assert [line for bot in started for line in bot.leaks()] == []


def test_installed_answered_restarted_and_left(installing: Installing) -> None:
    bot = installing.start()
    status, page = installing.consent()
    assert (status, "Steelyard is in Test Workspace" in page) == (200, True), page
    thread = installing.ask("which licence?", "EvOAUTH1")
    wait_for(lambda: installing.replies(thread), what="the answer")
    bot.kill()
    bot = installing.start()
    again = installing.ask("and which price?", "EvOAUTH2")
    wait_for(lambda: installing.replies(again), what="the answer of the second process")
    with installing.store() as store:
        [row] = store.installations.list()
        assert (row.workspace_id, row.name) == (TEAM, "Test Workspace")
        assert set(row.scopes) == {*manifest_scopes(), *optional_scopes()}
        assert row.bot_user_id.startswith("U")
    stored = b"".join(path.read_bytes() for path in installing.home.glob("steelyard.db*"))
    assert b"xoxb-" not in stored
    installing.send({"type": "app_uninstalled"}, "EvOAUTH3")
    installing.send({"type": "tokens_revoked", "tokens": {"oauth": [], "bot": [row.bot_user_id]}}, "EvOAUTH4")
    with installing.store() as store:
        assert store.installations.list() == []
        assert store.erase.workspaces() == []
    with sqlite3.connect(installing.home / "steelyard.db") as raw:
        assert TEAM not in "".join(line for line in raw.iterdump() if "erasures" not in line)
    silent = installing.ask("still there?", "EvOAUTH5")
    assert installing.consent()[0] == 200
    back = installing.ask("back again?", "EvOAUTH6")
    wait_for(lambda: installing.replies(back), what="the answer after installing again")
    assert installing.replies(silent) == []


def test_what_was_not_granted_is_named_and_enforced(installing: Installing) -> None:
    installing.start()
    granted = [scope for scope in manifest_scopes() if scope != "chat:write"]
    status, page = installing.consent(scope=",".join(granted))
    assert (status, "Not granted: chat:write" in page) == (200, True), page
    thread = installing.ask("which licence?", "EvSCOPE1")

    def given_up() -> bool:
        with installing.store() as store:
            return store.inbox.counts().get("failed", 0) == 1

    wait_for(given_up, within_s=60, what="the question to be given up")
    assert installing.replies(thread) == []
    with installing.store() as store:
        made = Settings(
            slack_client_id=CLIENT["SLACK_CLIENT_ID"],
            slack_client_secret=SecretStr(CLIENT["SLACK_CLIENT_SECRET"]),
            slack_signing_secret=SecretStr(SECRET),
            slack_api_url=installing.slack.proxy.url,
            slack_public_url=installing.address,
            secret_keys=SecretStr(KEY),
        )
        installing.slack.proxy.granted(",".join(granted))
        ill = {name: what for name, well, what in check_slack(made, store) if not well}
    assert ["chat:write" in what and "install again" in what for what in ill.values()] == [True], ill


def test_declining_and_coming_back_twice(installing: Installing) -> None:
    installing.start()
    status, page, _ = fetch(f"{installing.address}/slack/oauth_redirect?error=access_denied&state=x")
    assert (status, "declined in Slack" in page) == (200, True)
    status, page, _ = fetch(f"{installing.address}/slack/oauth_redirect?code=c&state=x")
    assert (status, "another browser" in page) == (400, True)
    with installing.store() as store:
        assert store.installations.list() == []


def test_calls_carry_the_token_of_the_installation(installing: Installing) -> None:
    installing.start()
    assert installing.consent()[0] == 200
    thread = installing.ask("which licence?", "EvTOKEN1")
    wait_for(lambda: installing.replies(thread), what="the answer")
    [message] = installing.replies(thread)
    with installing.store() as store:
        [row] = store.installations.list()
    assert message["user"] == row.bot_user_id
    assert "which licence?" in json.dumps(message["blocks"])
