"""A sign of life for questions that wait for a free worker: how many are before them, said soon and kept up to date.

The database knows who waits; this only tells them. A question that a worker takes at once is never greeted here.
"""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

import structlog

from kb.errors import ServiceError, StoreError
from kb.store import Store
from kb.types import InboxRow

log = structlog.get_logger("steelyard.worker")

LOOK_S = 0.4
AGAIN_S = 8.0  # a place in the queue that changed is told again after this long
AT_ONCE = 4  # greetings under way


class WaitingRoom(Protocol):
    name: str

    def waiting(self, row: InboxRow, ahead: int) -> None:
        """Show that this question was heard, and how many are before it. Never raises for want of a surface."""
        ...


@dataclass(frozen=True, slots=True)
class Greeting:
    row: InboxRow
    ahead: int


class Greeter:
    """One a process and door."""

    def __init__(self, store: Store, door: WaitingRoom, clock: Callable[[], datetime]) -> None:
        self._store, self._door, self._clock = store, door, clock
        self._told: dict[int, tuple[int, datetime]] = {}  # row -> (how many were before it, when that was said)

    def run(self, stop: threading.Event) -> None:
        with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="greeter") as pool:
            while not stop.wait(LOOK_S):
                try:
                    due = self.due()
                except StoreError:
                    log.exception("inbox out of reach")
                    continue
                for _ in pool.map(self.greet, due):
                    if stop.is_set():
                        break

    def due(self) -> list[Greeting]:
        """Whom to greet now: first those who heard nothing yet. One that was worked on before has had its sign."""
        now = self._clock()
        rows = [row for row in self._store.inbox.waiting(self._door.name) if row.attempts == 0]
        self._told = {row.id: self._told[row.id] for row in rows if row.id in self._told}
        waiting = [Greeting(row, ahead) for ahead, row in enumerate(rows)]
        new = [g for g in waiting if g.row.id not in self._told]
        moved = [g for g in waiting if g.row.id in self._told and self._moved(g, now)]
        return new + moved

    def _moved(self, greeting: Greeting, now: datetime) -> bool:
        ahead, at = self._told[greeting.row.id]
        return greeting.ahead != ahead and (now - at).total_seconds() >= AGAIN_S

    def greet(self, greeting: Greeting) -> None:
        self._told[greeting.row.id] = (greeting.ahead, self._clock())
        try:
            self._door.waiting(greeting.row, greeting.ahead)
        except ServiceError as error:
            log.info("no sign of life shown", inbox_id=greeting.row.id, error=str(error))
