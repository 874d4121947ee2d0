"""Bodies under caps, and what response headers promise. No I/O but the iterator it is given."""

import zlib
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Protocol

from kb.errors import FetchError, TooLarge

ACCEPT_ENCODING = "gzip, deflate"
STEP = 262_144  # the most that is unpacked before the cap is looked at again


class _Decoder(Protocol):
    def feed(self, data: bytes) -> Iterator[bytes]: ...

    def finish(self) -> None: ...


def read_body(pieces: Iterable[bytes], headers: Mapping[str, str], *, max_bytes: int, max_decoded: int) -> bytes:
    """The whole decoded body; stops at the first byte over either cap, so a bomb is never unpacked."""
    if (promised := content_length(headers)) is not None and promised > max_bytes:
        raise TooLarge(f"the body has {promised:,} bytes; the cap is {max_bytes:,}")
    decoder = _decoder(headers.get("content-encoding", ""))
    sent, decoded = 0, bytearray()
    for piece in pieces:
        sent += len(piece)
        if sent > max_bytes:
            raise TooLarge(f"the body is over {max_bytes:,} bytes")
        for part in decoder.feed(piece):
            decoded += part
            if len(decoded) > max_decoded:
                raise TooLarge(f"the body unpacks to more than {max_decoded:,} bytes")
    if sent:
        decoder.finish()
    return bytes(decoded)


def _decoder(encoding: str) -> _Decoder:
    names = [name.strip().lower() for name in encoding.split(",") if name.strip().lower() not in ("", "identity")]
    if not names:
        return _Plain()
    if names in (["gzip"], ["x-gzip"]):
        return _Unpack(gzip=True)
    if names == ["deflate"]:
        return _Unpack(gzip=False)
    raise FetchError(f"the body is encoded as {', '.join(names)}; we asked for {ACCEPT_ENCODING}")


class _Plain:
    def feed(self, data: bytes) -> Iterator[bytes]:
        yield data

    def finish(self) -> None:
        pass


class _Unpack:
    """gzip (several members, as RFC 1952 allows) or deflate (with or without the zlib header, as servers do)."""

    def __init__(self, *, gzip: bool) -> None:
        self._gzip = gzip
        self._unpack = zlib.decompressobj(31 if gzip else 15)
        self._begun = self._done = False

    def feed(self, data: bytes) -> Iterator[bytes]:
        try:
            while data and not self._done:
                part = self._unpack_part(data)
                data = self._unpack.unconsumed_tail
                if part:
                    yield part
                if self._unpack.eof:
                    data = self._next_member(self._unpack.unused_data)
        except zlib.error as error:
            raise FetchError(f"the body does not unpack: {error}") from error

    def _unpack_part(self, data: bytes) -> bytes:
        begun, self._begun = self._begun, True
        try:
            return self._unpack.decompress(data, STEP)
        except zlib.error:
            if self._gzip or begun:
                raise
            self._unpack = zlib.decompressobj(-15)
            return self._unpack.decompress(data, STEP)

    def _next_member(self, rest: bytes) -> bytes:
        if self._gzip and rest.startswith(b"\x1f"):
            self._unpack = zlib.decompressobj(31)
            return rest
        self._done = True  # padding after the end is common and harmless
        return b""

    def finish(self) -> None:
        """A stream that never reached its end was cut, and what is cut is never parsed."""
        try:
            rest = self._unpack.flush()
        except zlib.error as error:
            raise FetchError(f"the body does not unpack: {error}") from error
        if rest or not (self._done or self._unpack.eof):
            raise FetchError("the compressed body ends early")


def content_length(headers: Mapping[str, str]) -> int | None:
    value = headers.get("content-length", "")
    return int(value) if value.isdecimal() and value.isascii() else None


def http_date(value: str) -> datetime | None:
    try:
        parsed = parsedate_to_datetime(value)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return parsed.replace(tzinfo=UTC) if parsed.tzinfo is None else parsed.astimezone(UTC)


def retry_after_s(headers: Mapping[str, str], now: datetime) -> float | None:
    """Seconds to stay away: Retry-After is a number, or a date by the server's own clock (by ours, where that makes no
    sense). None: absent or nonsense.
    """
    value = headers.get("retry-after", "").strip()
    if value.isascii() and value.isdecimal():
        return float(value[:12])
    at = http_date(value) if value else None
    if at is None:
        return None
    said_at = http_date(headers.get("date", ""))
    return max(0.0, (at - (said_at if said_at and said_at < at else now)).total_seconds())


def fresh_for_s(headers: Mapping[str, str], now: datetime) -> float | None:
    """How long the answer stays fresh by Cache-Control max-age (less Age), else by Expires. None: not said."""
    directives = {}
    for part in headers.get("cache-control", "").lower().split(","):
        name, _, value = part.strip().partition("=")
        directives[name] = value.strip('" ')
    if directives.keys() & {"no-cache", "no-store"}:
        return None
    if (age := directives.get("max-age", "")).isdecimal() and age.isascii():
        spent = headers.get("age", "0")
        return max(0.0, float(age[:12]) - (float(spent[:12]) if spent.isdecimal() and spent.isascii() else 0.0))
    expires = http_date(headers["expires"]) if "expires" in headers else None
    served = http_date(headers.get("date", "")) or now
    return max(0.0, (expires - served).total_seconds()) if expires else None
