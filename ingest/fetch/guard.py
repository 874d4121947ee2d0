"""Where a request may go: URLs are checked as written, addresses as resolved, at the moment of connecting.

The backend resolves a name, checks what came back and connects to that very address, so a name that
resolves differently a moment later (DNS rebinding) gains nothing. TLS and the Host header keep the name.
"""

import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from typing import Any

import httpcore
import httpx

from kb.errors import FetchError, RefusedAddress, SteelyardError, TooLarge, Unreachable

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolve = Callable[[str, int], list[Address]]

ALLOW = "set STEELYARD_ALLOW_PRIVATE_ADDRESSES=true to let sources live there"
CONNECT_EACH_S = 10.0  # a dead first address must not eat the whole budget of a host that has others
LOOK_UP_S = 10.0  # a name service that is silent for so long will not speak
MOST_LOOK_UPS = 64  # at once, those that nobody waits for any more included
NAT64 = ipaddress.ip_network("64:ff9b::/96")
# Clouds serve their metadata on link-local addresses, which are refused anyway, and Azure on this public one:
# https://learn.microsoft.com/azure/virtual-network/what-is-ip-address-168-63-129-16
METADATA = frozenset({ipaddress.ip_address("168.63.129.16")})


def shown(url: str | httpx.URL) -> str:
    """A URL fit for logs and errors: without user name and password."""
    try:
        parsed = httpx.URL(url)
    except httpx.InvalidURL:
        return "an unreadable URL"
    return str(parsed.copy_with(userinfo=b"")) if parsed.userinfo else str(parsed)


def checked_url(url: str | httpx.URL) -> httpx.URL:
    """The URL without its fragment, or an error that says why nobody may ask it."""
    try:
        parsed = httpx.URL(url)
    except httpx.InvalidURL as error:
        raise FetchError(f"not a URL: {error}", transient=False) from error
    if parsed.scheme not in ("http", "https"):
        raise RefusedAddress(
            f"only http and https are read, not {parsed.scheme or 'a path without a scheme'}: {shown(parsed)}"
        )
    if not parsed.host:
        raise RefusedAddress(f"the URL names no host: {shown(parsed)}")
    if parsed.userinfo:
        raise RefusedAddress(f"a URL with a user name or password is refused: {shown(parsed)}")
    return parsed.copy_with(fragment=None)


def is_public(address: Address) -> bool:
    """Global unicast, also after unwrapping the ways IPv6 has of carrying an IPv4 address."""
    if isinstance(address, ipaddress.IPv6Address) and (inner := _inner(address)) is not None:
        return is_public(inner)
    return address.is_global and not address.is_multicast and not address.is_reserved and address not in METADATA


