"""The pipeline: what is due is read, and what it says that is new is stored.

::

    store.sources.claim_due        a lease: nobody else reads this source meanwhile
      -> source.request            a GET, conditional on the last body that parsed
      -> fetcher.fetch             304, or the same bytes again? then only the state is written
      -> source.parse              no feed? a failure; validators stay those of the last good body
      -> recognise, plan.changes   new, edited, unchanged, vanished, returned: by id and entry hash
      -> draft_of                  extract -> classify -> chunk
      -> store.items.write_many    whole items, a few dozen a transaction
      -> endings.write             last, many at a time: states, next due times, leases given back

A crash anywhere before `endings.write` leaves the old state, so the source is read again and what was written
already is found unchanged. This file runs many readings at once; `ingest.reading` is one of them.
Embedding is another step (`kb.embed_step`), articles too (`ingest.articles`).
"""

import random
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime
from queue import Empty, SimpleQueue

from ingest.articles import ArticleReport, refresh_articles
from ingest.ending import Ended, Endings
from ingest.fetch import Fetcher
from ingest.network import Network
from ingest.reading import LEASE_S, Reader
from ingest.report import SourceReport
from ingest.source import Source
from kb.settings import Settings
from kb.store import Store
from kb.types import SourceRecord

__all__ = ["ArticleReport", "SourceReport", "refresh", "refresh_articles"]

HOLD_EVERY_S = LEASE_S / 3
IDLE_S = 0.25  # endings wait no longer than this for others to be written with
BATCH = 100
AHEAD = 32  # sources claimed at a time, read or not: a statement each would cost more than the reading of most


def refresh(
    store: Store,
    fetcher: Fetcher,
    sources: Mapping[str, Source],
    settings: Settings,
    clock: Callable[[], datetime],
    rng: random.Random,
    *,
    owner: str,
    all_sources: bool = False,
    say: Callable[[str], None] | None = None,
    stop: threading.Event | None = None,
    network: Network | None = None,
) -> list[SourceReport]:
    """Read every source that is due, or all; each in its own thread. Reports in order of source id.

    `say` hears a line a source. Once `stop` is set, readings under way end as usual and no other begins.
    `network` remembers between calls whether it is us that cannot be reached.
    """
    network = network or Network()
    reader = Reader(store, fetcher, sources, settings, clock, rng, owner, network)
    endings = Endings(store, fetcher, settings, clock, rng, owner, network)
    reports: list[SourceReport] = []
    for report in _Round(reader, endings, settings.fetch_workers, stop).reports(all_sources=all_sources):
        reports.append(report)
        if say:
            say(report.in_words())
    if all_sources:
        reports += reader.left_alone({report.source_id for report in reports})
    return sorted(reports, key=lambda report: report.source_id)


class _Round:
    """One refresh. Threads read; this one claims ahead of them, and writes how readings ended, many at a time."""

    def __init__(self, reader: Reader, endings: Endings, workers: int, stop: threading.Event | None) -> None:
        self._reader = reader
        self._endings = endings
        self._workers = workers
        self._stop = stop
        self._running: dict[Future[Ended], SourceRecord] = {}
        self._over: SimpleQueue[Future[Ended]] = SimpleQueue()
        self._unwritten: list[Ended] = []
        self._unreachable: list[Ended] = []
        self._held = time.monotonic()

    def reports(self, *, all_sources: bool) -> Iterator[SourceReport]:
        todo = deque(self._reader.due(all_sources=all_sources))
        pool = ThreadPoolExecutor(self._workers, thread_name_prefix="ingest")
        try:
            while todo or self._running:
                if self._stop and self._stop.is_set():
                    todo.clear()
                    self._call_off()
                while todo and len(self._running) <= self._workers:
                    self._begin(pool, [todo.popleft() for _ in range(min(AHEAD, len(todo)))], all_sources=all_sources)
                idle = self._gather()
                if self._unwritten and (idle or len(self._unwritten) >= BATCH or not self._running):
                    yield from self._written()
                self._hold()
            self._unwritten += self._endings.judged(self._unreachable)
            yield from self._written()
        finally:
            pool.shutdown(cancel_futures=True)

    def _begin(self, pool: ThreadPoolExecutor, ids: list[int], *, all_sources: bool) -> None:
        for record in self._reader.claim(ids, all_sources=all_sources):
            future = pool.submit(self._reader.read, record)
            self._running[future] = record
            future.add_done_callback(self._over.put)

    def _gather(self) -> bool:
        """Take in what is over; True when nothing was for a while."""
        if not self._running:
            return True
        try:
            future = self._over.get(timeout=IDLE_S if self._unwritten else HOLD_EVERY_S)
        except Empty:
            return True
        while True:
            if (record := self._running.pop(future, None)) is not None:
                ended = self._reader.settled(future, record)
                (self._unreachable if ended.unreachable else self._unwritten).append(ended)
            try:
                future = self._over.get_nowait()
            except Empty:
                return False

    def _written(self) -> list[SourceReport]:
        ended, self._unwritten = self._unwritten, []
        return self._endings.write(ended)

    def _call_off(self) -> None:
        """Readings that have not begun are left to whoever comes next."""
        for future, record in list(self._running.items()):
            if future.cancel():
                del self._running[future]
                self._reader.release(record)

    def _hold(self) -> None:
        if time.monotonic() - self._held > HOLD_EVERY_S:
            waiting = (one.record for one in (*self._unwritten, *self._unreachable))
            self._reader.hold((*self._running.values(), *waiting))
            self._held = time.monotonic()
