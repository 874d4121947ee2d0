"""Things to tell: stored once by their idempotency key, delivered by whoever claims them."""

from datetime import datetime
from typing import Any

from sqlalchemy import Row, select

from kb.store.engine import Db
from kb.store.queue import Queue
from kb.store.visible import visible_to
from kb.tables import table
from kb.tables_queues import Outbox
from kb.types import OutboxDraft, OutboxRow


class OutboxStore:
    def __init__(self, db: Db) -> None:
        self._db = db
        self._queue = Queue(db, table(Outbox), noun="outbox", finished="sent")

    def put(self, draft: OutboxDraft) -> tuple[int, bool]:
        """(row id, is it new). The same key again changes nothing."""
        if (old := self.find(draft.idempotency_key)) is not None:
            return old.id, False
        now = self._db.now()
        values = {
            "idempotency_key": draft.idempotency_key,
            "door": draft.door,
            "workspace_id": draft.workspace_id,
            "channel": draft.channel,
            "thread": draft.thread,
            "kind": draft.kind,
            "payload": dict(draft.payload),
            "not_before": draft.not_before,
        }
        times = {"created_at": now, "next_at": draft.not_before or now}
        return self._queue.put(("idempotency_key",), {**values, **times})

    def recent(self, kind: str, *, since: datetime, workspace_id: str | None = None) -> list[OutboxRow]:
        """Newest first, whether told already or not."""
        t = self._queue.table
        query = select(t).where(t.c.kind == kind, t.c.created_at >= since, visible_to(t, workspace_id))
        with self._db.read() as conn:
            return [_row(row) for row in conn.execute(query.order_by(t.c.id.desc()))]

    def claim(self, owner: str, limit: int, lease_s: float, door: str | None = None) -> list[OutboxRow]:
        more = () if door is None else (self._queue.table.c.door == door,)
        return [_row(row) for row in self._queue.claim(owner, limit, lease_s, *more)]

    def renew(self, row_id: int, owner: str, lease_s: float) -> bool:
        return self._queue.renew(row_id, owner, lease_s)

    def sent(self, row_id: int, owner: str, ref: str | None) -> bool:
        """`ref` is what the door calls the message (a Slack timestamp)."""
        return self._queue.finish(row_id, owner, sent_ref=ref, error=None)

    def fail(self, row_id: int, owner: str, error: str, retry_at: datetime | None) -> bool:
        """Try again at `retry_at`; None gives up for good."""
        return self._queue.fail(row_id, owner, error, retry_at)

    def counts(self) -> dict[str, int]:
        """Rows by state: waiting, leased, sent, failed."""
        return self._queue.counts()

    def get(self, row_id: int) -> OutboxRow:
        return _row(self._queue.get(row_id))

    def find(self, idempotency_key: str) -> OutboxRow | None:
        t = self._queue.table
        with self._db.read() as conn:
            row = conn.execute(select(t).where(t.c.idempotency_key == idempotency_key)).first()
        return None if row is None else _row(row)


def _row(row: Row[Any]) -> OutboxRow:
    draft = OutboxDraft(
        idempotency_key=row.idempotency_key,
        door=row.door,
        workspace_id=row.workspace_id,
        channel=row.channel,
        thread=row.thread,
        kind=row.kind,
        payload=row.payload,
        not_before=row.not_before,
    )
    return OutboxRow(
        id=row.id,
        draft=draft,
        state=row.state,
        attempts=row.attempts,
        created_at=row.created_at,
        sent_ref=row.sent_ref,
        error=row.error,
    )