def _inner(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    if address in NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    teredo = address.teredo
    return address.ipv4_mapped or address.sixtofour or (teredo[1] if teredo else None)


def resolve(host: str, port: int) -> list[Address]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise Unreachable(f"cannot resolve {host}: {getattr(error, 'strerror', None) or error}") from error
    texts = dict.fromkeys(str(entry[4][0]).partition("%")[0] for entry in found)
    return [ipaddress.ip_address(text) for text in texts]


class LookUps:
    """Names resolved with a time-out, which `getaddrinfo` has not: each in a thread that may be left behind."""

    def __init__(self, resolve: Resolve) -> None:
        self._resolve = resolve
        self._free = threading.BoundedSemaphore(MOST_LOOK_UPS)

    def __call__(self, host: str, port: int, wait_s: float) -> list[Address]:
        try:
            return [ipaddress.ip_address(host)]
        except ValueError:
            pass  # a name
        if not self._free.acquire(blocking=False):
            raise Unreachable(f"cannot resolve {host}: {MOST_LOOK_UPS} other names still wait for the name service")
        answer: Future[list[Address]] = Future()
        threading.Thread(target=self._ask, args=(host, port, answer), daemon=True, name="look-up").start()
        try:
            return answer.result(wait_s)
        except TimeoutError:
            raise Unreachable(f"cannot resolve {host}: no answer from the name service in {wait_s:.3g} s") from None

    def _ask(self, host: str, port: int, answer: "Future[list[Address]]") -> None:
        try:
            answer.set_result(self._resolve(host, port))
        except SteelyardError as error:
            answer.set_exception(error)
        finally:
            self._free.release()


class Budget:
    """Seconds that one reading may take over all its redirects; waiting for a turn is not counted."""

    def __init__(self, total_s: float) -> None:
        self.total_s = self.left_s = total_s


class Deadline(threading.local):
    """When this thread's exchange must be over, in `time.monotonic()` seconds. Sockets ask it before every wait."""

    at: float | None = None
    total_s: float = 0.0

    @contextmanager
    def within(self, budget: Budget) -> Iterator[None]:
        begun = time.monotonic()
        self.at, self.total_s = begun + budget.left_s, budget.total_s
        try:
            yield
        finally:
            self.at = None
            budget.left_s -= time.monotonic() - begun

    def bound(self, timeout: float | None) -> float | None:
        """The shorter of `timeout` and what is left; `TooLarge` when nothing is."""
        if self.at is None:
            return timeout
        left = self.at - time.monotonic()
        if left <= 0:
            raise TooLarge(f"took longer than {self.total_s:g} s in all")
        return left if timeout is None else min(timeout, left)

    @contextmanager
    def naming_itself(self) -> Iterator[None]:
        """A wait that ended because the whole budget was spent says so, and not that one read was slow."""
        try:
            yield
        except httpcore.TimeoutException:
            self.bound(None)
            raise


class GuardedBackend(httpcore.NetworkBackend):
    """httpcore's sockets, to checked addresses only and never past the deadline."""

    def __init__(self, deadline: Deadline, resolve: Resolve, *, allow_private: bool) -> None:
        self._sockets = httpcore.SyncBackend()
        self._deadline = deadline
        self._look_up = LookUps(resolve)
        self._allow_private = allow_private

    def _allowed(self, host: str, port: int, timeout: float | None) -> list[Address]:
        wait_s = self._deadline.bound(LOOK_UP_S if timeout is None else min(timeout, LOOK_UP_S))
        addresses = self._look_up(host, port, LOOK_UP_S if wait_s is None else wait_s)
        allowed = [address for address in addresses if self._allow_private or is_public(address)]
        if not allowed:
            listed = ", ".join(map(str, addresses)) or "no address"
            raise RefusedAddress(f"{host} is at {listed}: private, local or reserved addresses are refused", hint=ALLOW)
        return allowed

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        addresses = self._allowed(host, port, timeout)
        failure: httpcore.ConnectError | httpcore.ConnectTimeout | None = None
        for left, address in zip(range(len(addresses), 0, -1), addresses, strict=True):
            wait = self._deadline.bound(timeout)
            if left > 1 and wait is not None:
                wait = min(wait, CONNECT_EACH_S)
            try:
                stream = self._sockets.connect_tcp(str(address), port, wait, local_address, socket_options)
                return _Stream(stream, self._deadline)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
        raise failure or httpcore.ConnectError(f"{host} has no address")

    def connect_unix_socket(self, path: str, *_: object, **__: object) -> httpcore.NetworkStream:
        raise RefusedAddress(f"sockets in the file system are refused: {path}")

    def sleep(self, seconds: float) -> None:
        self._sockets.sleep(seconds)


class _Stream(httpcore.NetworkStream):
    def __init__(self, inner: httpcore.NetworkStream, deadline: Deadline) -> None:
        self._inner = inner
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        with self._deadline.naming_itself():
            return self._inner.read(max_bytes, self._deadline.bound(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        with self._deadline.naming_itself():
            self._inner.write(buffer, self._deadline.bound(timeout))

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        secured = self._inner.start_tls(ssl_context, server_hostname, self._deadline.bound(timeout))
        return _Stream(secured, self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)
