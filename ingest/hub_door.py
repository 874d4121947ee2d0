"""Where hubs reach us: a small server on loopback, unless told otherwise. Put a proxy that speaks TLS in front."""

import logging
import secrets
from collections.abc import Callable
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from ingest.websub import PATH, confirmed, heard
from kb.errors import ConfigurationError, SteelyardError
from kb.settings import Settings
from kb.store import Store

BODY_LIMIT = 10_000_000  # bytes, as for a feed; it is hashed and dropped

log = logging.getLogger("steelyard.ingest")


class HubDoor(ThreadingHTTPServer):
    """The caller runs `serve_forever` and `shutdown`."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, address: tuple[str, int], store: Store, clock: Callable[[], datetime]) -> None:
        super().__init__(address, _Handler)
        self.store = store
        self.clock = clock


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "steelyard"
    sys_version = ""
    timeout = 15  # seconds that a client may take to send its request
    server: HubDoor

    def do_GET(self) -> None:
        """A hub asks whether a subscription is ours."""
        self._guarded(self._confirm)

    def do_POST(self) -> None:
        """A hub has news. What is not signed is dropped without a word to its sender."""
        self._guarded(self._hear)

    def _confirm(self) -> None:
        told = dict(parse_qsl(urlsplit(self.path).query))
        answer = confirmed(self.server.store, self._token(), told, self.server.clock())
        self._answer(404, "") if answer is None else self._answer(200, answer)

    def _hear(self) -> None:
        length = self.headers.get("content-length") or ""
        if not length.isdecimal() or int(length) > BODY_LIMIT:
            self._answer(413, "")
            return
        body = self.rfile.read(int(length))
        if not heard(self.server.store, self._token(), self.headers.get("x-hub-signature") or "", body):
            log.info("news without a good signature were dropped")
        self._answer(202, "")

    def _token(self) -> str:
        path = urlsplit(self.path).path
        return path.rpartition("/")[2] if PATH in path else ""

    def _guarded(self, act: Callable[[], None]) -> None:
        try:
            act()
        except SteelyardError as error:
            reference = secrets.token_hex(4)
            log.warning("a hub was not heard (%s): %s", reference, error)
            self._answer(503, reference)

    def _answer(self, status: int, text: str) -> None:
        payload = text.encode()
        self.send_response(status)
        self.send_header("content-type", "text/plain; charset=utf-8")
        self.send_header("content-length", str(len(payload)))
        self.send_header("connection", "close")
        self.end_headers()
        self.wfile.write(payload)
        self.close_connection = True

    def log_message(self, format: str, *args: Any) -> None:
        """Request lines are no news."""


def hub_door(store: Store, settings: Settings, clock: Callable[[], datetime]) -> HubDoor:
    """Bound to `websub_listen` (host:port, port 0 picks one)."""
    host, _, port = settings.websub_listen.rpartition(":")
    if not host or not port.isdecimal():
        raise ConfigurationError(
            f"cannot listen on {settings.websub_listen!r}", hint="set STEELYARD_WEBSUB_LISTEN to host:port"
        )
    try:
        return HubDoor((host.strip("[]"), int(port)), store, clock)
    except OSError as error:
        raise ConfigurationError(
            f"cannot listen on {settings.websub_listen}: {error.strerror}",
            hint="set STEELYARD_WEBSUB_LISTEN to a free host:port",
        ) from error
