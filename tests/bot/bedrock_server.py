"""A server on loopback that speaks Bedrock's ConverseStream, and misbehaves on demand with llmock's words for it.

The wire format: https://docs.aws.amazon.com/AmazonS3/latest/API/RESTSelectObjectAppendix.html (event stream encoding).
"""

import json
import struct
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

_CODES = {
    400: "ValidationException",
    401: "UnrecognizedClientException",
    403: "AccessDeniedException",
    404: "ResourceNotFoundException",
    429: "ThrottlingException",
    500: "InternalServerException",
    503: "ServiceUnavailableException",
}


@dataclass
class Told:
    """A request as it arrived. Times are of the monotonic clock."""

    path: str
    body: dict[str, Any]
    started_at: float
    ended_at: float = 0.0


@dataclass
class Fault:
    kind: str
    after: int = 0
    seconds: float = 0.0


class BedrockServer:
    """`reply` is a text or a function of the request's body; faults are consumed in order, one a request."""

    def __init__(self) -> None:
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                outer.answer(self)

            def log_message(self, *_: object) -> None:
                """Quiet."""

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._http.daemon_threads = True
        self.reset()

    def __enter__(self) -> Self:
        threading.Thread(target=self._http.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._closing.set()
        self._http.shutdown()
        self._http.server_close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._http.server_port}"

    def reset(self) -> "BedrockServer":
        self.requests: list[Told] = []
        self._faults: list[Fault] = []
        self._fails: list[tuple[int, float | None, str]] = []
        self._say: Callable[[dict[str, Any]], str] = lambda _: "said"
        self._stop, self._pause_s, self._closing = "end_turn", 0.0, threading.Event()
        return self

    def reply(self, say: "str | Callable[[dict[str, Any]], str]", *, stop: str = "end_turn") -> "BedrockServer":
        self._say, self._stop = (lambda _: say) if isinstance(say, str) else say, stop
        return self

    def fail(
        self, status: int, *, times: int = 1, retry_after: float | None = None, message: str = "no"
    ) -> "BedrockServer":
        self._fails += [(status, retry_after, message)] * times
        return self

    def fault(self, kind: str, *, after_chunks: int = 1, seconds: float = 0.0) -> "BedrockServer":
        self._faults.append(Fault(kind, after_chunks, seconds))
        return self

    def pace(self, milliseconds: int) -> "BedrockServer":
        self._pause_s = milliseconds / 1000
        return self

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        body = json.loads(handler.rfile.read(int(handler.headers["content-length"])))
        told = Told(handler.path, body, time.monotonic())
        self.requests.append(told)
        try:
            self._fail(handler) if self._fails else self._stream(handler, body)
        except OSError:
            handler.close_connection = True  # who asked has hung up
        told.ended_at = time.monotonic()

    def _fail(self, handler: BaseHTTPRequestHandler) -> None:
        status, retry_after, message = self._fails.pop(0)
        said = json.dumps({"message": message}).encode()
        handler.send_response(status)
        handler.send_header("x-amzn-ErrorType", _CODES.get(status, "InternalServerException"))
        if retry_after is not None:
            handler.send_header("Retry-After", str(retry_after))
        handler.send_header("Content-Length", str(len(said)))
        handler.end_headers()
        handler.wfile.write(said)

    def _stream(self, handler: BaseHTTPRequestHandler, body: dict[str, Any]) -> None:
        fault = self._faults.pop(0) if self._faults else Fault("none")
        handler.send_response(200)
        handler.send_header("Content-Type", "application/vnd.amazon.eventstream")
        handler.send_header("Connection", "close")
        handler.send_header("Transfer-Encoding", "chunked")
        handler.end_headers()
        handler.close_connection = True
        for number, event in enumerate(self._events(self._say(body))):
            if fault.kind != "none" and number == fault.after + 1:
                self._break(handler, fault)
                if fault.kind != "stall":
                    return
            _send(handler, event)
            time.sleep(self._pause_s)
        handler.wfile.write(b"0\r\n\r\n")

    def _break(self, handler: BaseHTTPRequestHandler, fault: Fault) -> None:
        if fault.kind == "stall":
            self._closing.wait(fault.seconds)
        elif fault.kind == "disconnect":
            _send(handler, _event("contentBlockDelta", {"delta": {"text": "half"}})[:-9])
        elif fault.kind == "truncate":
            handler.wfile.write(b"0\r\n\r\n")
        elif fault.kind == "corrupt":
            _send(handler, b"\x00\x00\x00\x40nonsense" + bytes(60))
        elif fault.kind == "exception":
            _send(handler, _event("modelStreamErrorException", {"message": "it broke"}, exception=True))

    def _events(self, text: str) -> Iterator[bytes]:
        yield _event("messageStart", {"role": "assistant"})
        words = text.split(" ")
        for number, word in enumerate(words):
            piece = word if number == len(words) - 1 else f"{word} "
            yield _event("contentBlockDelta", {"contentBlockIndex": 0, "delta": {"text": piece}})
        yield _event("contentBlockStop", {"contentBlockIndex": 0})
        yield _event("messageStop", {"stopReason": self._stop})
        usage = {"inputTokens": 21, "outputTokens": len(words), "totalTokens": 21 + len(words)}
        yield _event("metadata", {"usage": usage, "metrics": {"latencyMs": 1}})


def _send(handler: BaseHTTPRequestHandler, data: bytes) -> None:
    handler.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
    handler.wfile.flush()


def _event(kind: str, payload: dict[str, Any], *, exception: bool = False) -> bytes:
    kinds = (":message-type", "exception"), (":exception-type", kind)
    headers = kinds if exception else ((":message-type", "event"), (":event-type", kind))
    packed = b"".join(_header(n, v) for n, v in (*headers, (":content-type", "application/json")))
    data = json.dumps(payload).encode()
    prelude = struct.pack("!II", 16 + len(packed) + len(data), len(packed))
    start = prelude + struct.pack("!I", zlib.crc32(prelude)) + packed + data
    return start + struct.pack("!I", zlib.crc32(start))


def _header(name: str, value: str) -> bytes:
    return struct.pack("!B", len(name)) + name.encode() + b"\x07" + struct.pack("!H", len(value)) + value.encode()
