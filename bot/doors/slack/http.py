"""Signed HTTP events, and the pages of an installation: the standard library's server, one thread a request.

It listens on loopback unless told otherwise: put a proxy that speaks TLS in front. Bolt checks every signature.
"""

from collections.abc import Callable, Mapping, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import MappingProxyType
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from kb.errors import ConfigurationError

if TYPE_CHECKING:
    from slack_bolt import App, BoltRequest, BoltResponse

    Page = Callable[[BoltRequest], BoltResponse]

EVENTS_PATH = "/slack/events"
BODY_LIMIT = 1_000_000  # bytes; Slack's payloads are far smaller


class EventServer(ThreadingHTTPServer):
    """Answers POSTs to `EVENTS_PATH` where there is an app that checks signatures, and GETs of `pages`.

    The caller runs `serve_forever` and `shutdown`.
    """

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], app: "App | None", pages: "Mapping[str, Page]") -> None:
        super().__init__(address, _Handler)
        self.app = app
        self.pages = pages


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "steelyard"
    sys_version = ""
    timeout = 15  # seconds that a client may take to send its request
    server: EventServer

    def do_POST(self) -> None:
        length = self.headers.get("content-length") or ""
        if urlsplit(self.path).path != EVENTS_PATH or self.server.app is None:
            self._answer(404, {}, "not found")
        elif not length.isdigit() or int(length) > BODY_LIMIT:
            self._answer(413, {}, "too large")
        else:
            body = self.rfile.read(int(length)).decode("utf-8", errors="replace")
            response = self.server.app.dispatch(self._request(body))
            self._answer(response.status, response.first_headers_without_set_cookie(), response.body)

    def do_GET(self) -> None:
        page = self.server.pages.get(urlsplit(self.path).path)
        if page is None:
            self._answer(404, {}, "not found")
            return
        response = page(self._request(""))
        self._answer(response.status, response.first_headers(), response.body)

    def _request(self, body: str) -> "BoltRequest":
        from slack_bolt import BoltRequest

        headers: dict[str, str | Sequence[str]] = {name.lower(): value for name, value in self.headers.items()}
        return BoltRequest(body=body, query=urlsplit(self.path).query, headers=headers)

    def _answer(self, status: int, headers: dict[str, str], text: str) -> None:
        payload = text.encode()
        self.send_response(status)
        for name, value in headers.items():
            if name.lower() not in ("content-length", "connection"):
                self.send_header(name, value)
        self.send_header("content-length", str(len(payload)))
        self.send_header("connection", "close")
        self.end_headers()
        self.wfile.write(payload)
        self.close_connection = True

    def log_message(self, format: str, *args: Any) -> None:
        """Request lines are no news."""


def event_server(app: "App | None", listen: str, pages: "Mapping[str, Page]" = MappingProxyType({})) -> EventServer:
    """A server bound to `listen` (host:port, port 0 picks one). Without an app it takes no events."""
    host, _, port = listen.rpartition(":")
    if not host or not port.isdigit():
        raise ConfigurationError(f"cannot listen on {listen!r}", hint="set STEELYARD_SLACK_LISTEN to host:port")
    try:
        return EventServer((host.strip("[]"), int(port)), app, pages)
    except OSError as error:
        raise ConfigurationError(
            f"cannot listen on {listen}: {error.strerror}", hint="set STEELYARD_SLACK_LISTEN to a free host:port"
        ) from error
