"""A recording proxy in front of a Slack stand-in: checks every call, keeps what the peer drops, injects faults.

Its streaming is ours, not Slack's: start, append and stop become postMessage and update, an update of a running stream
is refused and so is an append to a stopped one, as Slack's documentation says. It shows our order of calls, no more.
"""

import json
import threading
import time
from collections import defaultdict, deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit
from urllib.request import Request, urlopen

from tests.peers.validate import Validator, from_form

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Call:
    method: str
    arguments: Json
    at: float


@dataclass(frozen=True, slots=True)
class Fault:
    """What happens to the next call of a method. `before`: instead of it; else after it, its answer is not sent."""

    status: int = 200
    body: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    before: bool = True
    hold: threading.Event | None = None  # wait for this, then drop the connection
    lost: bool = False  # drop the connection
    reached: threading.Event = field(default_factory=threading.Event)


def refused(error: str) -> Fault:
    return Fault(body={"ok": False, "error": error})


def rate_limited(retry_after_s: int) -> Fault:
    return Fault(status=429, body={"ok": False, "error": "ratelimited"}, headers={"Retry-After": str(retry_after_s)})


@dataclass(slots=True)
class Stream:
    text: str = ""
    running: bool = True


class RecordingProxy:
    """`url` is the API base for a bot. Use as a context manager."""

    def __init__(self, upstream: str, validator: Validator, *, streams: bool = True, scopes: str = "") -> None:
        self.upstream = upstream.rstrip("/")
        self.calls: list[Call] = []
        self.problems: list[str] = []
        self._validator = validator
        self._offers_streams = streams
        self._scopes = scopes
        self._faults: dict[str, deque[Fault]] = defaultdict(deque)
        self._metadata: dict[tuple[str, str], Json] = {}
        self._streams: dict[tuple[str, str], Stream] = {}
        self._lock = threading.RLock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/api/"

    def __enter__(self) -> "RecordingProxy":
        threading.Thread(target=self._server.serve_forever, name="proxy", daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def fail_next(self, method: str, *faults: Fault) -> None:
        self._faults[method].extend(faults)

    def granted(self, scopes: str) -> None:
        """What `auth.test` says from now on was granted, comma separated."""
        self._scopes = scopes

    def called(self, method: str) -> list[Call]:
        return [call for call in list(self.calls) if call.method == method]

    def metadata_of(self, channel: str, ts: str) -> Json | None:
        return self._metadata.get((channel, ts))

    def finished(self, channel: str) -> dict[str, Json]:
        """Metadata by ts of the messages finished by now. Ask before reading them: their text is final then."""
        with self._lock:
            return {ts: kept for (place, ts), kept in self._metadata.items() if place == channel}

    # ------------------------------------------------------------ one call

    def _answer(self, method: str, arguments: Json, token: str) -> tuple[int, Mapping[str, Any], Mapping[str, str]]:
        with self._lock:
            self.calls.append(Call(method, arguments, time.monotonic()))
            self.problems += self._validator.problems(method, arguments)
            fault = self._faults[method].popleft() if self._faults[method] else None
        if fault is not None and fault.before:
            self._strike(fault)
            return fault.status, fault.body, fault.headers
        body = self._mapped(method, arguments, token)
        if fault is not None:
            self._strike(fault)
        headers = {"x-oauth-scopes": self._scopes} if self._scopes and method == "auth.test" else {}
        return 200, body, headers

    def _strike(self, fault: Fault) -> None:
        fault.reached.set()
        if fault.hold is not None:
            fault.hold.wait(60)
        if fault.hold is not None or fault.lost:
            raise ConnectionAbortedError

    def _mapped(self, method: str, arguments: Json, token: str) -> Mapping[str, Any]:
        own: dict[str, Callable[[Json, str], Json]] = {
            "chat.startStream": self._start,
            "chat.appendStream": self._append,
            "chat.stopStream": self._stop,
            "chat.update": self._update,
            "chat.postMessage": self._post,
            "conversations.history": lambda a, t: self._read("conversations.history", a, t),
            "conversations.replies": lambda a, t: self._read("conversations.replies", a, t),
        }
        if method.startswith(("assistant.threads.", "agents.sessions.")):
            return {"ok": True}
        if method in own:
            with self._lock:
                return own[method](arguments, token)
        return self._forward(method, arguments, token)

    def _forward(self, method: str, arguments: Json, token: str) -> Json:
        given = {key: value for key, value in arguments.items() if key != "metadata"}
        who = token if token.startswith("Basic ") else f"Bearer {token}"
        request = Request(
            f"{self.upstream}/api/{method}",
            data=json.dumps(given).encode(),
            headers={"content-type": "application/json; charset=utf-8", "authorization": who},
        )
        with urlopen(request, timeout=20) as response:
            answer: Json = json.loads(response.read())
        return answer

    # ------------------------------------------------------------ what the peer lacks

    def _post(self, arguments: Json, token: str) -> Json:
        answer = self._forward("chat.postMessage", arguments, token)
        if answer.get("ok") and arguments.get("metadata"):
            self._metadata[arguments["channel"], answer["ts"]] = arguments["metadata"]
        return answer

    def _update(self, arguments: Json, token: str) -> Json:
        place = arguments["channel"], arguments["ts"]
        if place in self._streams and self._streams[place].running:
            return {"ok": False, "error": "streaming_state_conflict"}
        answer = self._forward("chat.update", arguments, token)
        if answer.get("ok") and arguments.get("metadata"):
            self._metadata[place] = arguments["metadata"]
        return answer

    def _start(self, arguments: Json, token: str) -> Json:
        if not self._offers_streams:
            return {"ok": False, "error": "unknown_method"}
        stream = Stream(text=_streamed(arguments))
        posted = self._forward(
            "chat.postMessage",
            {
                "channel": arguments["channel"],
                "thread_ts": arguments["thread_ts"],
                "text": stream.text or "…",
            },
            token,
        )
        if posted.get("ok"):
            self._streams[arguments["channel"], posted["ts"]] = stream
        return posted

    def _append(self, arguments: Json, token: str) -> Json:
        stream = self._streams.get((arguments["channel"], arguments["ts"]))
        if stream is None or not stream.running:
            return {"ok": False, "error": "message_not_in_streaming_state"}
        stream.text += _streamed(arguments)
        given = {"channel": arguments["channel"], "ts": arguments["ts"], "text": stream.text}
        return self._forward("chat.update", given, token)

    def _stop(self, arguments: Json, token: str) -> Json:
        place = arguments["channel"], arguments["ts"]
        stream = self._streams.get(place)
        if stream is None or not stream.running:
            return {"ok": False, "error": "message_not_in_streaming_state"}
        stream.text += _streamed(arguments)
        stream.running = False
        shown = [{"type": "markdown", "text": stream.text}] if stream.text else []
        blocks = [*shown, *(arguments.get("blocks") or [])]
        given = {"channel": place[0], "ts": place[1], "text": stream.text or "…", "blocks": blocks}
        answer = self._forward("chat.update", given, token)
        if arguments.get("metadata"):
            self._metadata[place] = arguments["metadata"]
        return answer

    def _read(self, method: str, arguments: Json, token: str) -> Json:
        answer = self._forward(method, arguments, token)
        if arguments.get("include_all_metadata"):
            for message in answer.get("messages") or []:
                kept = self._metadata.get((arguments["channel"], message["ts"]))
                if kept and "metadata" not in message:
                    message["metadata"] = kept
        return answer

    # ------------------------------------------------------------ HTTP

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        proxy = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                raw = self.rfile.read(int(self.headers.get("content-length") or 0))
                address = urlsplit(self.path)
                token = self.headers.get("authorization", "").removeprefix("Bearer ")
                if "json" in self.headers.get("content-type", ""):
                    arguments = json.loads(raw or b"{}")
                else:
                    arguments = from_form(dict(parse_qsl(address.query) + parse_qsl(raw.decode())))
                token = arguments.pop("token", None) or token
                try:
                    method = address.path.removeprefix("/api/")
                    status, body, headers = proxy._answer(method, arguments, token)
                except ConnectionAbortedError:
                    self.close_connection = True
                    return
                self._send(status, json.dumps(body).encode(), headers)

            def do_GET(self) -> None:
                if self.path.startswith("/api/"):
                    self.do_POST()
                    return
                self.send_response(302)  # pages for people are the peer's own
                self.send_header("location", f"{proxy.upstream}{self.path}")
                self.send_header("content-length", "0")
                self.end_headers()

            def _send(self, status: int, body: bytes, headers: Mapping[str, str]) -> None:
                self.send_response(status)
                for name, value in {"content-type": "application/json", **headers}.items():
                    self.send_header(name, value)
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: Any) -> None:
                """The calls are recorded, not logged."""

        return Handler


def _streamed(arguments: Json) -> str:
    chunks = arguments.get("chunks") or []
    return str(arguments.get("markdown_text") or "") + "".join(
        chunk["text"] for chunk in chunks if chunk.get("type") == "markdown_text"
    )
