"""Full text for entries whose feed sent only a summary: a step of its own, leased item by item.

::

    store.items.claim_articles -> fetcher.fetch (robots.txt obeyed) -> extract_article
      -> store.items.write (a "full_text" version: no edit, no news) -> store.items.finish_article

The entry's own text stays stored and quotable; what cannot be had is asked for again ever more rarely.
"""

import logging
import random
import secrets
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime

from ingest import plan
from ingest.decode import decode_body
from ingest.draft import enriched
from ingest.extract import extract_article
from ingest.fetch import Fetcher
from ingest.source import Request
from kb.errors import ParseError, SteelyardError, StoreError
from kb.settings import Settings
from kb.store import Store
from kb.types import ItemVersion

ACCEPT = "text/html, application/xhtml+xml;q=0.9, */*;q=0.1"
LEASE_S = 300.0
BATCH = 16
MOST = 200  # articles in one call: the scheduler comes again soon
GAIN = 1.2  # an article must say this much more than its entry did

log = logging.getLogger("steelyard.ingest")


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleReport:
    """`outcome`: "enriched", "no_gain", "failed"."""

    item_id: int
    url: str
    outcome: str
    reason: str | None = None
    next_at: datetime | None = None


def refresh_articles(
    store: Store,
    fetcher: Fetcher,
    settings: Settings,
    clock: Callable[[], datetime],
    rng: random.Random,
    *,
    owner: str,
    limit: int = MOST,
    stop: threading.Event | None = None,
) -> list[ArticleReport]:
    """Fetch articles that are due, a batch at a time, at most `limit`."""
    step = _Articles(store, fetcher, clock, rng, owner)
    reports: list[ArticleReport] = []
    with ThreadPoolExecutor(settings.fetch_workers, thread_name_prefix="articles") as pool:
        while len(reports) < limit and not (stop and stop.is_set()):
            entries = store.items.claim_articles(owner, min(BATCH, limit - len(reports)), LEASE_S)
            if not entries:
                break
            running = [(entry, pool.submit(step.read, entry)) for entry in entries]
            reports += [step.settled(entry, future) for entry, future in running]
    return reports


class _Articles:
    def __init__(
        self, store: Store, fetcher: Fetcher, clock: Callable[[], datetime], rng: random.Random, owner: str
    ) -> None:
        self._store = store
        self._fetcher = fetcher
        self._clock = clock
        self._rng = rng
        self._owner = owner

    def read(self, entry: ItemVersion) -> ArticleReport:
        try:
            outcome = self._read(entry)
        except StoreError:
            raise
        except SteelyardError as error:
            return self._failed(entry, error)
        self._store.items.finish_article(entry.item_id, True, None, owner=self._owner)
        return ArticleReport(item_id=entry.item_id, url=entry.url, outcome=outcome)

    def settled(self, entry: ItemVersion, future: "Future[ArticleReport]") -> ArticleReport:
        """As `ingest.reading.Reader.settled`: a defect fails one article, under a reference in the log."""
        error = future.exception()
        if error is None:
            return future.result()
        if isinstance(error, StoreError) or not isinstance(error, Exception):
            raise error
        reference = secrets.token_hex(4)
        log.error("defect while reading the article of item %s (%s)", entry.item_id, reference, exc_info=error)
        return self._failed(entry, SteelyardError(f"a defect in Steelyard; the log tells more under {reference}"))

    def _read(self, entry: ItemVersion) -> str:
        response = self._fetcher.fetch(Request(url=entry.url, accept=ACCEPT, obey_robots=True))
        kind = response.content_type.partition(";")[0].strip().lower()
        if kind and "html" not in kind:
            raise ParseError(f"{response.url} is {kind}, not an article")
        found = extract_article(decode_body(response.body, response.content_type), response.url)
        if len(found.text) < GAIN * len(entry.text):
            return "no_gain"
        self._store.items.write(entry.source_id, enriched(entry, found))
        return "enriched"

    def _failed(self, entry: ItemVersion, error: SteelyardError) -> ArticleReport:
        next_at = plan.next_article(error, entry.first_seen_at, self._clock(), self._rng)
        self._store.items.finish_article(entry.item_id, False, next_at, owner=self._owner)
        return ArticleReport(item_id=entry.item_id, url=entry.url, outcome="failed", reason=str(error), next_at=next_at)
