"""A small Slack on loopback with several workspaces: OAuth with rotation, tokens that belong to one, calls recorded.

Ours, not Slack's: for what the peers cannot show (two workspaces at once, tokens that end).
"""

import base64
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from typing import Any
from urllib.parse import parse_qsl, urlsplit

CLIENT_ID, CLIENT_SECRET = "12.34", "the-client-secret"


@dataclass
class Call:
    token: str
    method: str
    arguments: dict[str, Any]


@dataclass
class SmallSlack:
    """`codes`: workspace by OAuth code. `lasts_s`: for how long a token is good, None for tokens that last."""

    url: str
    scopes: str = "chat:write,commands"
    lasts_s: int | None = None
    codes: dict[str, str] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)  # workspace by bot token
    refresh: dict[str, str] = field(default_factory=dict)  # workspace by refresh token
    errors: dict[str, str] = field(default_factory=dict)  # what a method answers instead
    manifest: dict[str, Any] = field(default_factory=dict)
    calls: list[Call] = field(default_factory=list)
    _numbers: "count[int]" = field(default_factory=lambda: count(1))

    def called(self, method: str) -> list[Call]:
        return [call for call in self.calls if call.method == method]

    def give(self, team: str) -> dict[str, Any]:
        """A fresh token of a workspace."""
        number = next(self._numbers)
        token = f"xoxb-{team}-{number}" if self.lasts_s is None else f"xoxe.xoxb-1-{team}-{number}"
        self.tokens[token] = team
        rotating: dict[str, Any] = {}
        if self.lasts_s is not None:
            rotating = {"refresh_token": f"xoxe-1-{team}-{number}", "expires_in": self.lasts_s}
            self.refresh[rotating["refresh_token"]] = team
        return {"access_token": token, "token_type": "bot", "scope": self.scopes, **rotating}

    def answer(self, call: Call, basic: str) -> dict[str, Any]:
        self.calls.append(call)
        if call.method in self.errors:
            return {"ok": False, "error": self.errors[call.method]}
        if call.method == "oauth.v2.access":
            return self._oauth(call.arguments, basic)
        if call.method == "apps.manifest.export":
            return {"ok": True, "manifest": self.manifest}
        if call.method == "apps.connections.open":
            return {"ok": True, "url": "wss://127.0.0.1:1/"}
        team = self.tokens.get(call.token)
        if team is None:
            return {"ok": False, "error": "invalid_auth"}
        if call.method == "auth.test":
            return {"ok": True, "team_id": team, "team": f"Team {team}", "user_id": "UBOT", "user": "s", "bot_id": "B1"}
        return {"ok": True, "ts": f"{next(self._numbers)}.000001", "messages": [], "channel": {"id": "D1"}}

    def _oauth(self, given: dict[str, Any], basic: str) -> dict[str, Any]:
        if basic != f"{CLIENT_ID}:{CLIENT_SECRET}":
            return {"ok": False, "error": "invalid_client_id"}
        if given.get("grant_type") == "refresh_token":
            team = self.refresh.pop(given["refresh_token"], None)
            return {"ok": True, **self.give(team)} if team else {"ok": False, "error": "invalid_refresh_token"}
        team = self.codes.pop(given["code"], None)
        if team is None:
            return {"ok": False, "error": "invalid_code"}
        whole = team.startswith("E")
        return {
            "ok": True,
            **self.give(team),
            "app_id": "A1",
            "bot_user_id": "UBOT",
            "team": None if whole else {"id": team, "name": f"Team <{team}>"},
            "enterprise": {"id": team, "name": "All"} if whole else None,
            "is_enterprise_install": whole,
            "authed_user": {"id": "U1"},
        }


@contextmanager
def small_slack() -> Iterator[SmallSlack]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers.get("content-length") or 0)).decode()
            kind, address = self.headers.get("content-type", ""), urlsplit(self.path)
            given = json.loads(raw or "{}") if "json" in kind else dict(parse_qsl(address.query) + parse_qsl(raw))
            how, _, secret = self.headers.get("authorization", "").partition(" ")
            token = given.pop("token", None) or (secret if how == "Bearer" else "")
            basic = base64.b64decode(secret).decode() if how == "Basic" else ""
            body = slack.answer(Call(token, address.path.removeprefix("/api/"), given), basic)
            payload = json.dumps(body).encode()
            self.send_response(200)
            self.send_header("content-type", "application/json")
            self.send_header("x-oauth-scopes", slack.scopes)
            self.send_header("content-length", str(len(payload)))
            self.end_headers()
            self.wfile.write(payload)

        do_GET = do_POST

        def log_message(self, format: str, *args: Any) -> None:
            """The calls are recorded, not logged."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    slack = SmallSlack(f"http://127.0.0.1:{server.server_address[1]}/api/")
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield slack
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
