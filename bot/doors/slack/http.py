"""Signed HTTP events: Bolt's own WSGI handler on the standard library's server, one thread a request.

For production put a TLS proxy in front: it listens on loopback unless told otherwise.
"""

import socketserver
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import structlog

from kb.errors import ConfigurationError

if TYPE_CHECKING:
    from slack_bolt import App

log = structlog.get_logger("steelyard.slack")

EVENTS_PATH = "/slack/events"
BODY_LIMIT = 1_000_000  # bytes; Slack's payloads are far smaller


class _Server(socketserver.ThreadingMixIn, WSGIServer):
    daemon_threads = True
    request_queue_size = 128


class _Handler(WSGIRequestHandler):
    timeout = 15  # seconds a client may take to send its request

    def log_message(self, format: str, *args: Any) -> None:
        """Request lines are no news."""


class _Capped:
    """Refuses bodies that are too large or of unknown size before Bolt reads them."""

    def __init__(self, app: Any) -> None:
        self._app = app

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        length = environ.get("CONTENT_LENGTH") or "0"
        if not length.isdigit() or int(length) > BODY_LIMIT:
            start_response("413 Content Too Large", [("content-type", "text/plain;charset=utf-8")])
            return [b"too large"]
        answered: Iterable[bytes] = self._app(environ, start_response)
        return answered


def event_server(app: "App", listen: str) -> WSGIServer:
    """A server bound to `listen` (host:port, port 0 picks one); the caller runs `serve_forever` and `shutdown`."""
    from slack_bolt.adapter.wsgi import SlackRequestHandler

    host, _, port = listen.rpartition(":")
    if not host or not port.isdigit():
        raise ConfigurationError(f"cannot listen on {listen!r}", hint="set STEELYARD_SLACK_LISTEN to host:port")
    wsgi = _Capped(SlackRequestHandler(app, path=EVENTS_PATH))
    try:
        return make_server(host.strip("[]"), int(port), wsgi, server_class=_Server, handler_class=_Handler)
    except OSError as error:
        raise ConfigurationError(
            f"cannot listen on {listen}: {error.strerror}", hint="set STEELYARD_SLACK_LISTEN to a free host:port"
        ) from error
