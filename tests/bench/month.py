"""A month of scheduling in minutes: many sources under a simulated clock, through the real store, plan and pace.

The readings are real but for the network: answers are made up, most of them "not modified", some failures, some that
ask to be left alone. Every request is checked against what its source and its host were promised.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import cast
from urllib.parse import urlsplit

from sqlalchemy import select

from ingest.fetch import Fetcher
from ingest.fetch.pace import Pace
from ingest.network import Network
from ingest.source import Page, Request, Response
from ingest.update import refresh
from kb.errors import HttpStatus
from kb.settings import Settings
from kb.store import Store
from kb.tables import Sources, table
from kb.types import Rhythm, SourceDraft, SourceRecord, SourceState

BEGINNING = datetime(2026, 11, 1, tzinfo=UTC)
TICK = timedelta(minutes=1)
PER_HOST = 20
PAUSE_S = 0.5
FAILING, BUSY = 0.02, 0.01  # shares of the answers
BUSY_S = 7200.0
BEATS_S = (900.0, 3600.0, 8640.0, 20_000.0, 60_480.0, 86_400.0)  # a tenth of the time between two entries ...
SHARES = (2, 8, 10, 20, 30, 30)  # ... and how many in a hundred publish so


@dataclass(slots=True)
class Month:
    """What was asked and how late; `broken` names every promise that was not kept."""

    requests: int = 0
    failures: int = 0
    worst_lateness_s: float = 0.0
    sum_lateness_s: float = 0.0
    broken: list[str] = field(default_factory=list)


class Clock:
    def __init__(self) -> None:
        self.at = BEGINNING

    def __call__(self) -> datetime:
        return self.at

    def seconds(self) -> float:
        return (self.at - BEGINNING).total_seconds()

    def sleep(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)


class Quiet:
    """A source that never has news."""

    def request(self, record: SourceRecord) -> Request:
        return Request(url=record.url, etag="1")

    def parse(self, record: SourceRecord, response: Response) -> Page:
        return Page()


class Web:
    """In place of the fetcher: waits its turn, answers, and looks whether it was asked in time and not too soon."""

    def __init__(self, clock: Clock, rng: random.Random, month: Month) -> None:
        self._clock, self._rng, self._month = clock, rng, month
        self._pace = Pace(concurrency=2, pause_s=PAUSE_S, now=clock.seconds, sleep=clock.sleep)
        self._last: dict[str, datetime] = {}
        self.due: dict[str, datetime] = {}
        self.not_before: dict[str, datetime] = {}

    def reaches(self, url: str) -> bool:
        return True

    def fetch(self, request: Request) -> Response:
        host = urlsplit(request.url).netloc
        with self._pace.turn(host):
            self._check(request.url, host)
            self._clock.sleep(self._rng.uniform(0.02, 0.3))
            return self._answer(request.url)

    def _check(self, url: str, host: str) -> None:
        now, month = self._clock.at, self._month
        month.requests += 1
        if host in self._last and (now - self._last[host]).total_seconds() < PAUSE_S - 1e-6:
            month.broken.append(f"{host}: {now - self._last[host]} after the one before")
        self._last[host] = now
        if now < max(self.due[url], self.not_before.get(url, now)):
            month.broken.append(f"{url}: asked too soon")
        late_s = (now - self.due[url]).total_seconds()
        month.worst_lateness_s = max(month.worst_lateness_s, late_s)
        month.sum_lateness_s += late_s

    def _answer(self, url: str) -> Response:
        draw, now = self._rng.random(), self._clock.at
        if draw < FAILING + BUSY:
            self._month.failures += 1
        if draw < BUSY:
            self.not_before[url] = now + timedelta(seconds=BUSY_S)
            raise HttpStatus(429, url, retry_after_s=BUSY_S)
        if draw < FAILING + BUSY:
            raise HttpStatus(500, url)
        fresh_s = self._rng.choice((None, None, None, 600.0, 7200.0))
        if fresh_s:
            self.not_before[url] = now + timedelta(seconds=fresh_s)
        return Response(url=url, status=304, body=b"", headers={}, received_at=now, fresh_for_s=fresh_s)


def simulate(home: Path, *, sources: int, days: float, say: Callable[[str], None] | None = None) -> Month:
    """Schedule so many sources for so many days; all are known already, and due within the first (or half of them)."""
    clock, rng, month = Clock(), random.Random(2026), Month()
    settings = Settings(home=home, full_text=False, starter_sources=False, fetch_workers=1)
    web = Web(clock, random.Random(7), month)
    network, kinds, end = Network(), {"quiet": Quiet()}, BEGINNING + timedelta(days=days)
    with Store.open(settings.url, clock=clock) as store:
        _install(store, web, rng, sources, within_s=min(1.0, days / 2) * 86_400)
        while clock.at < end:
            began = clock.at
            fetcher = cast(Fetcher, web)
            reports = refresh(store, fetcher, kinds, settings, clock, rng, owner="month", network=network)
            web.due |= _due_times(store, [report.source_id for report in reports])
            clock.at = max(clock.at, _next_tick(began, min(web.due.values())))
            if say and clock.at.date() != began.date():
                say(f"{began.date()}: {month.requests:,} requests, worst lateness {month.worst_lateness_s:.0f} s")
    return month


def _due_times(store: Store, ids: list[int]) -> dict[str, datetime]:
    t = table(Sources)
    with store.db.read() as conn:
        return {
            row.url: row.next_due_at for row in conn.execute(select(t.c.url, t.c.next_due_at).where(t.c.id.in_(ids)))
        }


def _next_tick(began: datetime, due: datetime) -> datetime:
    """The first tick, a minute apart, at which something is due: idle ones are not played."""
    ticks = max(1, -(-(due - began) // TICK))
    return began + ticks * TICK


def _install(store: Store, web: Web, rng: random.Random, sources: int, *, within_s: float) -> None:
    for n in range(sources):
        store.sources.add(SourceDraft(kind="quiet", url=f"http://host{n // PER_HOST}.example/{n}"))
    states = []
    for record in store.sources.claim_due(owner="month", limit=sources, lease_s=60):
        due = BEGINNING + timedelta(seconds=rng.uniform(0, within_s))
        (usual_s,) = rng.choices(BEATS_S, SHARES)
        states.append((record.id, SourceState(next_due_at=due, rhythm=Rhythm(usual_s=usual_s))))
        web.due[record.url] = due
    store.sources.finish_all("month", states)
