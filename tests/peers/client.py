"""What the journeys drive: local-slack as its user, and a bot process that may be killed."""

import json
import os
import re
import signal
import subprocess
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

from slack_sdk.signature import SignatureVerifier

from tests.peers.proxy import RecordingProxy

CHANNEL = "C01GEN"
ALICE = "U01ALICE"
SECRET = "http-secret"
BOTS = {"socket": "U0BOT", "http": "U0BOT2"}
APPS = {"socket": "A01APP", "http": "A02APP"}
# Slack's tokens, sealed tokens, and what OAuth passes by a browser's address.
SECRETS = re.compile(r"xox[a-z]?[.-][A-Za-z0-9]|xapp-[A-Za-z0-9]|gAAAAA|[?&](code|state|ticket)=[A-Za-z0-9]")


@dataclass
class LocalSlack:
    """The control side of local-slack: what a person does, and what a person sees."""

    url: str
    events_port: int
    proxy: RecordingProxy = field(init=False)

    def control(self, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        data = None if body is None else json.dumps(body).encode()
        request = Request(f"{self.url}/_control/{path}", data=data, headers={"content-type": "application/json"})
        with urlopen(request, timeout=20) as response:
            answer: dict[str, Any] = json.loads(response.read())
        return answer

    def say(self, text: str, *, channel: str = CHANNEL, thread: str | None = None) -> dict[str, Any]:
        given = {"user": ALICE, "channel": channel, "text": text} | ({"thread_ts": thread} if thread else {})
        message: dict[str, Any] = self.control("message", given)["message"]
        return message

    def mention(self, mode: str, text: str, *, thread: str | None = None) -> str:
        return str(self.say(f"<@{BOTS[mode]}> {text}", thread=thread)["ts"])

    def command(self, mode: str, text: str) -> None:
        given = {"user": ALICE, "channel": CHANNEL, "command": "/steelyard", "text": text, "appId": APPS[mode]}
        self.control("command", given)

    def said_by(self, mode: str, *, channel: str = CHANNEL, thread: str | None = None) -> list[dict[str, Any]]:
        """The bot's messages in a channel, those of one thread if given, oldest first."""
        messages = self.control(f"messages/{channel}")["messages"]
        return [
            message
            for message in messages
            if message.get("user") == BOTS[mode] and (thread is None or message.get("thread_ts") == thread)
        ]

    def environment(self, mode: str) -> dict[str, str]:
        common = {"SLACK_API_URL": self.proxy.url}
        if mode == "socket":
            return common | {"SLACK_BOT_TOKEN": "xoxb-sock-token", "SLACK_APP_TOKEN": "xapp-sock-token"}
        listen = {"STEELYARD_SLACK_LISTEN": f"127.0.0.1:{self.events_port}"}
        return common | listen | {"SLACK_BOT_TOKEN": "xoxb-http-token", "SLACK_SIGNING_SECRET": SECRET}

    def wait_until_connected(self, mode: str, bot: "BotProcess") -> None:
        seen = len(self.proxy.called("apps.connections.open"))
        end = time.monotonic() + 60
        while time.monotonic() < end:
            assert bot.process.poll() is None, bot.log_text()[-3000:]
            if mode == "http" and self.post_event({}, timestamp=None, refused_ok=True) is not None:
                return
            if mode == "socket" and "slack door open" in bot.log_text():
                return
            time.sleep(0.1)
        raise AssertionError(f"the bot did not connect ({seen} socket requests): {bot.log_text()[-3000:]}")

    def post_event(
        self,
        body: dict[str, Any] | str,
        *,
        secret: str = SECRET,
        timestamp: int | None = 0,
        headers: dict[str, str] | None = None,
        refused_ok: bool = False,
    ) -> int | None:
        """POST to the bot as Slack does; returns the status. `timestamp` None sends no signature, 0 means now."""
        raw = body if isinstance(body, str) else json.dumps(body)
        kind = "application/x-www-form-urlencoded" if isinstance(body, str) else "application/json"
        given = {"content-type": kind, **(headers or {})}
        if timestamp is not None:
            at = str(timestamp or int(time.time()))
            signature = SignatureVerifier(secret).generate_signature(timestamp=at, body=raw)
            given |= {"x-slack-request-timestamp": at, "x-slack-signature": signature or ""}
        request = Request(f"http://127.0.0.1:{self.events_port}/slack/events", data=raw.encode(), headers=given)
        try:
            with urlopen(request, timeout=20) as response:
                return int(response.status)
        except HTTPError as error:
            return error.code
        except OSError:
            if refused_ok:
                return None
            raise


def event(kind: str, text: str, ts: str, *, event_id: str, thread: str | None = None, **more: str) -> dict[str, Any]:
    """An event envelope as Slack sends it to the HTTP app."""
    inner = {"type": kind, "channel": CHANNEL, "user": ALICE, "text": text, "ts": ts, "event_ts": ts, **more}
    return {
        "token": "unused",
        "team_id": "T01TEST",
        "api_app_id": "A02APP",
        "type": "event_callback",
        "event_id": event_id,
        "event_time": int(float(ts)),
        "event": inner | ({"thread_ts": thread} if thread else {}),
        "authorizations": [{"enterprise_id": None, "team_id": "T01TEST", "user_id": BOTS["http"], "is_bot": True}],
    }


def form(fields: dict[str, str]) -> str:
    return urlencode(fields)


class BotProcess:
    """`tests/peers/bot.py` in a process of its own."""

    def __init__(self, python: str, root: Path, home: Path, environment: dict[str, str]) -> None:
        self._log = home / f"bot-{time.monotonic_ns()}.log"
        self._secrets = [value for name, value in environment.items() if re.search("TOKEN|SECRET", name)]
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        given = {"STEELYARD_HOME": str(home), "PYTHONUNBUFFERED": "1", "HF_HUB_OFFLINE": "1", "PYTHONPATH": str(root)}
        with self._log.open("wb") as out:
            self.process = subprocess.Popen(
                [python, "-m", "tests.peers.bot"],
                cwd=root,
                env=kept | given | environment,
                stdout=out,
                stderr=subprocess.STDOUT,
            )

    def kill(self) -> None:
        """kill -9: nothing is cleaned up."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGKILL)
        self.process.wait(10)

    def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(30)

    def log_text(self) -> str:
        return self._log.read_text("utf-8", errors="replace")

    def leaks(self) -> list[str]:
        """Lines of the log that tell a secret: one of its own settings, or anything that looks like one."""
        return [line for line in self.log_text().splitlines() if tells_secret(line, self._secrets)]


def tells_secret(line: str, known: Iterable[str] = ()) -> bool:
    return any(secret in line for secret in known) or SECRETS.search(line) is not None
