"""A bot that serves many workspaces, seen from outside: a browser that installs it, and Slack that sends events."""

import http.client
import json
import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from html import unescape
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from pydantic import SecretStr
from slack_sdk.signature import SignatureVerifier

from bot.doors.slack.run import run_slack
from bot.worker import Patience
from kb.errors import SteelyardError
from kb.seal import new_key
from kb.settings import Settings
from kb.store import Store
from kb.types import OutboxDraft, utc_now
from tests.bot.slack_server import CLIENT_ID, CLIENT_SECRET, SmallSlack
from tests.fakes import FakeSteelyard

KEY, SECRET = new_key(), "signing-secret"


def settings(slack: SmallSlack, **more: object) -> Settings:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        port = listening.getsockname()[1]
    given: dict[str, object] = {
        "slack_api_url": slack.url,
        "slack_client_id": CLIENT_ID,
        "slack_client_secret": SecretStr(CLIENT_SECRET),
        "slack_signing_secret": SecretStr(SECRET),
        "slack_listen": f"127.0.0.1:{port}",
        "slack_public_url": "https://steelyard.example",
        "secret_keys": SecretStr(KEY),
    }
    return Settings(**(given | more))  # type: ignore[arg-type]


@cache
def _migrated() -> bytes:
    """An empty migrated database: copying it is quicker than migrating for every test."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "template.db"
        Store.open(f"sqlite:///{path}").close()
        return path.read_bytes()


def empty_store(folder: Path, clock: Callable[[], datetime] = utc_now) -> Store:
    path = folder / "door.db"
    path.write_bytes(_migrated())
    return Store.open(f"sqlite:///{path}", clock=clock)


@dataclass
class Served:
    """A running bot, seen from outside."""

    listen: str
    errors: list[SteelyardError] = field(default_factory=list)

    def get(self, path: str, cookie: str = "") -> tuple[int, str, dict[str, str]]:
        return self._ask("GET", path, "", {"cookie": cookie} if cookie else {})

    def event(self, body: dict[str, Any], secret: str = SECRET) -> int:
        raw, at = json.dumps(body), str(int(time.time()))
        signature = SignatureVerifier(secret).generate_signature(timestamp=at, body=raw) or ""
        headers = {"x-slack-request-timestamp": at, "x-slack-signature": signature, "content-type": "application/json"}
        return self._ask("POST", "/slack/events", raw, headers)[0]

    def press(self, team: str, action_id: str, value: str, **more: Any) -> int:
        """A button in a message, pressed by a member of `team`."""
        action = {"action_id": action_id, "value": value, "block_id": "b", "type": "button", "action_ts": "1.1"}
        payload = {
            "type": "block_actions",
            "user": {"id": "U1", "team_id": team},
            "team": {"id": team},
            "channel": {"id": "C1"},
            "container": {"type": "message", "message_ts": "1.1", "channel_id": "C1"},
            "message": {"ts": "1.1", "thread_ts": "1.0"},
            "trigger_id": "1.2.a",
            "actions": [action],
        }
        raw, at = urlencode({"payload": json.dumps(payload | more)}), str(int(time.time()))
        signature = SignatureVerifier(SECRET).generate_signature(timestamp=at, body=raw) or ""
        signed = {"x-slack-request-timestamp": at, "x-slack-signature": signature}
        signed["content-type"] = "application/x-www-form-urlencoded"
        return self._ask("POST", "/slack/events", raw, signed)[0]

    def _ask(self, method: str, path: str, body: str, headers: dict[str, str]) -> tuple[int, str, dict[str, str]]:
        connection = http.client.HTTPConnection(self.listen, timeout=20)
        connection.request(method, path, body.encode(), headers)
        response = connection.getresponse()
        text = response.read().decode()
        connection.close()
        return response.status, text, {name.lower(): value for name, value in response.getheaders()}

    def begin(self) -> tuple[str, str, dict[str, list[str]]]:
        """Open the install page: (page, cookie, what its link asks of Slack)."""
        status, page, headers = self.get("/slack/install")
        assert status == 200
        [link] = re.findall(r'href="(http[^"]*/oauth/v2/authorize[^"]*)"', page)
        return page, headers["set-cookie"].partition(";")[0], parse_qs(urlsplit(unescape(link)).query)

    def finish(self, code: str, state: str, cookie: str) -> tuple[int, str]:
        return self.get(f"/slack/oauth_redirect?{urlencode({'code': code, 'state': state})}", cookie)[:2]

    def install(self, slack: SmallSlack, team: str) -> str:
        """All of it; returns the last page."""
        code = f"code-of-{team}"
        slack.codes[code] = team
        _, cookie, asked = self.begin()
        status, page = self.finish(code, asked["state"][0], cookie)
        assert status == 200, page
        return page


@contextmanager
def serving(made: Settings, store: Store) -> Iterator[Served]:
    served, stop = Served(made.slack_listen), threading.Event()

    def run() -> None:
        try:
            patience = Patience(lease_s=2.0, poll_s=0.05, backoff_s=0.1)
            run_slack(made, store, FakeSteelyard(store), stop, patience=patience)
        except SteelyardError as error:
            served.errors.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    try:
        until(lambda: served.errors or open_port(made.slack_listen))
        assert not served.errors
        yield served
    finally:
        stop.set()
        thread.join(30)


def open_port(listen: str) -> bool:
    host, _, port = listen.partition(":")
    with socket.socket() as trying:
        return trying.connect_ex((host, int(port))) == 0


def until(condition: Callable[[], object], within_s: float = 15.0) -> None:
    end = time.monotonic() + within_s
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)


def mention(team: str, event_id: str, text: str = "which?", **more: Any) -> dict[str, Any]:
    at = f"{1_800_000_000 + len(event_id)}.{abs(hash(event_id)) % 10**6:06}"
    inner = {"type": "app_mention", "channel": "C1", "user": "U1", "text": f"<@UBOT> {text}", "ts": at}
    return envelope(team, event_id, inner) | more


def envelope(team: str, event_id: str, inner: dict[str, Any], event_time: int | None = None) -> dict[str, Any]:
    return {
        "type": "event_callback",
        "team_id": team,
        "event_id": event_id,
        "event_time": int(time.time()) + 5 if event_time is None else event_time,
        "event": inner,
        "authorizations": [{"enterprise_id": None, "team_id": team, "user_id": "UBOT", "is_bot": True}],
    }


def notice(team: str, text: str) -> OutboxDraft:
    where = {"door": "slack", "workspace_id": team, "channel": "C1", "thread": ""}
    return OutboxDraft(idempotency_key=f"notice:{team}", kind="notice", payload={"text": text}, **where)


def posts(slack: SmallSlack) -> list[tuple[str, str]]:
    """(workspace of the token, text) of every message posted."""
    found = [*slack.called("chat.postMessage"), *slack.called("chat.stopStream")]
    return [(slack.tokens.get(call.token, "?"), json.dumps(call.arguments)) for call in found]
