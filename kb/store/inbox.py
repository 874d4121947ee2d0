"""Questions that a door accepted: durable before the ack, stored once, answered by whoever claims them."""

from datetime import datetime
from typing import Any

from sqlalchemy import Row, and_, func, select

from kb.store import claims
from kb.store.engine import Db
from kb.store.queue import FAILED, LEASED, WAITING, Queue
from kb.tables import table
from kb.tables_queues import Inbox
from kb.types import Counters, InboxRow, Inquiry

STOPPED = "stopped"
_OPEN = (WAITING, LEASED)
_PLACE = ("door", "workspace_id", "channel", "thread")


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
        """The first questions that are due; of a thread only the oldest, since the next one follows from its answer."""
        t = self._queue.table
        before = t.alias("before")
        same = [before.c[name].is_not_distinct_from(t.c[name]) for name in _PLACE]
        older = (before.c.id < t.c.id, t.c.thread != "", before.c.state.in_(_OPEN))
        earlier = select(before.c.id).where(*older, *same).exists()
        more = () if door is None else (t.c.door == door,)
        return [_row(row) for row in self._queue.claim(owner, limit, lease_s, ~earlier, *more)]

    def renew(self, row_id: int, owner: str, lease_s: float) -> bool:
        return self._queue.renew(row_id, owner, lease_s)

    def done(self, row_id: int, owner: str) -> bool:
        return self._queue.finish(row_id, owner, error=None)

    def fail(self, row_id: int, owner: str, error: str, *, retry_at: datetime | None) -> bool:
        """Try again at `retry_at`; None gives up for good."""
        return self._queue.fail(row_id, owner, error, retry_at)

    def stop(self, door: str, workspace_id: str | None, channel: str, thread: str, *, by: str) -> list[int]:
        """Ask that what `by` has open in a thread be stopped; whoever works on it sees it. Returns the rows."""
        t = self._queue.table
        here = and_(
            t.c.door == door,
            t.c.workspace_id.is_not_distinct_from(workspace_id),
            t.c.channel == channel,
            t.c.thread == thread,
            t.c.asker == by,
            t.c.state.in_(_OPEN),
        )
        with self._db.write() as conn:
            return list(conn.scalars(t.update().where(here).values(stopped_by=by).returning(t.c.id)))

    def is_stopped(self, row_id: int) -> bool:
        """Whether the row is to be stopped: a cheap read, for who works on it."""
        t = self._queue.table
        with self._db.read() as conn:
            return conn.scalar(select(t.c.stopped_by).where(t.c.id == row_id)) is not None

    def stopped(self, row_id: int, owner: str) -> bool:
        """Settle a row as stopped."""
        with self._db.write() as conn:
            done = {"state": STOPPED, "finished_at": self._db.now(), "error": None}
            return claims.settle(conn, self._queue.table, row_id, owner, **done)

    def is_open(self, door: str, workspace_id: str | None, channel: str, thread: str) -> bool:
        """Whether any question of a thread is still to be answered."""
        t = self._queue.table
        here = (t.c.door == door, t.c.channel == channel, t.c.thread == thread, t.c.state.in_(_OPEN))
        query = select(t.c.id).where(*here, t.c.workspace_id.is_not_distinct_from(workspace_id)).limit(1)
        with self._db.read() as conn:
            return conn.scalar(query) is not None

    def waiting(self, door: str, *, limit: int = 200) -> list[InboxRow]:
        """Questions that nobody works on yet, in the order in which they will be claimed."""
        t, now = self._queue.table, self._db.now()
        free = (t.c.lease_until.is_(None)) | (t.c.lease_until <= now)
        query = select(t).where(t.c.door == door, t.c.state.in_(_OPEN), free).order_by(t.c.next_at, t.c.id)
        with self._db.read() as conn:
            return [_row(row) for row in conn.execute(query.limit(limit))]

    def counters(self, door: str | None = None, *, workspace_id: str | None = None) -> Counters:
        """Every question of a door (of one workspace), counted where it stands."""
        t = self._queue.table
        query = select(t.c.state, func.count().label("n"), func.sum(t.c.repeats).label("again")).group_by(t.c.state)
        query = query if door is None else query.where(t.c.door == door)
        query = query if workspace_id is None else query.where(t.c.workspace_id == workspace_id)
        with self._db.read() as conn:
            rows = {row.state: row for row in conn.execute(query)}
        by_state = {state: int(row.n) for state, row in rows.items()}
        accepted, again = sum(by_state.values()), sum(int(row.again) for row in rows.values())
        return Counters(
            received=accepted + again,
            accepted=accepted,
            deduplicated=again,
            answered=by_state.get(self._queue.finished, 0),
            stopped=by_state.get(STOPPED, 0),
            failed=by_state.get(FAILED, 0),
            open=sum(by_state.get(state, 0) for state in _OPEN),
        )

    def counts(self) -> dict[str, int]:
        """Rows by state: waiting, leased, answered, failed, and others that there are (stopped)."""
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
        stopped_by=row.stopped_by,
    )
