"""A replay server on loopback: a folder of recorded bodies, served with the manners and the faults of the real web.

    with ReplayServer(folder) as server:
        server.url("feeds/a.xml")                          # http://127.0.0.1:PORT/feeds/a.xml with ETag, Last-Modified
        server.put("/b.xml", b"<rss>...")                  # a body that is in no file
        server.play("/c.xml", [one, two, three])           # recorded polls; advance("/c.xml") serves the next one
        server.fault("/b.xml", Reply(status=503, retry_after="120"), times=1)
        server.bodies_sent("/b.xml"), server.log           # what clients really asked and got

By hand: `python -m tests.servers DIR --port N` prints its URL and one line a request.
"""

import argparse
import gzip
import hashlib
import mimetypes
import socket
import ssl
import sys
import threading
import time
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from email.message import Message
from email.utils import formatdate, parsedate_to_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import quote, unquote, urlsplit

PIECE = 4096
CHALLENGE = (
    b"<!DOCTYPE html><html><head><title>Just a moment...</title></head><body>Checking your browser</body></html>"
)
TYPES = {
    ".xml": "application/xml",
    ".rss": "application/rss+xml",
    ".atom": "application/atom+xml",
    ".xhtml": "text/html",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """How a path answers. The default is a well-behaved 200; each field is one departure from it."""

    status: int = 200
    body: bytes | None = None  # None: what the path holds
    content_type: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    retry_after: str | None = None
    location: str | None = None
    encoding: str = ""  # "gzip", "deflate", or any other name sent as a lie
    chunked: bool = False
    cut: int | None = None  # promise the whole length, send only so many bytes, hang up
    wait_s: float = 0.0  # before the status line
    drip_s: float = 0.0  # after every piece
    piece: int = PIECE
    validators: bool = True  # send ETag and Last-Modified, honour If-None-Match and If-Modified-Since


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """One request as it was answered."""

    path: str
    status: int
    body_bytes: int
    headers: Mapping[str, str]  # the request's, lower-case names
    at: float  # time.monotonic()


@dataclass(slots=True)
class _Body:
    data: bytes
    content_type: str
    modified: float

    @property
    def etag(self) -> str:
        return f'"{hashlib.sha256(self.data).hexdigest()[:20]}"'


class ReplayServer:
    """Serves `folder` (or only what is `put`) on an ephemeral loopback port. Every method is thread-safe."""

    def __init__(
        self,
        folder: Path | None = None,
        *,
        port: int = 0,
        host: str = "127.0.0.1",
        verbose: bool = False,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self.folder = folder.resolve() if folder else None
        self.verbose = verbose
        self.log: list[Hit] = []
        self._lock = threading.Lock()
        self._put: dict[str, _Body] = {}
        self._plays: dict[str, tuple[list[_Body], int]] = {}
        self._faults: dict[str, list[tuple[Reply, int | None]]] = {}
        self._active = self.most_at_once = 0
        self._server = _Server((host, port), _handler(self))
        if tls:
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True, do_handshake_on_connect=False)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    def url(self, path: str = "") -> str:
        return f"http://127.0.0.1:{self.port}/{quote(path.lstrip('/'))}"

    def files(self, pattern: str = "**/*") -> list[str]:
        assert self.folder is not None
        return sorted(p.relative_to(self.folder).as_posix() for p in self.folder.glob(pattern) if p.is_file())

    def put(
        self, path: str, data: bytes, content_type: str = "application/xml", *, modified: float | None = None
    ) -> str:
        with self._lock:
            self._put[_key(path)] = _Body(data, content_type, time.time() if modified is None else modified)
        return self.url(path)

    def play(self, path: str, bodies: Sequence[bytes | Path]) -> str:
        """Serve the first of `bodies` at `path`; `advance` moves on."""
        read = [b if isinstance(b, bytes) else b.read_bytes() for b in bodies]
        with self._lock:
            made = [_Body(data, "application/xml", 1_700_000_000.0 + 60 * n) for n, data in enumerate(read)]
            self._plays[_key(path)] = (made, 0)
        return self.url(path)

    def advance(self, path: str) -> bool:
        """Serve the next body at `path`; False when the last one is already there."""
        with self._lock:
            bodies, at = self._plays[_key(path)]
            self._plays[_key(path)] = (bodies, min(at + 1, len(bodies) - 1))
            return at + 1 < len(bodies)

    def fault(self, path: str, reply: Reply, *, times: int | None = None) -> str:
        """Answer `path` with `reply`, for `times` requests or for good; faults of one path queue up."""
        with self._lock:
            self._faults.setdefault(_key(path), []).append((reply, times))
        return self.url(path)

    def hits(self, path: str | None = None) -> list[Hit]:
        with self._lock:
            return [hit for hit in self.log if path is None or hit.path == _key(path)]

    def bodies_sent(self, path: str | None = None) -> int:
        """How many answers carried a body of status 200."""
        return sum(hit.status == 200 and hit.body_bytes > 0 for hit in self.hits(path))

    def clear_log(self) -> None:
        with self._lock:
            self.log.clear()

    # ------------------------------------------------------------ for the handler

    def entered(self, step: int) -> None:
        with self._lock:
            self._active += step
            self.most_at_once = max(self.most_at_once, self._active)

    def record(self, hit: Hit, amends: Hit | None = None) -> None:
        """Logged when the answer begins, so that a client which has its answer finds it here; amended if cut short."""
        with self._lock:
            if amends in self.log:
                self.log[self.log.index(amends)] = hit
            else:
                self.log.append(hit)
        if self.verbose and not amends:
            print(hit.status, hit.body_bytes, hit.path, file=sys.stderr, flush=True)

    def body_of(self, path: str) -> _Body | None:
        with self._lock:
            if path in self._plays:
                bodies, at = self._plays[path]
                return bodies[at]
            if path in self._put:
                return self._put[path]
        return self._from_folder(path)

    def _from_folder(self, path: str) -> _Body | None:
        if self.folder is None:
            return None
        file = (self.folder / path.lstrip("/")).resolve()
        if not file.is_relative_to(self.folder):
            return None
        if file.is_dir():
            listing = "\n".join(self.files()) if file == self.folder else ""
            return _Body(listing.encode(), "text/plain; charset=utf-8", 0.0) if listing else None
        return _Body(file.read_bytes(), _type_of(file), file.stat().st_mtime) if file.is_file() else None

    def reply_for(self, path: str) -> Reply:
        with self._lock:
            queue = self._faults.get(path, [])
            if not queue:
                return Reply()
            reply, times = queue[0]
            if times is not None:
                queue[0] = (reply, times - 1)
                if times <= 1:
                    queue.pop(0)
            return reply


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, request: object, client_address: object) -> None:
        """Clients that hang up on a bomb or a slow body are the point of this server, not its errors."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


def _handler(owner: ReplayServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, format: str, *args: object) -> None:
            pass

        def do_GET(self) -> None:
            """Counted until the answer begins: who has one asks no more, though our thread may learn that late."""
            path = _key(self.path)
            reply = owner.reply_for(path)
            owner.entered(1)
            time.sleep(reply.wait_s)
            owner.entered(-1)
            self._answer(path, reply)

        def _answer(self, path: str, reply: Reply) -> None:
            held = owner.body_of(path)
            if reply.body is not None:
                held = _Body(reply.body, reply.content_type or "application/xml", 1_700_000_000.0)
            if held is None and reply.status == 200:
                reply, held = replace(reply, status=404, validators=False), _Body(b"not here", "text/plain", 0.0)
            status, data = reply.status, held.data if held else b""
            if held and status == 200 and reply.validators and _unchanged(self.headers, held):
                status, data = 304, b""
            if status in (204, 304) or (reply.location and reply.body is None):
                data = b""
            data = _encode(data, reply.encoding) if data else data
            asked = {name.lower(): value for name, value in self.headers.items()}
            planned = len(data[: reply.cut])
            hit = Hit(path=path, status=status, body_bytes=planned, headers=asked, at=time.monotonic())
            owner.record(hit)
            self._head(status, reply, held, len(data))
            if (sent := self._body(reply, data)) != planned:
                owner.record(replace(hit, body_bytes=sent), amends=hit)

        def _head(self, status: int, reply: Reply, held: _Body | None, length: int) -> None:
            self.send_response(status)
            if held and reply.validators and status in (200, 304):
                self.send_header("ETag", held.etag)
                self.send_header("Last-Modified", formatdate(held.modified, usegmt=True))
            if status == 200 and held:
                self.send_header("Content-Type", reply.content_type or held.content_type)
            if reply.encoding:
                self.send_header("Content-Encoding", reply.encoding)
            if reply.retry_after:
                self.send_header("Retry-After", reply.retry_after)
            if reply.location:
                self.send_header("Location", reply.location)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            if reply.chunked:
                self.send_header("Transfer-Encoding", "chunked")
            elif status != 304:
                self.send_header("Content-Length", str(length))
            self.end_headers()

        def _body(self, reply: Reply, data: bytes) -> int:
            sent = 0
            size = reply.piece if reply.drip_s else 65536
            for at in range(0, len(data[: reply.cut]), size):
                piece = data[: reply.cut][at : at + size]
                try:
                    self.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece) if reply.chunked else piece)
                    self.wfile.flush()
                except OSError:
                    self.close_connection = True
                    return sent
                sent += len(piece)
                time.sleep(reply.drip_s)
            if reply.cut is not None:
                self.close_connection = True
                self.connection.shutdown(socket.SHUT_WR)
            elif reply.chunked:
                self.wfile.write(b"0\r\n\r\n")
            return sent

    return Handler


def _key(path: str) -> str:
    return "/" + unquote(urlsplit(path).path).lstrip("/")


def _type_of(file: Path) -> str:
    return TYPES.get(file.suffix) or mimetypes.guess_type(file.name)[0] or "application/octet-stream"


def _encode(data: bytes, encoding: str) -> bytes:
    if encoding == "gzip":
        return gzip.compress(data)
    return zlib.compress(data) if encoding == "deflate" else data


def _unchanged(headers: "Message[str, str]", held: _Body) -> bool:
    if tag := headers.get("If-None-Match"):
        return held.etag in tag
    since = headers.get("If-Modified-Since")
    return bool(since) and parsedate_to_datetime(str(since)).timestamp() >= int(held.modified)


def main() -> None:
    parser = argparse.ArgumentParser(description="serve a folder of recorded bodies on loopback")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--port", type=int, default=0)
    options = parser.parse_args()
    with ReplayServer(options.folder, port=options.port, verbose=True) as server:
        print(server.url(), flush=True)
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            return


if __name__ == "__main__":
    main()
