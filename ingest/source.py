"""The `Source` port: how one kind of source asks and reads. No I/O inside; `ingest.fetch` does all of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol, runtime_checkable

from kb.types import FactDraft, RawItem, SourceRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One GET, or a POST of `form`. `etag` and `last_modified` make it conditional."""

    url: str
    etag: str | None = None
    last_modified: str | None = None
    accept: str = "*/*"
    form: tuple[tuple[str, str], ...] = ()  # what a hub is asked; a redirected form is not sent on
    obey_robots: bool = False  # article pages yes; feeds, which are published to be polled, no


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """A finished answer: 200 with its whole decoded body, or 304 with none.

    `moved_to` is set when every redirect on the way was permanent (301, 308). `fresh_for_s` is what
    Cache-Control max-age or Expires promised, None if neither did.
    """

    url: str  # after redirects
    status: int
    body: bytes
    headers: Mapping[str, str]  # lower-case names
    received_at: datetime
    moved_to: str | None = None
    fresh_for_s: float | None = None

    @property
    def content_type(self) -> str:
        return self.headers.get("content-type", "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What one body held. `complete`: items that are absent have vanished. `refused`: entries left out, and why.

    `window`: the newest of a longer list, never complete: what is absent, facts as well, is old and holds still.
    """

    items: tuple[RawItem, ...] = ()
    facts: tuple[FactDraft, ...] = ()
    title: str = ""
    site_url: str = ""
    ttl_s: float | None = None  # the feed's own wish (ttl, sy:updatePeriod)
    skip_hours: tuple[int, ...] = ()  # in which it does not want to be asked: 0 to 23, UTC
    skip_days: tuple[int, ...] = ()  # likewise; 0 is Monday
    complete: bool = True
    window: bool = False
    refused: tuple[str, ...] = ()
    next_request: Request | None = None
    hub_url: str | None = None
    self_url: str | None = None  # what the feed calls itself to its hub
    older_url: str | None = None  # where its history goes on (RFC 5005)
    extra: Mapping[str, str] = field(default_factory=dict)


class Source(Protocol):
    """Two implementations at least; `ingest.sources.SOURCES` names them all."""

    def request(self, record: SourceRecord) -> Request:
        """The next GET for this source, conditional on what was kept of the last one."""
        ...

    def parse(self, record: SourceRecord, response: Response) -> Page:
        """Read a 200 body. Raises `kb.errors.ParseError` with a reason when it is not of this kind."""
        ...


@runtime_checkable
class Packaged(Source, Protocol):
    """A source whose data also came with a dependency of ours: told until the source is first reached."""

    def packaged(self, record: SourceRecord, now: datetime) -> Response:
        """The data as if it had been fetched; `last-modified` is the day of the package's release."""
        ...
