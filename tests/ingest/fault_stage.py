"""Where the fault matrix is played: one feed, its server, the names that lead to it, and a clock."""

import random
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from ipaddress import IPv4Address
from pathlib import Path

from sqlalchemy import select

from ingest.fetch import Fetcher
from ingest.fetch.guard import Address
from ingest.sources import SOURCES
from ingest.update import SourceReport, refresh
from kb.settings import Settings
from kb.store import Store
from kb.tables import table
from kb.tables_queues import Outbox
from kb.types import SourceRecord
from tests.servers import ReplayServer

BEGINNING = datetime(2026, 11, 22, 12, tzinfo=UTC)


class Lenient(IPv4Address):
    """A loopback address that passes for a public one, so that private ones can stay refused."""

    is_global = True
    is_reserved = False
    is_multicast = False


@dataclass
class Stage:
    """One feed, its server, the names that lead to it, and a clock."""

    server: ReplayServer
    store: Store
    settings: Settings
    folder: Path
    now: datetime = BEGINNING
    answers: list[Callable[[], list[Address]]] = field(default_factory=list)
    scheme: str = "http"

    def clock(self) -> datetime:
        return self.now

    def resolve(self, host: str, port: int) -> list[Address]:
        return self.answers[-1]() if self.answers else [Lenient("127.0.0.1")]

    def at(self, address: str) -> None:
        """From now on the feed's name leads to another address."""
        self.answers.append(lambda: [Lenient(address)])

    def read(self, fetcher: Fetcher) -> SourceReport:
        how = (SOURCES, self.settings, self.clock, random.Random(3))
        (report,) = refresh(self.store, fetcher, *how, owner="faults", all_sources=True)
        return report

    def source(self) -> SourceRecord:
        return self.store.sources.get(1)

    def notices(self) -> tuple[str, ...]:
        with self.store.db.read() as conn:
            keys = conn.scalars(select(table(Outbox).c.idempotency_key).order_by(table(Outbox).c.id))
            return tuple(key.split(":")[2] for key in keys)


@contextmanager
def talker(host: str, port: int, say: Callable[[socket.socket], None]) -> Iterator[None]:
    """A server that says what it wants to whoever connects."""
    listener = socket.create_server((host, port))

    def one(connection: socket.socket) -> None:
        with connection:
            try:
                connection.recv(65536)
                say(connection)
            except OSError:
                return  # the client had enough

    def serve() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=one, args=(connection,), daemon=True).start()

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(timeout=5)
