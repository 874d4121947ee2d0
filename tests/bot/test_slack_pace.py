"""Retry-After is obeyed by every thread, on a real server."""

import json
import logging
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from slack_sdk.errors import SlackApiError

from bot.doors.slack.pace import ATTEMPTS, Pace, paced_client


class Limited(ThreadingHTTPServer):
    """Says 429 for a second from the first call of `chat.postMessage` on; counts who came too early."""

    def __init__(self, refusals: int = 1) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.refusals, self.until, self.early, self.calls = refusals, 0.0, 0, 0
        self.lock = threading.Lock()


class _Handler(BaseHTTPRequestHandler):
    server: Limited

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("content-length") or 0))
        server = self.server
        with server.lock:
            now, limited = time.monotonic(), False
            if self.path.endswith("chat.postMessage"):
                server.calls += 1
                server.early += now < server.until
                if server.refusals:
                    server.refusals, server.until, limited = server.refusals - 1, now + 1.0, True
        body = json.dumps({"ok": not limited, **({"error": "ratelimited"} if limited else {"ts": "1.1"})}).encode()
        self.send_response(429 if limited else 200)
        for name, value in (("Retry-After", "1"),) if limited else ():
            self.send_header(name, value)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Quiet."""


@pytest.fixture
def served(request: pytest.FixtureRequest) -> Iterator[Limited]:
    server = Limited(getattr(request, "param", 1))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def test_one_429_holds_every_thread_and_no_other_method(served: Limited) -> None:
    url = f"http://127.0.0.1:{served.server_address[1]}/api/"
    client = paced_client(token="xoxb-1", base_url=url, timeout_s=5, logger=logging.getLogger("pace"))
    posting = [
        threading.Thread(target=client.chat_postMessage, kwargs={"channel": "C1", "text": "one"}) for _ in range(5)
    ]
    posting[0].start()
    time.sleep(0.2)
    for thread in posting[1:]:
        thread.start()
    before = time.monotonic()
    client.auth_test()
    assert time.monotonic() - before < 0.5
    for thread in posting:
        thread.join(10)
    assert (served.calls, served.early) == (6, 0)


@pytest.mark.parametrize("served", [ATTEMPTS + 1], indirect=True)
def test_patience_ends(served: Limited) -> None:
    url = f"http://127.0.0.1:{served.server_address[1]}/api/"
    client = paced_client(token="xoxb-1", base_url=url, timeout_s=5, logger=logging.getLogger("pace"))
    with pytest.raises(SlackApiError):
        client.chat_postMessage(channel="C1", text="one")
    assert served.early == 0


def test_those_who_waited_take_turns() -> None:
    now, slept = [0.0], []

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        now[0] += seconds

    pace = Pace(lambda: now[0], sleep)
    pace.wait("m")
    pace.hold("m", 2.0)
    turns = []
    for _ in range(3):
        pace.wait("m")
        turns.append(round(now[0], 2))
    assert turns == [2.05, 2.1, 2.15]
    pace.wait("other")
    now[0] += 10
    pace.wait("m")
    assert round(now[0], 2) == 12.15
