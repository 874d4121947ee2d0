"""Questions that a door accepted: durable before the ack, stored once, answered by whoever claims them."""

from datetime import datetime
from typing import Any

from sqlalchemy import Row

from kb.store.engine import Db
from kb.store.queue import Queue
from kb.tables import Inbox, table
from kb.types import InboxRow, Inquiry


class InboxStore:
    def __init__(self, db: Db) -> None:
        self._db = db
        self._queue = Queue(db, table(Inbox), noun="inbox", finished="answered")

    def accept(self, inquiry: Inquiry) -> tuple[int, bool]:
        """(row id, is it new). The same event or the same message again gives the first row's id and False."""
        now = self._db.now()
        values = {
            "event_id": inquiry.event_id,
            "door": inquiry.door,
            "workspace_id": inquiry.workspace_id,
            "channel": inquiry.channel,
            "thread": inquiry.thread,
            "asker": inquiry.user,
            "text": inquiry.text,
            "message_key": inquiry.message_key,
            "payload": dict(inquiry.payload),
        }
        return self._queue.put(("event_id", "message_key"), {**values, "received_at": now, "next_at": now})

    def claim(self, owner: str, limit: int, lease_s: float, door: str | None = None) -> list[InboxRow]:
        more = () if door is None else (self._queue.table.c.door == door,)
        return [_row(row) for row in self._queue.claim(owner, limit, lease_s, *more)]

    def renew(self, row_id: int, owner: str, lease_s: float) -> bool:
        return self._queue.renew(row_id, owner, lease_s)

    def done(self, row_id: int, owner: str) -> bool:
        return self._queue.finish(row_id, owner, error=None)

    def fail(self, row_id: int, owner: str, error: str, *, retry_at: datetime | None) -> bool:
        """Try again at `retry_at`; None gives up for good."""
        return self._queue.fail(row_id, owner, error, retry_at)

    def counts(self) -> dict[str, int]:
        """Rows by state: waiting, leased, answered, failed."""
        return self._queue.counts()

    def get(self, row_id: int) -> InboxRow:
        return _row(self._queue.get(row_id))


def _row(row: Row[Any]) -> InboxRow:
    inquiry = Inquiry(
        event_id=row.event_id,
        door=row.door,
        workspace_id=row.workspace_id,
        channel=row.channel,
        thread=row.thread,
        user=row.asker,
        text=row.text,
        message_key=row.message_key,
        payload=row.payload,
    )
    return InboxRow(
        id=row.id,
        inquiry=inquiry,
        state=row.state,
        attempts=row.attempts,
        received_at=row.received_at,
        error=row.error,
    )
