"""A Slack of our own on loopback: keeps messages with their metadata, which the peers drop, and can be slow.

It answers what announcements and their buttons call, no more; whether a payload is a valid one, tests/peers say.
"""

import json
import random
import threading
import time
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

Json = dict[str, Any]
BOT = "UBOT"


class SlackStub:
    """`url` is the API base. `slow_s`: up to how long before and after a post is kept. Use as a context manager."""

    def __init__(
        self, *, slow_s: float = 0.0, zones: Mapping[str, str] | None = None, admins: frozenset[str] = frozenset()
    ) -> None:
        self.calls: list[tuple[str, Json]] = []
        self.messages: dict[str, list[Json]] = {}
        self.posting = threading.Event()  # set once a post is under way; whoever waits for it clears it
        self._slow_s, self._zones, self._admins = slow_s, dict(zones or {}), admins
        self._random = random.Random(7)
        self._number = 0
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/api/"

    def __enter__(self) -> "SlackStub":
        threading.Thread(target=self._server.serve_forever, name="slack-stub", daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def called(self, method: str) -> list[Json]:
        return [arguments for name, arguments in list(self.calls) if name == method]

    def keys(self, channel: str) -> list[str]:
        """The idempotency keys of what is visible in a channel and its threads, one a message."""
        with self._lock:
            return [str(m["metadata"]["event_payload"]["key"]) for m in self.messages.get(channel, [])]

    def clear(self) -> None:
        with self._lock:
            self.messages.clear()
            self.calls.clear()

    def answer(self, method: str, given: Json) -> Json:
        with self._lock:
            self.calls.append((method, given))
        if method == "chat.postMessage":
            return self._post(given)
        if method in ("conversations.history", "conversations.replies"):
            return {"ok": True, "messages": self._read(method, given), "response_metadata": {"next_cursor": ""}}
        if method == "conversations.open":
            return {"ok": True, "channel": {"id": f"D{given['users']}"}}
        if method == "users.info":
            user = given["user"]
            known = {"id": user, "team_id": "T1", "tz": self._zones.get(user), "is_admin": user in self._admins}
            return {"ok": True, "user": known}
        if method == "users.list":
            return {"ok": True, "members": [{"id": user, "is_admin": True} for user in sorted(self._admins)]}
        return {"ok": True, "user_id": BOT, "bot_id": "B1", "team_id": "T1", "url": "https://t.example/"}

    def _post(self, given: Json) -> Json:
        self.posting.set()
        self._pause()
        with self._lock:
            self._number += 1
            ts = f"{time.time():.0f}.{self._number:06d}"
            self.messages.setdefault(given["channel"], []).append({**given, "ts": ts, "user": BOT})
        self._pause()
        return {"ok": True, "ts": ts, "channel": given["channel"]}

    def _pause(self) -> None:
        if self._slow_s:
            time.sleep(self._random.uniform(0, self._slow_s))

    def _read(self, method: str, given: Json) -> list[Json]:
        with self._lock:
            every = list(self.messages.get(given["channel"], []))
        oldest = float(given.get("oldest") or 0)
        if method == "conversations.history":
            return [m for m in every if not m.get("thread_ts") and float(m["ts"]) >= oldest]
        parent = given["ts"]
        return [m for m in every if parent in (m.get("thread_ts"), m["ts"]) and float(m["ts"]) >= oldest]


def _handler(stub: SlackStub) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers.get("content-length") or 0)).decode()
            address = urlsplit(self.path)
            if "json" in self.headers.get("content-type", ""):
                given = json.loads(raw or "{}")
            else:
                given = dict(parse_qsl(address.query) + parse_qsl(raw))
            given = {name: _plain(name, value) for name, value in given.items() if name != "token"}
            body = json.dumps(stub.answer(address.path.removeprefix("/api/"), given)).encode()
            try:
                self.send_response(200)
                self.send_header("content-type", "application/json")
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)
            except OSError:
                self.close_connection = True  # whoever asked was killed

        do_GET = do_POST

        def log_message(self, *_: object) -> None:
            """The calls are kept, not logged."""

    return Handler


def _plain(name: str, value: Any) -> Any:
    return json.loads(value) if name in ("blocks", "metadata", "view") and isinstance(value, str) else value
