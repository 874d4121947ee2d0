"""A connection that can be shut from another thread: closing a socket does not wake who reads from it, a shutdown does.

The SDKs of OpenAI, Anthropic and Google speak through an `httpx2` client of ours. One client serves every call of a
generator (making one reads certificates); what belongs to a call hangs on the thread that makes it.
"""

import socket
import threading
from collections.abc import Mapping
from contextlib import suppress
from functools import cached_property
from typing import TYPE_CHECKING, Any

from bot.generate import Limits
from kb.errors import GenerationError

if TYPE_CHECKING:
    from httpx2 import Client, Request


class Line:
    """One call. `body`: what has a `shutdown` that wakes its reader, where there is no socket to be had."""

    def __init__(self, limits: Limits) -> None:
        self.connect_s = min(limits.connect_s, limits.timeout_s)
        self.read_s = min(limits.timeout_s, limits.silence_s or limits.timeout_s)
        self.network: Any = None
        self.body: Any = None

    def hang_up(self) -> None:
        with suppress(OSError, ValueError, RuntimeError, AttributeError):  # it ended meanwhile
            if self.network is not None:
                self.network.get_extra_info("socket").shutdown(socket.SHUT_RDWR)
            if self.body is not None:
                self.body.shutdown()


class Switchboard:
    """The `httpx2` client, and which line the calling thread is on."""

    def __init__(self) -> None:
        self._here = threading.local()

    @cached_property
    def client(self) -> "Client":
        """No connection is kept: a call finds its own socket only where it opens one."""
        import httpx2

        limits = httpx2.Limits(max_keepalive_connections=0)
        return httpx2.Client(limits=limits, event_hooks={"request": [self._begin]}, follow_redirects=False)

    def take(self, line: Line) -> None:
        """The calling thread's requests are of this line from now on."""
        self._here.line = line

    def _begin(self, request: "Request") -> None:
        """https://www.encode.io/httpcore/extensions/ : `timeout` in seconds, `trace` is told of every step."""
        line: Line = self._here.line

        def seen(event: str, info: Mapping[str, Any]) -> None:
            if event.endswith(("connect_tcp.complete", "start_tls.complete")):  # TLS wraps the socket: the last counts
                line.network = info["return_value"]

        reads = {"read": line.read_s, "write": line.read_s}
        request.extensions["timeout"] = {"connect": line.connect_s, "pool": line.connect_s, **reads}
        request.extensions["trace"] = seen


def broken(host: str, error: Exception) -> GenerationError | None:
    """What became of the connection; None where the error is of something else."""
    import httpx2

    if isinstance(error, httpx2.TimeoutException):
        return GenerationError(f"{host} did not answer in time", transient=False)
    if isinstance(error, httpx2.HTTPError):
        return GenerationError(f"the connection to {host} failed")
    return None
