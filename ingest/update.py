"""The pipeline: what is due is read, and what it says that is new is stored.

::

    store.sources.claim_due        a lease: nobody else reads this source meanwhile
      -> source.request            a GET, conditional on the last body that parsed
      -> fetcher.fetch             304, or the same bytes again? then only the state is written
      -> source.parse              no feed? a failure; validators stay those of the last good body
      -> plan.changes              new, edited, unchanged, vanished, returned: by entry hash
      -> draft_of                  extract -> classify -> chunk
      -> store.items.write         one transaction an item
      -> store.sources.finish      last: state, next due time, the lease given back

A crash anywhere before `finish` leaves the old state, so the source is read again and what was written
already is found unchanged. This file runs many readings at once; `ingest.reading` is one of them.
Embedding is another step (`kb.embed_step`), articles too (`ingest.articles`).
"""

import random
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from datetime import datetime

from ingest.articles import ArticleReport, refresh_articles
from ingest.fetch import Fetcher
from ingest.reading import LEASE_S, Reader
from ingest.report import SourceReport
from ingest.source import Source
from kb.settings import Settings
from kb.store import Store
from kb.types import SourceRecord

__all__ = ["ArticleReport", "SourceReport", "refresh", "refresh_articles"]

HOLD_EVERY_S = LEASE_S / 3


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
) -> list[SourceReport]:
    """Read every source that is due, or all; each in its own thread. Reports in order of source id.

    `say` hears a line a source. Once `stop` is set, readings under way end as usual and no other begins.
    """
    reader = Reader(store, fetcher, sources, settings, clock, rng, owner)
    reports: list[SourceReport] = []
    for report in _in_threads(reader, settings.fetch_workers, all_sources=all_sources, stop=stop):
        reports.append(report)
        if say:
            say(report.in_words())
    if all_sources:
        reports += reader.left_alone({report.source_id for report in reports})
    return sorted(reports, key=lambda report: report.source_id)


def _in_threads(
    reader: Reader, workers: int, *, all_sources: bool, stop: threading.Event | None
) -> Iterator[SourceReport]:
    seen: set[int] = set()
    running: dict[Future[SourceReport], SourceRecord] = {}
    held = time.monotonic()
    with ThreadPoolExecutor(workers, thread_name_prefix="ingest") as pool:
        while True:
            free = 0 if stop and stop.is_set() else workers - len(running)
            for record in reader.claim(free, all_sources=all_sources, seen=seen):
                seen.add(record.id)
                running[pool.submit(reader.read, record)] = record
            if not running:
                return
            done, _ = wait(running, timeout=HOLD_EVERY_S, return_when=FIRST_COMPLETED)
            for future in done:
                yield reader.settled(future, running.pop(future))
            if time.monotonic() - held > HOLD_EVERY_S:
                reader.hold(running.values())
                held = time.monotonic()
