"""One reading of one source, from its lease to its ending. `ingest.update` draws the steps."""

import hashlib
import logging
import random
import secrets
import time
from collections.abc import Callable, Collection, Iterable, Mapping
from concurrent.futures import Future
from dataclasses import replace
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from ingest import plan
from ingest.ending import Ended
from ingest.fetch import Fetcher
from ingest.network import Network
from ingest.report import SourceReport
from ingest.source import Page, Request, Response, Source
from ingest.storing import Stored, Storing
from ingest.websub import hub_of
from kb.errors import (
    ConfigurationError,
    FetchError,
    HttpStatus,
    ParseError,
    SteelyardError,
    StoreError,
    TooLarge,
    Unreachable,
)
from kb.settings import Settings
from kb.store import Store
from kb.types import SourceRecord, SourceState

LEASE_S = 60.0  # renewed while a reading goes on, so a killed process keeps a source from others no longer than this
MAX_PAGES = 20  # of one source that hands out its items in pages
MAX_HISTORY_PAGES = 10  # of a feed's archive, read once

log = logging.getLogger("steelyard.ingest")


class Reader:
    """What every reading needs. Thread-safe as its parts are."""

    def __init__(
        self,
        store: Store,
        fetcher: Fetcher,
        sources: Mapping[str, Source],
        settings: Settings,
        clock: Callable[[], datetime],
        rng: random.Random,
        owner: str,
        network: Network,
    ) -> None:
        self._store = store
        self._fetcher = fetcher
        self._sources = sources
        self._settings = settings
        self._clock = clock
        self._rng = rng
        self._owner = owner
        self._network = network
        self._storing = Storing(store, settings, clock)

    # ------------------------------------------------------------ leases

    def due(self, *, all_sources: bool) -> list[int]:
        return self._store.sources.due(all_sources=all_sources)

    def claim(self, ids: Collection[int], *, all_sources: bool) -> list[SourceRecord]:
        """Those of `ids` that are still due and that nobody else has."""
        return self._store.sources.claim_due(
            owner=self._owner, limit=len(ids), lease_s=LEASE_S, all_sources=all_sources, only=ids
        )

    def hold(self, records: Iterable[SourceRecord]) -> None:
        """Keep the leases of readings that go on. A lost one is noticed when they end."""
        self._store.sources.renew_all([record.id for record in records], owner=self._owner, lease_s=LEASE_S)

    def release(self, record: SourceRecord) -> None:
        self._store.sources.release(record.id, owner=self._owner)

    def left_alone(self, seen: Collection[int]) -> list[SourceReport]:
        """Active sources that were not to be claimed, and why."""
        now = self._clock()
        records = [r for r in self._store.sources.list() if r.status == "active" and r.id not in seen]
        return [_report(record, "blocked", reason=_why_left(record.state, now)) for record in records]

    # ------------------------------------------------------------ a reading

    def read(self, record: SourceRecord) -> Ended:
        """Read a claimed source. Its failures are reports; those of the database are raised."""
        begun_at, begun = self._clock(), time.monotonic()
        try:
            ended = self._read(record, begun_at)
            self._network.reached(self._clock())
        except StoreError:
            raise
        except SteelyardError as error:
            if isinstance(error, HttpStatus | ParseError | TooLarge):
                self._network.reached(self._clock())
            ended = self._failed(record, error, begun_at)
        return replace(ended, report=replace(ended.report, seconds=time.monotonic() - begun))

    def settled(self, future: "Future[Ended]", record: SourceRecord) -> Ended:
        """How a finished thread ended. A defect of ours fails that source alone, under a reference in the log."""
        error = future.exception()
        if error is None:
            return future.result()
        if isinstance(error, StoreError) or not isinstance(error, Exception):
            raise error
        reference = secrets.token_hex(4)
        log.error("defect while reading source %s (%s)", record.id, reference, exc_info=error)
        defect = SteelyardError(f"a defect in Steelyard; the log tells more under {reference}")
        return self._failed(record, defect, self._clock())

    def _read(self, record: SourceRecord, begun: datetime) -> Ended:
        source = self._source(record)
        response = self._fetcher.fetch(source.request(record))
        if response.status == 304:
            return self._done(record, response, begun, "not_modified")
        sha256 = hashlib.sha256(response.body).hexdigest()
        if sha256 == record.state.body_sha256:
            unchanged = self._store.items.count_present(record.id)
            return self._done(record, response, begun, "fetched", unchanged=unchanged)
        page, size = self._whole_page(source, record, response)
        stored = self._storing.keep(record, response, page)
        history, trouble = self._history(source, record, page)
        self._want_hub(record, response, page)
        return self._done(
            record,
            response,
            begun,
            "fetched",
            page=page,
            sha256=None if size > len(response.body) else sha256,
            stored=stored,
            bytes=size,
            history=history,
            reason=stored.reason or trouble,
        )

    def _source(self, record: SourceRecord) -> Source:
        if record.kind not in self._sources:
            raise ConfigurationError(f"no kind of source is called {record.kind!r}")
        return self._sources[record.kind]

    def _whole_page(self, source: Source, record: SourceRecord, response: Response) -> tuple[Page, int]:
        """The page with those it continues on, and how many bytes they are."""
        page, size = source.parse(record, response), len(response.body)
        for _ in range(MAX_PAGES - 1):
            if page.next_request is None:
                break
            answer = self._fetcher.fetch(page.next_request)
            page, size = _joined(page, source.parse(record, answer)), size + len(answer.body)
        return replace(page, complete=page.complete and page.next_request is None and not page.window), size

    def _history(self, source: Source, record: SourceRecord, page: Page) -> tuple[int, str | None]:
        """A feed's archive, the first time it is read: how many entries it brought, and what ended it early.

        Only on the feed's own host, page by page at that host's pace, and no further once a page brings nothing.
        """
        if record.state.last_success_at is not None:
            return 0, None
        found, asked = 0, {record.url}
        for _ in range(MAX_HISTORY_PAGES):
            older = page.older_url
            if older is None or older in asked or urlsplit(older).hostname != urlsplit(record.url).hostname:
                break
            asked.add(older)
            try:
                page = source.parse(record, self._fetcher.fetch(Request(url=older)))
            except (FetchError, ParseError) as error:
                return found, f"its history was read in part: {error}"
            new = self._storing.keep_history(record, page)
            found += new
            if not new:
                break
        return found, None

    def _want_hub(self, record: SourceRecord, response: Response, page: Page) -> None:
        hub, topic = hub_of(page, response)
        if hub and self._settings.websub_callback_url:
            self._store.subscriptions.want(record.id, hub, topic or record.url)

    # ------------------------------------------------------------ endings

    def _done(
        self,
        record: SourceRecord,
        response: Response,
        begun: datetime,
        outcome: str,
        *,
        page: Page | None = None,
        sha256: str | None = None,
        stored: Stored | None = None,
        **counts: Any,
    ) -> Ended:
        """Of a body that was not whole no validator is kept: "not modified" shall mean that all facts still hold.

        Nor of the first of several pages (`sha256` None): another may change while it stands.
        """
        stored = stored or Stored()
        state = plan.after_success(
            record.state,
            response,
            page,
            body_sha256=sha256,
            changed=stored.changed,
            settings=self._settings,
            now=self._clock(),
            rng=self._rng,
            usual_s=stored.usual_s,
        )
        if not stored.whole or (page and sha256 is None):
            state = replace(state, etag=None, last_modified=None, body_sha256=None)
        state, url = self._moved(record, response, state)
        title = page.title if page and page.title and not record.title else None
        told = {"title": title or record.title, "bytes": len(response.body), "refused": stored.refused}
        report = _report(record, outcome, **{**told, **stored.counts, **counts})
        return Ended(
            record=record, state=state, report=report, begun=begun, title=title, url=url, confirms=stored.whole
        )

    def _failed(self, record: SourceRecord, error: SteelyardError, begun: datetime) -> Ended:
        state = plan.after_failure(record.state, error, self._settings, self._clock(), self._rng)
        pause = plan.pause_reason(error)
        if pause:
            state = plan.with_notice(state, f"paused: {pause}")
        if record.state.last_success_at is None:
            self._storing.tell_packaged(record, self._sources.get(record.kind))
        return Ended(
            record=record,
            state=state,
            report=_report(record, "failed", reason=str(error)),
            begun=begun,
            pause=pause,
            unreachable=error if isinstance(error, Unreachable) else None,
        )

    def _moved(self, record: SourceRecord, response: Response, state: SourceState) -> tuple[SourceState, str | None]:
        """Follow a permanent move, unless another source lives at the new address already."""
        if response.moved_to in (None, record.url):
            return state, None
        there = self._store.sources.find(str(response.moved_to), workspace_id=record.workspace_id)
        if there and there.id != record.id and there.workspace_id == record.workspace_id:
            notice = f"moved permanently to {response.moved_to}, which is source {there.id} already"
            return plan.with_notice(state, notice), None
        notice = f"moved permanently from {record.url} to {response.moved_to}"
        return plan.with_notice(state, notice), response.moved_to


def _report(record: SourceRecord, outcome: str, **fields: Any) -> SourceReport:
    said: dict[str, Any] = {"source_id": record.id, "url": record.url, "title": record.title, "outcome": outcome}
    return SourceReport(**(said | fields))


def _joined(page: Page, more: Page) -> Page:
    return replace(
        page,
        items=page.items + more.items,
        facts=page.facts + more.facts,
        refused=page.refused + more.refused,
        complete=page.complete and more.complete,
        window=page.window or more.window,
        next_request=more.next_request,
    )


def _why_left(state: SourceState, now: datetime) -> str:
    if state.blocked_until and state.blocked_until > now:
        return f"the server asked us to stay away until {state.blocked_until:%Y-%m-%d %H:%M} UTC"
    return f"another process is reading it; should that have died, it is free within {LEASE_S:.0f} s"
