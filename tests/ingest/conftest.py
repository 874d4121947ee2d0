"""A world to ingest in: a store in a temporary home, a replay server, and a clock that tests move."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ingest.fetch import Fetcher
from ingest.sources import SOURCES
from ingest.update import SourceReport, refresh
from kb.settings import Settings
from kb.store import Store
from kb.types import SourceDraft, SourceRecord
from tests.servers import ReplayServer


@dataclass
class World:
    settings: Settings
    server: ReplayServer
    now: list[datetime] = field(default_factory=lambda: [datetime(2026, 11, 22, 12, tzinfo=UTC)])

    def __post_init__(self) -> None:
        self.store = Store.open(self.settings.url, clock=self.clock)
        self.fetcher = Fetcher(self.settings, self.clock)

    def clock(self) -> datetime:
        return self.now[0]

    def later(self, **span: float) -> None:
        self.now[0] += timedelta(**span)

    def add(self, path: str, **fields: object) -> SourceRecord:
        draft = {"kind": "feed", "url": self.server.url(path)} | fields
        return self.store.sources.add(SourceDraft(**draft))  # type: ignore[arg-type]

    def refresh(self, *, all_sources: bool = True, owner: str = "test") -> list[SourceReport]:
        rng = random.Random(7)
        return refresh(
            self.store, self.fetcher, SOURCES, self.settings, self.clock, rng, owner=owner, all_sources=all_sources
        )

    def one(self, **how: object) -> SourceReport:
        (report,) = self.refresh(**how)  # type: ignore[arg-type]
        return report

    def source(self, source_id: int = 1) -> SourceRecord:
        return self.store.sources.get(source_id)

    def close(self) -> None:
        self.fetcher.close()
        self.store.close()


def make_settings(home: Path, **changes: object) -> Settings:
    made: dict[str, object] = {
        "home": home,
        "allow_private_addresses": True,
        "host_pause_s": 0.0,
        "host_concurrency": 8,
        "fetch_timeout_s": 5.0,
        "fetch_total_s": 10.0,
    }
    return Settings(**(made | changes))  # type: ignore[arg-type]


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with ReplayServer() as server:
        made = World(make_settings(tmp_path), server)
        yield made
        made.close()
