"""One reading of one source, from its lease to its state. `ingest.update` draws the steps."""

import hashlib
import logging
import random
import secrets
import time
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from concurrent.futures import Future
from dataclasses import replace
from datetime import datetime
from typing import Any

from ingest import plan
from ingest.draft import draft_of, wants_article
from ingest.facts import FactChanges, fact_changes, key_prefix, stated_on, too_few
from ingest.fetch import Fetcher
from ingest.identity import content_hash, entry_hash, recognise, rekeyed
from ingest.report import SourceReport
from ingest.source import Packaged, Page, Response, Source
from kb.errors import BadInput, ConfigurationError, ParseError, SteelyardError, StoreError
from kb.settings import Settings
from kb.store import Store
from kb.types import ItemHead, Moved, RawItem, SourceRecord, SourceState

LEASE_S = 60.0  # renewed while a reading goes on, so a killed process keeps a source from others no longer than this
MAX_PAGES = 20  # of one source that hands out its items in pages

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
    ) -> None:
        self._store = store
        self._fetcher = fetcher
        self._sources = sources
        self._settings = settings
        self._clock = clock
        self._rng = rng
        self._owner = owner

    # ------------------------------------------------------------ leases

    def claim(self, limit: int, *, all_sources: bool, seen: Collection[int]) -> list[SourceRecord]:
        if limit <= 0:
            return []
        return self._store.sources.claim_due(
            owner=self._owner, limit=limit, lease_s=LEASE_S, all_sources=all_sources, exclude=seen
        )

    def hold(self, records: Iterable[SourceRecord]) -> None:
        """Keep the leases of readings that go on. A lost one is noticed by `finish`."""
        for record in records:
            self._store.sources.renew(record.id, owner=self._owner, lease_s=LEASE_S)

    def left_alone(self, seen: Collection[int]) -> list[SourceReport]:
        """Active sources that were not to be claimed, and why."""
        now = self._clock()
        records = [r for r in self._store.sources.list() if r.status == "active" and r.id not in seen]
        return [self._report(record, "blocked", reason=_why_left(record.state, now)) for record in records]

    # ------------------------------------------------------------ a reading

    def read(self, record: SourceRecord) -> SourceReport:
        """Read a claimed source. Its failures are reports; those of the database are raised."""
        begun = time.monotonic()
        try:
            report = self._read(record)
        except StoreError:
            raise
        except SteelyardError as error:
            report = self._failed(record, error)
        return replace(report, seconds=time.monotonic() - begun)

    def settled(self, future: "Future[SourceReport]", record: SourceRecord) -> SourceReport:
        """The report of a finished thread. A defect of ours fails that source alone, under a reference in the log."""
        error = future.exception()
        if error is None:
            return future.result()
        if isinstance(error, StoreError) or not isinstance(error, Exception):
            raise error
        reference = secrets.token_hex(4)
        log.error("defect while reading source %s (%s)", record.id, reference, exc_info=error)
        return self._failed(record, SteelyardError(f"a defect in Steelyard; the log tells more under {reference}"))

    def _read(self, record: SourceRecord) -> SourceReport:
        source = self._source(record)
        response = self._fetcher.fetch(source.request(record))
        if response.status == 304:
            return self._done(record, response, "not_modified")
        sha256 = hashlib.sha256(response.body).hexdigest()
        if sha256 == record.state.body_sha256:
            return self._done(record, response, "fetched", unchanged=self._store.items.count_present(record.id))
        page, size = self._whole_page(source, record, response)
        return self._store_page(record, response, page, sha256=sha256, size=size)

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

    def _store_page(
        self, record: SourceRecord, response: Response, page: Page, *, sha256: str, size: int
    ) -> SourceReport:
        heads = self._store.items.heads(record.id)
        cut = bool(page.facts) and too_few(len(page.items), sum(not head.vanished for head in heads.values()))
        page = replace(page, complete=page.complete and not cut)
        heads, renamed = self._known_again(record, heads, page)
        found = plan.changes(heads, page.items, complete=page.complete)
        written, refused = self._write(record, heads, (*found.new, *found.edited))
        if found.vanished:
            self._store.items.mark_vanished(record.id, found.vanished)
        if found.returned:
            self._store.items.mark_returned(record.id, found.returned)
        if found.relinked or found.unhashed:
            self._store.items.relink(record.id, map(_moved, (*found.relinked, *found.unhashed)))
        facts = self._keep_facts(record, response, page) if page.facts else FactChanges()
        gone = f"the body came empty; its {len(found.vanished)} entries are kept" if found.emptied else None
        cut_short = bool(facts.spared) and not page.window
        if cut_short:
            gone = f"the body looks cut: {len(page.items)} records; {facts.spared} facts that it lacks are kept"
        return self._done(
            record,
            response,
            "fetched",
            page=page,
            sha256=sha256,
            changed=bool(found.new or found.edited or found.vanished or found.returned),
            facts=len(facts.added),
            retracted=len(facts.retracted),
            new=written["new"],
            edited=written["edited"],
            unchanged=len(found.unchanged) + written["unchanged"],
            vanished=len(found.vanished),
            returned=len(found.returned),
            duplicates=len(found.duplicates),
            renamed=len(renamed | {item.external_id for item in found.relinked}),
            flapped=written["flapped"] + written["held"],
            emptied=found.emptied,
            refused=(*page.refused, *refused),
            reason=gone,
            bytes=size,
            whole=not cut and not cut_short and not written["held"],
            several=size > len(response.body),
        )

    def _known_again(
        self, record: SourceRecord, heads: dict[str, ItemHead], page: Page
    ) -> tuple[dict[str, ItemHead], set[str]]:
        """The stored entries under the ids that this body gives them, and those of them that have a new one."""
        names = recognise(heads, page.items)
        if not names:
            return heads, set()
        self._store.items.rename(record.id, names)
        return rekeyed(heads, names), set(names.values())

    def _write(
        self, record: SourceRecord, heads: Mapping[str, ItemHead], items: Iterable[RawItem]
    ) -> tuple[Counter[str], list[str]]:
        """One transaction an item. One that cannot be stored is named and does not stop the others."""
        written: Counter[str] = Counter()
        refused = []
        for raw in items:
            now = self._clock()
            try:
                draft = draft_of(record, raw, heads.get(raw.external_id), now)
                if self._settings.full_text and wants_article(record, draft, now):
                    draft = replace(draft, article_due_at=now)
                written[self._store.items.write(record.id, draft, calm=True)] += 1
            except (BadInput, ParseError) as error:
                refused.append(f"{raw.external_id[:200]}: {error}")
        return written, refused

    def _keep_facts(self, record: SourceRecord, response: Response, page: Page) -> FactChanges:
        """Structured records enter directly; what they say no more is retracted, never deleted."""
        stored, events = self._store.facts.all(workspace_id=record.workspace_id)
        own = [fact for fact in stored if fact.workspace_id == record.workspace_id]
        found = fact_changes(
            own,
            events,
            page.facts,
            prefix=key_prefix(record),
            published=stated_on(response),
            complete=page.complete,
        )
        if found.added or found.retracted or found.returned:
            self._store.facts.apply(
                found.added,
                retracted=found.retracted,
                approved=found.returned,
                at=self._clock(),
                actor=f"source {record.id}",
                workspace_id=record.workspace_id,
            )
        return found

    def _tell_packaged(self, record: SourceRecord) -> None:
        """A source never reached says what came with its package; as facts alone, for there is nothing to quote."""
        source = self._sources.get(record.kind)
        if isinstance(source, Packaged):
            response = source.packaged(record, self._clock())
            self._keep_facts(record, response, source.parse(record, response))

    # ------------------------------------------------------------ endings

    def _done(
        self,
        record: SourceRecord,
        response: Response,
        outcome: str,
        *,
        page: Page | None = None,
        sha256: str | None = None,
        changed: bool = False,
        whole: bool = True,
        several: bool = False,
        **counts: Any,
    ) -> SourceReport:
        """Of a body that was not whole no validator is kept: "not modified" shall mean that all facts still hold.

        Nor of the first of several pages: another may change while it stands.
        """
        state = plan.after_success(
            record.state,
            response,
            page,
            body_sha256=sha256,
            changed=changed,
            settings=self._settings,
            now=self._clock(),
            rng=self._rng,
        )
        if whole:
            self._store.facts.confirm(record.id, self._clock().date())
        if several or not whole:
            state = replace(state, etag=None, last_modified=None, body_sha256=None)
        state, url = self._moved(record, response, state)
        title = page.title if page and page.title and not record.title else None
        self._finish(record, state, title=title, url=url)
        counts.setdefault("bytes", len(response.body))
        return self._report(record, outcome, **({"title": title or record.title} | counts))

    def _failed(self, record: SourceRecord, error: SteelyardError) -> SourceReport:
        state = plan.after_failure(record.state, error, self._settings, self._clock(), self._rng)
        pause = plan.pause_reason(error)
        if pause:
            state = plan.with_notice(state, f"paused: {pause}")
        if record.state.last_success_at is None:
            self._tell_packaged(record)
        self._finish(record, state)
        if pause:
            self._store.sources.set_status(record.id, "paused", reason=pause)
        return self._report(record, "failed", reason=str(error))

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

    def _finish(
        self, record: SourceRecord, state: SourceState, *, title: str | None = None, url: str | None = None
    ) -> None:
        if not self._store.sources.finish(record.id, owner=self._owner, state=state, title=title, url=url):
            log.warning("the lease on source %s was lost; another process reads it again", record.id)

    def _report(self, record: SourceRecord, outcome: str, **fields: Any) -> SourceReport:
        said: dict[str, Any] = {"source_id": record.id, "url": record.url, "title": record.title, "outcome": outcome}
        return SourceReport(**(said | fields))


def _moved(raw: RawItem) -> Moved:
    return Moved(external_id=raw.external_id, url=raw.url, entry_hash=entry_hash(raw), content_hash=content_hash(raw))


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
